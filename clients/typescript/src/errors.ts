import type { FaultCode, Refusals } from "./generated/facts.ts";

/** A request as it is named in the contract, for example `POST /api/chat`. */
export type Called = keyof Refusals;

/** The codes of a request's errors. `connection_failed` is this client's own: no answer came. */
export type CodeOf<C extends Called = Called> = Refusals[C] | FaultCode | "connection_failed";

/** An error that the server answered, or that kept an answer from coming. */
export class LyceumError extends Error {
  override readonly name = "LyceumError";

  constructor(
    /** The HTTP status; 0 if no answer came. */
    readonly status: number,
    /** What is wrong, for programs. A code that is not in the contract is that of a newer server. */
    readonly code: CodeOf,
    message: string,
    /** The path of the wrong field, or null. */
    readonly field: string | null = null,
    /** Names the request in the server's log. */
    readonly requestId: string | null = null,
    /** After how many seconds to try again, or null if the server does not say. */
    readonly retryAfter: number | null = null,
  ) {
    super(message);
  }

  /** Whether the error has one of these codes. */
  is<C extends Called>(...codes: CodeOf<C>[]): boolean {
    return (codes as string[]).includes(this.code);
  }
}

/** The error in a response. A body that is none of the API's gives the code of its status. */
export async function errorOf(response: Response): Promise<LyceumError> {
  const retryAfter = Number.parseInt(response.headers.get("Retry-After") ?? "", 10);
  const wait = Number.isNaN(retryAfter) ? null : retryAfter;
  const told = await response.json().then(
    (body: unknown) => (body as { error?: Record<string, unknown> } | null)?.error,
    () => undefined,
  );
  const text = (name: string): string | null => {
    const value = told?.[name];
    return typeof value === "string" ? value : null;
  };
  const code = (text("code") ?? (response.status < 500 ? "invalid_request" : "internal_error")) as CodeOf;
  const message = text("message") ?? `The server answered ${response.status}.`;
  return new LyceumError(response.status, code, message, text("field"), text("request_id"), wait);
}
