import { expect, test } from "vitest";
import { Socket, upload, waitForDocument } from "../src/index.ts";
import { briefly, notRarely, NOTES, open, rest } from "./learner.ts";
import { pdfOf, streamOf } from "./pdf.ts";

const MEGABYTE = 1024 * 1024;

/** A PDF of one page with the sentence, and with `extraBytes` bytes that no page shows. */
function pdf(sentence: string, extraBytes: number): Uint8Array {
  const shown = `BT /F1 12 Tf 72 700 Td (${sentence}) Tj ET`;
  return pdfOf([
    "<< /Type /Catalog /Pages 2 0 R >>",
    "<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
    "<< /Type /Page /Parent 2 0 R /MediaBox [0 0 612 792] /Contents 4 0 R /Resources << /Font << /F1 5 0 R >> >> >>",
    streamOf(shown),
    "<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>",
    streamOf("x".repeat(extraBytes)),
  ]);
}

/** A file that calls `reached` once, when `at` of its bytes have been read. */
class Watched extends File {
  readonly #at: number;
  readonly #reached: () => void;

  constructor(content: Uint8Array, name: string, at: number, reached: () => void) {
    super([content as Uint8Array<ArrayBuffer>], name, { type: "application/pdf" });
    this.#at = at;
    this.#reached = reached;
  }

  override stream(): ReadableStream<Uint8Array<ArrayBuffer>> {
    let taken = 0;
    const watching = new TransformStream<Uint8Array<ArrayBuffer>, Uint8Array<ArrayBuffer>>({
      transform: (piece, controller) => {
        const before = taken;
        taken += piece.byteLength;
        if (before < this.#at && taken >= this.#at) this.#reached();
        controller.enqueue(piece);
      },
    });
    return super.stream().pipeThrough(watching);
  }
}

test("an upload of 60 MB that is aborted in the middle leaves nothing behind, and can be repeated", async () => {
  const client = rest();
  const content = pdf("Inertia is the tendency of a body to resist a change of its motion.", 60 * MEGABYTE);
  const stop = new AbortController();
  const first = new Watched(content, "large.pdf", 30 * MEGABYTE, () => stop.abort());
  await expect(upload(client, first, { signal: stop.signal })).rejects.toMatchObject({ name: "AbortError" });
  const names: string[] = [];
  for await (const one of client.items("/api/files")) names.push(one.filename);
  expect(names).not.toContain("large.pdf");

  const told: number[] = [];
  const whole = new Watched(content, "large.pdf", Infinity, () => undefined);
  const uploaded = await upload(client, whole, { onProgress: (sent) => told.push(sent) });
  const document = await waitForDocument(client, uploaded.file_id);
  expect(document).toMatchObject({ status: "completed", searchable: true, file_size: content.byteLength, page_count: 1 });
  expect(document.file_size).toBeGreaterThan(60 * MEGABYTE);
  expect(document.content_preview).toContain("Inertia is the tendency");
  expect(told).toEqual([content.byteLength]);
});

test("an upload that the object store refuses leaves nothing behind", async () => {
  const client = rest({
    fetch: async (address, init) => {
      const response = await fetch(address, init);
      if (!String(address).endsWith("/upload-url")) return response;
      const offer = (await response.json()) as { upload: { fields: Record<string, string> } };
      offer.upload.fields = {}; // the store then accepts no upload
      return Response.json(offer);
    },
  });
  const file = new File([NOTES], "refused.txt", { type: "text/plain" });
  await expect(upload(client, file)).rejects.toMatchObject({ name: "LyceumError", status: 403 });
  const { items } = await client.get("/api/files", {});
  expect(items.map((one) => one.filename)).not.toContain("refused.txt");
});

test("a document that is completed while the socket connects is noticed after the connection", async () => {
  const client = rest({ sleep: notRarely });
  const uploaded = await upload(client, new File([`${NOTES} Of a slow handshake.`], "slow.txt", { type: "text/plain" }));
  const slowly = (url: string): WebSocket => {
    const made = open(url);
    let opened: (() => void) | null = null;
    return new Proxy(made, {
      get: (target, name) => {
        const value: unknown = Reflect.get(target, name, target);
        return typeof value === "function" ? (value as () => unknown).bind(target) : value;
      },
      set: (target, name, value: (() => void) | null) => {
        if (name !== "onopen") return Reflect.set(target, name, value, target);
        opened = value;
        const isOpen = new Promise((resolve) => target.addEventListener("open", resolve));
        void Promise.all([waitForDocument(client, uploaded.file_id), isOpen]).then(() => opened?.());
        return true;
      },
    });
  };
  const socket = new Socket(client, { open: slowly, sleep: briefly });
  expect(await waitForDocument(client, uploaded.file_id, { socket })).toMatchObject({ status: "completed" });
  socket.close();
});
