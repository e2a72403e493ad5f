import { LyceumError } from "@lyceum/client";
import { textOr, type Translate } from "./language.tsx";

/** What went wrong in the reader's language, and what to do about it. A code without a text of its own has the server's. */
export function told(error: unknown, text: Translate): string {
  if (!(error instanceof LyceumError)) return text("problem.unknown");
  const wait = error.retryAfter === null ? "" : ` ${text("problem.wait", { minutes: Math.max(1, Math.ceil(error.retryAfter / 60)) })}`;
  return textOr(`problem.${error.code}`, text("problem.other", { message: error.message }), text) + wait;
}
