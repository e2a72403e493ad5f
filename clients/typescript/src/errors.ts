import type { REFUSALS, SOCKET_REFUSALS } from "./generated/facts.ts";

/** A request by its name in the contract, for example `POST /api/chat`. */
export type Called = keyof typeof REFUSALS;

/** The codes of a request's errors. `connection_failed` comes from this client: there was no response. */
export type CodeOf<C extends Called = Called> = (typeof REFUSALS)[C][number] | "connection_failed";

/** The codes of the errors of messages over the WebSocket. */
export type SocketCode = (typeof SOCKET_REFUSALS)[number] | "connection_failed";

/** The code of any error. */
export type ErrorCode = CodeOf | SocketCode;

const MOMENTARY = new Set([429, 502, 503, 504]);

/** An error that the server returned, or the failure of the connection. */
export class LyceumError extends Error {
  override readonly name = "LyceumError";

  constructor(
    /** The HTTP status; 0 if there was no response. */
    readonly status: number,
    /** The code of the error, for programs. A newer server may have codes that are not in this contract. */
    readonly code: ErrorCode,
    message: string,
    /** The path of the wrong field, or null. */
    readonly field: string | null = null,
    /** The id of the request in the server's log. */
    readonly requestId: string | null = null,
    /** After how many seconds to try again, or null if the server does not say. */
    readonly retryAfter: number | null = null,
  ) {
    super(message);
  }

  /** Whether the error has one of these codes. `is<"POST /api/chat">(…)` takes the codes of that request only. */
  is<C extends Called>(...codes: CodeOf<C>[]): boolean;
  is(...codes: ErrorCode[]): boolean;
  is(...codes: ErrorCode[]): boolean {
    return codes.includes(this.code);
  }

  /** Whether the same request may succeed when it is sent again. */
  get isMomentary(): boolean {
    if (this.code.endsWith("_damaged") || this.code.endsWith("_unwritable")) return false;
    return MOMENTARY.has(this.status) || this.is("connection_failed", "request_in_progress");
  }
}

/** The error in a response. If the body does not have the API's form, the code follows from the status. */
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
  const code = (text("code") ?? (response.status < 500 ? "invalid_request" : "internal_error")) as ErrorCode;
  const message = text("message") ?? `The server answered ${response.status}.`;
  return new LyceumError(response.status, code, message, text("field"), text("request_id"), wait);
}
