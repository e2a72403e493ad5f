import { LyceumError } from "@lyceum/client";
import { isText, type Translate } from "./language.tsx";

/** The endings of codes that name a part of the server. They say what happened to that part. */
const ENDINGS = ["timed_out", "unavailable", "damaged", "unwritable"];

/** The text for an error in the chosen language. A code without such a text gets the server's message. */
export function told(error: unknown, text: Translate): string {
  if (!(error instanceof LyceumError)) return text("problem.unknown");
  const wait = error.retryAfter === null ? "" : ` ${text("problem.wait", { minutes: Math.max(1, Math.ceil(error.retryAfter / 60)) })}`;
  const ids = [`problem.${error.code}`, ...ENDINGS.filter((ending) => error.code.endsWith(`_${ending}`)).map((ending) => `problem.${ending}`)];
  const id = ids.find(isText) ?? "problem.other";
  return text(id, { message: error.message }) + wait;
}
