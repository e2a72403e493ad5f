import { useEffect } from "react";
import { useLocation, useNavigate, type NavigateOptions, type To } from "react-router";

/** Goes to another page, unless the reader has left this one meanwhile. Use it for what happens by itself. */
export function useGo(): (to: To, options?: NavigateOptions) => Promise<void> {
  const navigate = useNavigate();
  const { pathname } = useLocation();
  return async (to, options) => {
    const isStillHere = new URL(pathname, location.origin).pathname === location.pathname;
    if (isStillHere) await navigate(to, options);
  };
}

/** Goes on to another page, which takes the place of this one. */
export function GoOn({ to }: { to: string }) {
  const go = useGo();
  useEffect(() => void go(to, { replace: true }), [to]);
  return null;
}
