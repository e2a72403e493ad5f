import { errorOf, LyceumError } from "./errors.ts";
import { REPEATABLE } from "./generated/facts.ts";
import type { paths } from "./generated/rest.ts";

export type Method = "GET" | "POST" | "PATCH" | "DELETE";

/** The paths that have the method. */
export type PathOf<M extends Method> = {
  [P in keyof paths]: paths[P] extends Record<Lowercase<M>, infer O> ? ([O] extends [undefined] ? never : P) : never;
}[keyof paths];

type Operation<M extends Method, P extends keyof paths> = paths[P] extends Record<Lowercase<M>, infer O> ? O : never;
type Parameters<O, K extends string> = O extends { parameters: Record<K, infer V> } ? V : undefined;
type Query<O> = O extends { parameters: { query?: infer V } } ? V : never;
type RequestBody<O> = O extends { requestBody?: infer R } ? Exclude<R, undefined> : never;
type Content<O> = [RequestBody<O>] extends [never] ? never : RequestBody<O> extends { content: infer C } ? C : never;
type Json<O> = Content<O> extends { "application/json": infer B } ? B : never;
type IsOptional<O> = O extends { requestBody: unknown } ? false : true;
type Success<O> = O extends { responses: infer R }
  ? { [S in keyof R]: S extends 200 | 202 ? (R[S] extends { content: { "application/json": infer B } } ? B : never) : never }[keyof R]
  : never;

/** The response of the request. */
export type AnswerOf<M extends Method, P extends PathOf<M>> = Success<Operation<M, P>>;

/** The parameters of the request: the values of its path and its body, if it has them. */
export type InitOf<M extends Method, P extends PathOf<M>> = {
  query?: Query<Operation<M, P>>;
  signal?: AbortSignal;
  /** The idempotency key of the request, so that sending it again has no second effect. Without one, the client makes one. */
  idempotencyKey?: string;
} & ([Parameters<Operation<M, P>, "path">] extends [undefined]
  ? { path?: undefined }
  : { path: Parameters<Operation<M, P>, "path"> }) &
  BodyOf<Operation<M, P>>;

type BodyOf<O> = [Content<O>] extends [never]
  ? { body?: undefined; form?: undefined }
  : [Json<O>] extends [never]
    ? { form: FormData; body?: undefined }
    : IsOptional<O> extends true
      ? { body?: Json<O>; form?: undefined }
      : { body: Json<O>; form?: undefined };

export interface RestOptions {
  /** The address of the server, for example `http://127.0.0.1:8000`. */
  url: string;
  /** Returns a valid access token. It is called before each request, so that it may renew the token. */
  token: () => string | Promise<string>;
  fetch?: typeof fetch;
  /** How many times a request is sent again after a temporary failure. The default is 3. */
  retries?: number;
  /** Waits for a number of milliseconds. Tests replace it. */
  sleep?: (milliseconds: number, signal?: AbortSignal) => Promise<void>;
}

const LONGEST_WAIT_SECONDS = 30;

/** The REST API. Each request is typed by its method and path. */
export class Rest {
  readonly url: string;
  readonly #options: RestOptions;

  constructor(options: RestOptions) {
    this.#options = options;
    this.url = options.url.replace(/\/+$/, "");
  }

  get<P extends PathOf<"GET">>(path: P, init?: InitOf<"GET", P>): Promise<AnswerOf<"GET", P>> {
    return this.call("GET", path, init as InitOf<"GET", P>);
  }

  post<P extends PathOf<"POST">>(path: P, init: InitOf<"POST", P>): Promise<AnswerOf<"POST", P>> {
    return this.call("POST", path, init);
  }

  patch<P extends PathOf<"PATCH">>(path: P, init: InitOf<"PATCH", P>): Promise<AnswerOf<"PATCH", P>> {
    return this.call("PATCH", path, init);
  }

  delete<P extends PathOf<"DELETE">>(path: P, init?: InitOf<"DELETE", P>): Promise<AnswerOf<"DELETE", P>> {
    return this.call("DELETE", path, init as InitOf<"DELETE", P>);
  }

  /**
   * Send the request and return its response. Throws `LyceumError`.
   *
   * A request that can be repeated without a second effect is sent again after a temporary failure, after the time that
   * the server asks for. One that has to wait longer than half a minute fails at once.
   */
  async call<M extends Method, P extends PathOf<M>>(method: M, path: P, init: InitOf<M, P>): Promise<AnswerOf<M, P>> {
    const response = await this.#send(method, String(path), asked(init));
    return (await response.json()) as AnswerOf<M, P>;
  }

