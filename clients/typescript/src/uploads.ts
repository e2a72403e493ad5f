import { LyceumError } from "./errors.ts";
import type { components } from "./generated/rest.ts";
import type { Rest } from "./rest.ts";
import type { Socket } from "./socket.ts";

export type Document = components["schemas"]["FileBody"];

export interface UploadOptions {
  subjectId?: string;
  /** The subject whose class may use the document. Only its teacher may upload it; then `subjectId` is not needed. */
  forClass?: string;
  sessionId?: string;
  documentType?: Document["document_type"];
  tags?: string[];
  /** Called with the number of sent bytes and of all bytes. Only browsers report them while they send. */
  onProgress?: (sent: number, total: number) => void;
  signal?: AbortSignal;
}

/**
 * Upload a file unchanged, and confirm the upload. Returns the document, which may still be processed: see
 * `waitForDocument`. If the upload is aborted, or refused by the object store, no document is left: begin again.
 */
export async function upload(rest: Rest, file: File, options: UploadOptions = {}): Promise<Document> {
  const { signal } = options;
  const init = signal ? { signal } : {};
  const wanted = {
    file_name: file.name,
    content_type: file.type,
    file_size: file.size,
    session_id: options.sessionId ?? null,
    document_type: options.documentType ?? "notes",
    tags: options.tags ?? [],
  };
  const offer = options.forClass
    ? await rest.post("/api/teacher/subjects/{subject_id}/materials/upload-url", {
        path: { subject_id: options.forClass },
        body: wanted,
        ...init,
      })
    : await rest.post("/api/files/upload-url", { body: { ...wanted, subject_id: options.subjectId ?? null }, ...init });
  const form = new FormData();
  for (const [name, value] of Object.entries(offer.upload.fields)) form.set(name, value);
  form.set("file", file);
  try {
    await send(offer.upload.url, form, file.size, options);
  } catch (error) {
    await forget(rest, offer.file_id, options.forClass).catch(() => undefined); // if that fails, the server removes it later
    throw error;
  }
  // The object store tells the server that a class material has arrived, so no confirmation is needed.
  if (!options.forClass) await rest.post("/api/files/confirm", { body: { file_key: offer.file_key }, ...init });
  return rest.get("/api/files/{file_id}", { path: { file_id: offer.file_id }, ...init });
}

function forget(rest: Rest, fileId: string, forClass: string | undefined): Promise<unknown> {
  if (!forClass) return rest.delete("/api/files/{file_id}", { path: { file_id: fileId } });
  return rest.delete("/api/teacher/subjects/{subject_id}/materials/{file_id}", { path: { subject_id: forClass, file_id: fileId } });
}

/**
 * Wait until the document can be asked about (`until: "searchable"`) or its processing has ended. With a `socket` it reads the
 * document after each `document_updated`, and rarely between them: a push may be lost. Without a connection it asks again and
 * again.
 */
export async function waitForDocument(
  rest: Rest,
  fileId: string,
  options: {
    until?: "searchable" | "ended";
    signal?: AbortSignal;
    socket?: Socket;
    /** Resolves when the document may have changed. */
    changed?: () => Promise<void>;
  } = {},
): Promise<Document> {
  const { signal, socket } = options;
  const init = signal ? { signal } : {};
  const news = newsOf(socket, fileId);
  try {
    for (let pause = 250; ; pause = Math.min(pause * 1.5, OFTEN_MS)) {
      const next = news.next(); // before the request, so that no change during it is missed
      const document = await rest.get("/api/files/{file_id}", { path: { file_id: fileId }, ...init });
      const hasEnded = document.status === "completed" || document.status === "failed";
      if (hasEnded || (options.until === "searchable" && document.searchable)) return document;
      const waiting = new AbortController();
      const stop = (): void => waiting.abort(signal?.reason);
      signal?.addEventListener("abort", stop, { once: true });
      const passed = rest.sleep(news.isTold() ? RARELY_MS : pause, waiting.signal);
      passed.catch(() => undefined); // it is aborted if something else comes first
      try {
        await Promise.race([passed, next, ...(options.changed ? [options.changed()] : [])]);
      } finally {
        signal?.removeEventListener("abort", stop);
        waiting.abort();
      }
      signal?.throwIfAborted();
    }
  } finally {
    news.stop();
  }
}

const OFTEN_MS = 5000;
export const RARELY_MS = 15_000;

/** Tells when a document may have changed: the server pushed a change, or the connection was made (earlier pushes may be lost). */
function newsOf(socket: Socket | undefined, fileId: string): { next: () => Promise<void>; isTold: () => boolean; stop: () => void } {
  let tell = (): void => undefined;
  let isTold = socket !== undefined;
  const set = (isConnected: boolean): void => {
    isTold = isConnected;
    tell();
  };
  const stops = [
    socket?.on("document_updated", (message) => message.file_id === fileId && tell()),
    socket?.on("found", () => set(true)),
    socket?.on("lost", () => set(false)),
  ];
  void socket?.connect().catch(() => set(false));
  return {
    next: () => new Promise((resolve) => (tell = resolve)),
    isTold: () => isTold,
    stop: () => stops.forEach((stop) => stop?.()),
  };
}

function send(url: string, form: FormData, size: number, options: UploadOptions): Promise<void> {
  return typeof XMLHttpRequest === "undefined" ? sendPlainly(url, form, size, options) : sendTelling(url, form, options);
}

async function sendPlainly(url: string, form: FormData, size: number, options: UploadOptions): Promise<void> {
  const response = await fetch(url, { method: "POST", body: form, ...(options.signal ? { signal: options.signal } : {}) });
  if (!response.ok) throw refused(response.status);
  options.onProgress?.(size, size);
}

/** `fetch` does not report the progress of an upload; XMLHttpRequest does. */
function sendTelling(url: string, form: FormData, options: UploadOptions): Promise<void> {
  return new Promise((resolve, reject) => {
    const request = new XMLHttpRequest();
    const stop = (): void => request.abort();
    options.signal?.addEventListener("abort", stop, { once: true });
    request.upload.onprogress = (event) => options.onProgress?.(event.loaded, event.total);
    request.onload = () => (request.status < 300 ? resolve() : reject(refused(request.status)));
    request.onerror = () => reject(new LyceumError(0, "connection_failed", "The upload was cut off."));
    request.onabort = () => reject(options.signal?.reason);
    request.onloadend = () => options.signal?.removeEventListener("abort", stop);
    request.open("POST", url);
    if (options.signal?.aborted) stop();
    else request.send(form);
  });
}

function refused(status: number): LyceumError {
  return new LyceumError(status, "invalid_request", `The object store refused the upload with ${status}.`);
}
