import { LyceumError } from "@lyceum/client";
import type { Translate } from "./language.tsx";
import { en, type TextId } from "./texts/en.ts";

/** The text of a code in the reader's language, or else the server's own. */
export function toldOf(code: string | null, message: string, text: Translate): string {
  const own = `problem.${code}`;
  return own in en ? text(own as TextId) : message;
}

/** What went wrong in the reader's language, and what to do about it. A code without a text of its own has the server's. */
export function told(error: unknown, text: Translate): string {
  if (!(error instanceof LyceumError)) return text("problem.unknown");
  const own = `problem.${error.code}`;
  const wait = error.retryAfter === null ? "" : ` ${text("problem.wait", { minutes: Math.max(1, Math.ceil(error.retryAfter / 60)) })}`;
  return own in en ? text(own as TextId) + wait : text("problem.other", { message: error.message }) + wait;
}
