import { LyceumError, type SocketCode } from "./errors.ts";
import type { components, Pushed, Sent } from "./generated/messages.ts";
import { sleep, type Rest } from "./rest.ts";

export type { Pushed, Sent };
export type ChatDone = components["schemas"]["ChatDone"];
type PushedType = Pushed["type"];
type PushOf<T extends PushedType> = Extract<Pushed, { type: T }>;
type Question = Omit<Extract<Sent, { type: "chat_message" }>, "type" | "request_id">;

export interface SocketOptions {
  /** Makes a WebSocket. The default is the browser's. */
  open?: (url: string) => WebSocket;
  sleep?: typeof sleep;
}

const OPEN = 1;
const LONGEST_PAUSE_MS = 15_000;
const PING_MS = 5 * 60_000; // API Gateway closes a connection that is idle for ten minutes

/** One connection. If it is lost, a new one is made, until `close` is called. */
export class Socket {
  readonly rest: Rest;
  readonly #options: SocketOptions;
  readonly #listeners = new Map<string, Set<(message: never) => void>>();
  #socket: Promise<WebSocket> | null = null;
  #isClosed = false;
  #pings: ReturnType<typeof setInterval> | undefined;

  constructor(rest: Rest, options: SocketOptions = {}) {
    this.rest = rest;
    this.#options = options;
  }

  /** Call `listener` with each message of the type. `lost` and `found` are events of the connection. Returns a function that stops it. */
  on<T extends PushedType>(type: T, listener: (message: PushOf<T>) => void): () => void;
  on(type: "lost" | "found", listener: () => void): () => void;
  on(type: string, listener: (message: never) => void): () => void {
    const known = this.#listeners.get(type) ?? new Set();
    this.#listeners.set(type, known.add(listener));
    return () => known.delete(listener);
  }

  /** Connect now, so that pushes arrive. Throws `LyceumError` if that fails. */
  async connect(): Promise<void> {
    await this.#connected();
  }

  /** Send a message without waiting for its answer. Connects first if there is no connection. */
  async send(message: Sent): Promise<void> {
    (await this.#connected()).send(JSON.stringify(message));
  }

  /**
   * Send a message and return the first answer of one of these types. Throws `LyceumError` if it is refused, and with
   * `connection_failed` if the connection is lost meanwhile: whether it had an effect is then unknown.
   */
  async ask<T extends PushedType>(message: Sent, ...types: T[]): Promise<PushOf<T>> {
    for await (const answer of this.#answers(message)) {
      if ((types as string[]).includes(answer.type)) return answer as PushOf<T>;
    }
    throw lost();
  }

  /** Ask the tutor. Yields the answer's text in pieces, and returns the whole answer. Throws as `ask`. */
  async *chat(question: Question, signal?: AbortSignal): AsyncGenerator<string, ChatDone> {
    for await (const answer of this.#answers({ type: "chat_message", ...question } as Sent, signal)) {
      if (answer.type === "chat_delta") yield answer.text;
      if (answer.type === "chat_done") return answer;
    }
    throw lost();
  }

  /** Wait with this socket's `sleep`. */
  sleep(milliseconds: number): Promise<void> {
    return (this.#options.sleep ?? sleep)(milliseconds);
  }

  /** Close the connection for good. */
  close(): void {
    this.#isClosed = true;
    clearInterval(this.#pings);
    void this.#socket?.then((socket) => socket.close()).catch(() => undefined);
    this.#socket = null;
  }

  /** The answers to the message, by its `request_id`, until the connection is lost. */
  async *#answers(message: Sent, signal?: AbortSignal): AsyncGenerator<Pushed> {
    const requestId = crypto.randomUUID();
    let renewal: null | "wanted" | "done" = null;
    const queue: (Pushed | null)[] = [];
    let wake = (): void => undefined;
    const put = (answer: Pushed | null): void => {
      queue.push(answer);
      wake();
    };
    const stops = [
      this.#onAny((answer) => answer.request_id === requestId && put(answer)),
      this.on("lost", () => put(null)),
    ];
    const abort = (): void => put(null);
    signal?.addEventListener("abort", abort, { once: true });
    try {
      signal?.throwIfAborted();
      await this.send({ ...message, request_id: requestId });
      for (;;) {
        while (queue.length === 0) await new Promise<void>((resolve) => (wake = resolve));
        signal?.throwIfAborted();
        const answer = queue.shift();
        if (!answer) {
          if (renewal !== "wanted") return;
          renewal = "done";
          await this.send({ ...message, request_id: requestId });
          continue;
        }
        if (answer.type === "error") {
          if (answer.code === "connection_closed" && renewal === null) {
            renewal = "wanted"; // the server does not know the connection any more, and has done nothing: send the message over another one
            (await this.#connected()).close();
            continue;
          }
          throw new LyceumError(0, answer.code as SocketCode, answer.message, answer.field, requestId, answer.retry_after ?? null);
        }
        yield answer;
      }
    } finally {
      signal?.removeEventListener("abort", abort);
      for (const stop of stops) stop();
    }
  }

  #onAny(listener: (message: Pushed) => void): () => void {
    const known = this.#listeners.get("*") ?? new Set();
    this.#listeners.set("*", known.add(listener as (message: never) => void));
    return () => known.delete(listener as (message: never) => void);
  }

  #connected(): Promise<WebSocket> {
    if (this.#isClosed) return Promise.reject(lost());
    this.#socket ??= this.#connect().catch((error: unknown) => {
      this.#socket = null;
      throw error;
    });
    return this.#socket;
  }

  async #connect(): Promise<WebSocket> {
    const { ticket, url } = await this.rest.post("/api/ws-ticket", {});
    if (this.#isClosed) throw lost();
    const address = `${url}?ticket=${encodeURIComponent(ticket)}`;
    const socket = this.#options.open?.(address) ?? new WebSocket(address);
    await new Promise<void>((resolve, reject) => {
      socket.onopen = () => resolve();
      socket.onerror = () => reject(lost());
      socket.onclose = () => reject(lost());
    });
    socket.onerror = null;
    if (this.#isClosed) {
      socket.close();
      throw lost();
    }
    socket.onclose = () => this.#onLost(socket);
    socket.onmessage = (event: MessageEvent) => this.#onMessage(String(event.data));
    this.#pings ??= setInterval(() => {
      void this.send({ type: "ping" }).catch(() => undefined);
    }, PING_MS);
    (this.#pings as { unref?: () => void }).unref?.();
    this.#tell("found");
    return socket;
  }

  #onMessage(text: string): void {
    const message = JSON.parse(text) as Pushed;
    if (typeof message.type !== "string") return; // API Gateway's own refusal of a burst
    this.#tell(message.type, message);
    this.#tell("*", message);
  }

  #onLost(socket: WebSocket): void {
    socket.onmessage = null;
    this.#socket = null;
    this.#tell("lost");
    if (!this.#isClosed) void this.#reconnect();
  }

  async #reconnect(): Promise<void> {
    for (let pause = 500; !this.#isClosed; pause = Math.min(pause * 2, LONGEST_PAUSE_MS)) {
      await this.sleep(pause * (0.5 + Math.random() / 2));
      const isBack = await this.#connected().then(
        (socket) => socket.readyState === OPEN,
        () => false,
      );
      if (isBack) return;
    }
  }

  #tell(type: string, message?: Pushed): void {
    for (const listener of this.#listeners.get(type) ?? []) listener(message as never);
  }
}

function lost(): LyceumError {
  return new LyceumError(0, "connection_failed", "The connection was lost.");
}
