import { LyceumError, Rest, Socket, type components } from "@lyceum/client";
import { useQuery, useQueryClient } from "@tanstack/react-query";
import { createContext, useContext, useEffect, useMemo, useState, type ReactNode } from "react";
import { GraduationCap } from "lucide-react";
import { useAction } from "./actions.ts";
import { useText } from "./language.tsx";
import { Loading, Problem } from "./parts.tsx";

export interface Session {
  me: components["schemas"]["Me"];
  rest: Rest;
  socket: Socket;
  signOut: () => void;
}

interface Person {
  user_id: string;
  name: string;
  active_role: string;
}

const KEPT = "lyceum.token"; // for this tab only: the session ends with it
const SessionContext = createContext<Session | null>(null);

export function useSession(): Session {
  const session = useContext(SessionContext);
  if (!session) throw new Error("nobody is signed in");
  return session;
}

/** Shows its children to somebody who is signed in, and to anybody else the people of the demo school. */
export function SessionProvider({ children }: { children: ReactNode }) {
  const [token, setToken] = useState(() => sessionStorage.getItem(KEPT));
  const queries = useQueryClient();
  const keep = (fresh: string | null): void => {
    if (fresh) sessionStorage.setItem(KEPT, fresh);
    else sessionStorage.removeItem(KEPT);
    queries.clear();
    setToken(fresh);
  };
  return token ? (
    <SignedIn key={token} token={token} signOut={() => keep(null)}>
      {children}
    </SignedIn>
  ) : (
    <SignIn onToken={keep} />
  );
}

function SignedIn({ token, signOut, children }: { token: string; signOut: () => void; children: ReactNode }) {
  const rest = useMemo(() => new Rest({ url: location.origin, token: () => token }), [token]);
  const [socket, setSocket] = useState<Socket | null>(null);
  useEffect(() => {
    const made = new Socket(rest);
    setSocket(made);
    return () => made.close();
  }, [rest]);
  const me = useQuery({ queryKey: ["me", token], queryFn: () => rest.get("/api/me"), retry: false });
  const hasEnded = me.error instanceof LyceumError && (me.error.status === 401 || me.error.status === 403);
  useEffect(() => {
    if (hasEnded) signOut(); // the token has ended: a lost connection is no reason to forget who this is
  }, [hasEnded, signOut]);
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

function SignIn({ onToken }: { onToken: (token: string) => void }) {
  const text = useText();
  const people = useQuery({
    queryKey: ["people"],
    queryFn: async () => {
      const response = await fetch("/local/people");
      if (!response.ok) throw new Error(String(response.status));
      return ((await response.json()) as { people: Person[] }).people;
    },
  });
  const signIn = useAction({
    mutationFn: async (person: Person) => {
      const response = await fetch("/local/tokens", {
        method: "POST",
        headers: { "Content-Type": "application/json" },
        body: JSON.stringify({ user_id: person.user_id }),
      });
      if (!response.ok) throw new Error(String(response.status));
      return ((await response.json()) as { token: string }).token;
    },
    onSuccess: onToken,
  });
  return (
    <main className="sign-in">
      <h1>
        <GraduationCap size={36} aria-hidden="true" />
        Lyceum
      </h1>
      <p className="soft">{text("signIn.choose")}</p>
      <ul className="people">
        {people.data?.map((person) => (
          <li key={person.user_id}>
            <button type="button" disabled={signIn.isPending} onClick={() => signIn.mutate(person)}>
              {person.name} <small>{text(person.active_role === "teacher" ? "role.teacher" : "role.student")}</small>
            </button>
          </li>
        ))}
      </ul>
      {people.isError && <p role="alert">{text("signIn.none")}</p>}
      <Problem error={signIn.error} />
    </main>
  );
}
