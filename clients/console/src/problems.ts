import { LyceumError } from "@lyceum/client";
import { isText, type Translate } from "./language.tsx";

/** How codes end that say what happened to a part of the server, whichever it was. */
const ENDINGS = ["timed_out", "unavailable", "damaged", "unwritable"];

/** What went wrong in the reader's language, and what to do about it. A code without a text of its own has the server's. */
export function told(error: unknown, text: Translate): string {
  if (!(error instanceof LyceumError)) return text("problem.unknown");
  const wait = error.retryAfter === null ? "" : ` ${text("problem.wait", { minutes: Math.max(1, Math.ceil(error.retryAfter / 60)) })}`;
  const ids = [`problem.${error.code}`, ...ENDINGS.filter((ending) => error.code.endsWith(`_${ending}`)).map((ending) => `problem.${ending}`)];
  const id = ids.find(isText) ?? "problem.other";
  return text(id, { message: error.message }) + wait;
}
