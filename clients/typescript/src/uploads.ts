import { LyceumError } from "./errors.ts";
import type { components } from "./generated/rest.ts";
import { sleep, type Rest } from "./rest.ts";

export type Document = components["schemas"]["FileBody"];

export interface UploadOptions {
  subjectId?: string;
  sessionId?: string;
  documentType?: Document["document_type"];
  tags?: string[];
  /** Called as bytes are sent, with their number and that of all. Browsers alone tell it while they send. */
  onProgress?: (sent: number, total: number) => void;
  signal?: AbortSignal;
}

/**
 * Upload a file as it is, and say that it is there. Returns the document, which may still be in work: see
 * `waitForDocument`. An aborted upload leaves nothing behind: begin it anew.
 */
export async function upload(rest: Rest, file: File, options: UploadOptions = {}): Promise<Document> {
  const { signal } = options;
  const offer = await rest.post("/api/files/upload-url", {
    body: {
      file_name: file.name,
      content_type: file.type,
      file_size: file.size,
      subject_id: options.subjectId ?? null,
      session_id: options.sessionId ?? null,
      document_type: options.documentType ?? "notes",
      tags: options.tags ?? [],
    },
    ...(signal ? { signal } : {}),
  });
  const form = new FormData();
  for (const [name, value] of Object.entries(offer.upload.fields)) form.set(name, value);
  form.set("file", file);
  await send(offer.upload.url, form, file.size, options);
  const init = signal ? { signal } : {};
  await rest.post("/api/files/confirm", { body: { file_key: offer.file_key }, ...init });
  return rest.get("/api/files/{file_id}", { path: { file_id: offer.file_id }, ...init });
}

/**
 * Wait until the document can be asked (`until: "searchable"`) or its processing has ended. It asks at once, then after
 * each event that `changed` yields, and without events after longer and longer pauses.
 */
export async function waitForDocument(
  rest: Rest,
  fileId: string,
  options: {
    until?: "searchable" | "ended";
    signal?: AbortSignal;
    /** Resolves when the document may have changed. */
    changed?: () => Promise<void>;
  } = {},
): Promise<Document> {
  const init = options.signal ? { signal: options.signal } : {};
  for (let pause = 250; ; pause = Math.min(pause * 1.5, 5000)) {
    const document = await rest.get("/api/files/{file_id}", { path: { file_id: fileId }, ...init });
    const hasEnded = document.status === "completed" || document.status === "failed";
    if (hasEnded || (options.until === "searchable" && document.searchable)) return document;
    await Promise.race([sleep(pause, options.signal), ...(options.changed ? [options.changed()] : [])]);
  }
}

function send(url: string, form: FormData, size: number, options: UploadOptions): Promise<void> {
  return typeof XMLHttpRequest === "undefined" ? sendPlainly(url, form, size, options) : sendTelling(url, form, options);
}

async function sendPlainly(url: string, form: FormData, size: number, options: UploadOptions): Promise<void> {
  const response = await fetch(url, { method: "POST", body: form, ...(options.signal ? { signal: options.signal } : {}) });
  if (!response.ok) throw refused(response.status);
  options.onProgress?.(size, size);
}

/** `fetch` tells nothing of an upload while it is sent; XMLHttpRequest does. */
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