  /**
   * The response of a request that can return a file, for example flashcards as CSV. Throws `LyceumError`. On AWS, a binary
   * file must be requested with its media type: `type`.
   */
  async file<P extends PathOf<"GET">>(path: P, init?: InitOf<"GET", P>, type?: string): Promise<Blob> {
    return (await this.#send("GET", String(path), { ...asked(init), type })).blob();
  }

  /** A list of the API, item by item over all its pages. The next page is read when its first item is asked for. */
  async *items<P extends PathOf<"GET">>(
    path: P,
    init?: InitOf<"GET", P>,
  ): AsyncGenerator<AnswerOf<"GET", P> extends { items: (infer I)[] } ? I : never> {
    let cursor: string | null | undefined;
    do {
      const query = { ...(init?.query as object | undefined), ...(cursor ? { cursor } : {}) };
      const page = (await this.get(path, { ...init, query } as InitOf<"GET", P>)) as {
        items: never[];
        next_cursor: string | null;
      };
      yield* page.items;
      cursor = page.next_cursor;
    } while (cursor);
  }

  /** Wait with this client's `sleep`. Throws the signal's reason if it is aborted meanwhile. */
  sleep(milliseconds: number, signal?: AbortSignal): Promise<void> {
    return (this.#options.sleep ?? sleep)(milliseconds, signal);
  }

  async #send(method: Method, template: string, asked: Asked): Promise<Response> {
    const called = `${method} ${template}`;
    const takesKey = REPEATABLE.has(called);
    const canRepeat = method === "GET" || method === "DELETE" || takesKey;
    const path = template.replace(/\{(\w+)\}/g, (_, name: string) => encodeURIComponent(asked.path?.[name] ?? ""));
    const query = new URLSearchParams();
    for (const [name, value] of Object.entries(asked.query ?? {})) {
      if (value !== undefined && value !== null) query.set(name, String(value));
    }
    const address = `${this.url}${path}${query.size ? `?${query}` : ""}`;
    const key = takesKey ? (asked.key ?? crypto.randomUUID()) : undefined;
    for (let tries = 0; ; tries += 1) {
      const failed = await this.#once(address, method, asked.body, key, asked.signal, asked.type);
      if (failed instanceof Response) return failed;
      const wait = failed.retryAfter ?? 2 ** tries / 4;
      if (!canRepeat || !failed.isMomentary || tries >= (this.#options.retries ?? 3) || wait > LONGEST_WAIT_SECONDS) throw failed;
      await this.sleep(wait * 1000, asked.signal);
    }
  }

  async #once(
    address: string,
    method: Method,
    body: unknown,
    key: string | undefined,
    signal: AbortSignal | undefined,
    type: string | undefined,
  ): Promise<Response | LyceumError> {
    const headers: Record<string, string> = { Authorization: `Bearer ${await this.#options.token()}` };
    if (type !== undefined) headers["Accept"] = type;
    const isForm = body instanceof FormData; // its type has a boundary, which fetch chooses
    if (body !== undefined && !isForm) headers["Content-Type"] = "application/json";
    if (key !== undefined) headers["Idempotency-Key"] = key;
    let response: Response;
    try {
      response = await (this.#options.fetch ?? fetch)(address, {
        method,
        headers,
        ...(body === undefined ? {} : { body: isForm ? body : JSON.stringify(body) }),
        ...(signal ? { signal } : {}),
      });
    } catch (error) {
      signal?.throwIfAborted();
      return new LyceumError(0, "connection_failed", error instanceof Error ? error.message : "No answer came.");
    }
    return response.ok ? response : errorOf(response);
  }
}

interface Asked {
  path: Record<string, string> | undefined;
  query: Record<string, unknown> | undefined;
  body: unknown;
  signal: AbortSignal | undefined;
  key: string | undefined;
  type?: string | undefined;
}

function asked<M extends Method, P extends PathOf<M>>(init: InitOf<M, P> | undefined): Asked {
  return {
    path: init?.path as Record<string, string> | undefined,
    query: init?.query as Record<string, unknown> | undefined,
    body: init?.form ?? init?.body,
    signal: init?.signal,
    key: init?.idempotencyKey,
  };
}

/** Wait. Throws the signal's reason if it is aborted meanwhile. */
export function sleep(milliseconds: number, signal?: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    const stop = (): void => {
      clearTimeout(timer);
      reject(signal?.reason);
    };
    const timer = setTimeout(() => {
      signal?.removeEventListener("abort", stop);
      resolve();
    }, milliseconds);
    if (signal?.aborted) stop();
    else signal?.addEventListener("abort", stop, { once: true });
  });
}
