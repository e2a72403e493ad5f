import { useEffect } from "react";
import { useLocation, useNavigate, type NavigateOptions, type To } from "react-router";

/** Opens another page, unless the person has left this one meanwhile. For navigation that no click asked for. */
export function useGo(): (to: To, options?: NavigateOptions) => Promise<void> {
  const navigate = useNavigate();
  const { pathname } = useLocation();
  return async (to, options) => {
    const isStillHere = new URL(pathname, location.origin).pathname === location.pathname;
    if (isStillHere) await navigate(to, options);
  };
}

/** Opens another page in place of this one, also in the browser's history. */
export function GoOn({ to }: { to: string }) {
  const go = useGo();
  useEffect(() => void go(to, { replace: true }), [to]);
  return null;
}
