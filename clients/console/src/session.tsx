import { LyceumError, Rest, Socket, type components } from "@lyceum/client";
import { useQuery, useQueryClient } from "@tanstack/react-query";
import { createContext, useContext, useEffect, useMemo, useRef, useState, type ReactNode } from "react";
import { config } from "./config.ts";
import { Loading, Problem } from "./parts.tsx";
import { SignIn } from "./sign-in.tsx";
import { forgetDrafts, keepSession, keptSession, Tokens, type Kept } from "./tokens.ts";

export interface Session {
  me: components["schemas"]["Me"];
  rest: Rest;
  socket: Socket;
  signOut: () => void;
}

const SessionContext = createContext<Session | null>(null);

export function useSession(): Session {
  const session = useContext(SessionContext);
  if (!session) throw new Error("nobody is signed in");
  return session;
}

/** Shows its children if the person is signed in, otherwise the sign-in page. */
export function SessionProvider({ children }: { children: ReactNode }) {
  const [kept, setKept] = useState(keptSession);
  const [ended, setEnded] = useState<LyceumError | null>(null);
  const queries = useQueryClient();
  const keep = (fresh: Kept | null, error: LyceumError | null = null): void => {
    keepSession(fresh);
    queries.clear();
    setEnded(error);
    setKept(fresh);
  };
  return kept ? (
    <SignedIn key={kept.access_token} kept={kept} onEnd={(error) => keep(null, error)}>
      {children}
    </SignedIn>
  ) : (
    <SignIn ended={ended} onSignedIn={keep} />
  );
}

function SignedIn({ kept, onEnd, children }: { kept: Kept; onEnd: (error: LyceumError | null) => void; children: ReactNode }) {
  const tokens = useMemo(() => new Tokens(kept), [kept]);
  const end = useRef(onEnd);
  end.current = onEnd;
  const rest = useMemo(
    () =>
      new Rest({
        url: config.api,
        token: () =>
          tokens.current().catch((error: unknown) => {
            if (error instanceof LyceumError && error.status === 401) end.current(error);
            throw error;
          }),
        fetch: async (input, init) => {
          const response = await fetch(input, init);
          if (response.status === 401) end.current(new LyceumError(401, "invalid_token", "The session has ended."));
          return response;
        },
      }),
    [tokens],
  );
  const [socket, setSocket] = useState<Socket | null>(null);
  useEffect(() => {
    const made = new Socket(rest);
    setSocket(made);
    return () => made.close();
  }, [rest]);
  const me = useQuery({ queryKey: ["me", kept.access_token], queryFn: () => rest.get("/api/me"), retry: false });
  const hasEnded = me.error instanceof LyceumError && me.error.status === 403; // a 401 has already ended the session above
  useEffect(() => {
    if (hasEnded) end.current(me.error as LyceumError); // a lost connection does not end the session
  }, [hasEnded, me.error]);
  const userId = me.data?.user_id;
  useEffect(() => {
    if (userId !== undefined) forgetDrafts(userId); // another person's session may have ended without a sign-out
  }, [userId]);
  const signOut = (): void => {
    tokens.end();
    forgetDrafts();
    onEnd(null);
  };
  if (me.isError && !hasEnded) {
    return (
      <main>
        <Problem error={me.error} onRetry={() => void me.refetch()} />
      </main>
    );
  }
  if (!me.data || !socket) {
    return (
      <main>
        <Loading rows={4} />
      </main>
    );
  }
  return <SessionContext.Provider value={{ me: me.data, rest, socket, signOut }}>{children}</SessionContext.Provider>;
}
