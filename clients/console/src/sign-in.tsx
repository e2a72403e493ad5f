import { LyceumError } from "@lyceum/client";
import { useQuery } from "@tanstack/react-query";
import { GraduationCap } from "lucide-react";
import { useState } from "react";
import { submitting, useAction } from "./actions.ts";
import { config } from "./config.ts";
import { useText } from "./language.tsx";
import { Problem, useTitle } from "./parts.tsx";
import { signInWith, type Kept } from "./tokens.ts";

interface Person {
  user_id: string;
  name: string;
  active_role: string;
}

/** `ended` is the error that ended the last session, if one did. */
export function SignIn({ ended, onSignedIn }: { ended: LyceumError | null; onSignedIn: (kept: Kept) => void }) {
  const text = useText();
  useTitle(text("signIn"));
  return (
    <main className="sign-in">
      <h1>
        <GraduationCap size={36} aria-hidden="true" />
        Lyceum
      </h1>
      <Problem error={ended} />
      {config.supabase ? <WithPassword onSignedIn={onSignedIn} /> : <AsAnybody onSignedIn={onSignedIn} />}
    </main>
  );
}

function WithPassword({ onSignedIn }: { onSignedIn: (kept: Kept) => void }) {
  const text = useText();
  const [email, setEmail] = useState("");
  const [password, setPassword] = useState("");
  const signIn = useAction({ mutationFn: () => signInWith(email.trim(), password), onSuccess: onSignedIn });
  const send = submitting(() => signIn.mutate());
  const isWrong = signIn.error instanceof LyceumError && signIn.error.code === "invalid_token";
  return (
    <form className="card stack" onSubmit={send}>
      <label>
        {text("signIn.email")}
        <input type="email" required autoComplete="username" value={email} onChange={(event) => setEmail(event.target.value)} />
      </label>
      <label>
        {text("signIn.password")}
        <input type="password" required autoComplete="current-password" value={password} onChange={(event) => setPassword(event.target.value)} />
      </label>
      {isWrong ? <p role="alert">{text("signIn.wrong")}</p> : <Problem error={signIn.error} />}
      <p>
        <button type="submit" disabled={signIn.isPending}>
          {text("signIn")}
        </button>
      </p>
    </form>
  );
}

/** The people of the demo school. Only a server on one's own machine has it. */
function AsAnybody({ onSignedIn }: { onSignedIn: (kept: Kept) => void }) {
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
      return { access_token: ((await response.json()) as { token: string }).token };
    },
    onSuccess: onSignedIn,
  });
  return (
    <>
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
    </>
  );
}
