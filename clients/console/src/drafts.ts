import { useEffect, useState } from "react";
import { useSession } from "./session.tsx";
import { draftsOf } from "./tokens.ts";

/** Like `useState`, for what a person has entered and not sent yet. It survives a reload and a visit to another page; it
 * ends with the tab, and when the person signs out or another one signs in. `name` says what the draft is for. `forget` goes back to `initial`. */
export function useDraft<T>(name: string, initial: T): [draft: T, change: (to: T | ((before: T) => T)) => void, forget: () => void] {
  const { me } = useSession();
  const key = `${draftsOf(me.user_id)}${name}`;
  const [draft, setDraft] = useState<T>(() => {
    const kept = sessionStorage.getItem(key);
    return kept === null ? initial : (JSON.parse(kept) as T);
  });
  const text = JSON.stringify(draft);
  const none = JSON.stringify(initial);
  useEffect(() => {
    if (text === none) sessionStorage.removeItem(key);
    else sessionStorage.setItem(key, text);
  }, [key, text, none]);
  const forget = (): void => {
    sessionStorage.removeItem(key); // also if the page is left meanwhile
    setDraft(initial);
  };
  return [draft, setDraft, forget];
}
