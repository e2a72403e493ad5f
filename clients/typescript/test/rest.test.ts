import { createServer, type Server } from "node:http";
import { afterEach, expect, expectTypeOf, test } from "vitest";
import { LyceumError, pageOptions, queryOptions, upload, waitForDocument, type CodeOf } from "../src/index.ts";
import { NOTES, rest } from "./learner.ts";

let stub: Server | undefined;
afterEach(() => stub?.close());

/** A server that answers the statuses in turn, and counts. */
async function answering(...statuses: number[]): Promise<{ url: string; asked: { key: string | undefined }[] }> {
  const asked: { key: string | undefined }[] = [];
  const server = createServer((request, response) => {
    asked.push({ key: request.headers["idempotency-key"] as string | undefined });
    const status = statuses[Math.min(asked.length, statuses.length) - 1] ?? 200;
    if (status === 0) request.socket.destroy();
    else {
      response.writeHead(status, { "Content-Type": "application/json", ...(status === 429 ? { "Retry-After": "7" } : {}) });
      response.end(JSON.stringify(status < 400 ? { ok: true } : { error: { code: "too_many_requests", message: "Wait." } }));
    }
  });
  stub = server;
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return { url: `http://127.0.0.1:${(server.address() as { port: number }).port}`, asked };
}

test("a document is uploaded, read and asked, and the answer cites it", async () => {
  const client = rest();
  const told: number[] = [];
  const file = new File([NOTES], "newton.md", { type: "text/markdown" });
  const uploaded = await upload(client, file, { subjectId: "physics_101", onProgress: (sent) => told.push(sent) });
  const document = await waitForDocument(client, uploaded.file_id);
  expect(document).toMatchObject({ status: "completed", searchable: true, filename: "newton.md" });
  expect(told.at(-1)).toBe(file.size);
  const answer = await client.post("/api/chat", { body: { message: "What is inertia?", subject_id: "physics_101" } });
  expect(answer.outcome).toBe("answered");
  expect(answer.citations[0]?.quote).toContain("Inertia is the tendency");
});

test("a list is read item by item over its pages", async () => {
  const client = rest();
  for (const name of ["a.txt", "b.txt", "c.txt"]) await upload(client, new File([NOTES], name, { type: "text/plain" }));
  const names: string[] = [];
  for await (const document of client.items("/api/files", { query: { limit: 1 } })) names.push(document.filename);
  expect(names).toEqual(expect.arrayContaining(["a.txt", "b.txt", "c.txt"]));
  const first = pageOptions(client, "/api/files", { query: { limit: 2 } });
  const page = await first.queryFn({ signal: new AbortController().signal, pageParam: null });
  const cursor = first.getNextPageParam(page);
  const second = await first.queryFn({ signal: new AbortController().signal, pageParam: cursor });
  expect(second.items[0]?.file_id).not.toBe(page.items[0]?.file_id);
});

test("a large upload that is aborted leaves no document in work, and can be begun anew", async () => {
  const client = rest();
  const line = "Inertia is the tendency of a body to resist a change of its motion.\n";
  const large = new File([line.repeat(Math.ceil((12 * 1024 * 1024) / line.length))], "large.txt", { type: "text/plain" });
  const stop = new AbortController();
  const aborted = upload(client, large, { signal: stop.signal });
  setTimeout(() => stop.abort(), 30);
  await expect(aborted).rejects.toMatchObject({ name: "AbortError" });
  const waiting = await client.get("/api/files", { query: { status: "processing" } });
  expect(waiting.items.map((one) => one.filename)).not.toContain("large.txt");
  const again = await upload(client, new File([NOTES], "large.txt", { type: "text/plain" }));
  expect((await waitForDocument(client, again.file_id)).status).toBe("completed");
});

test("an error has its code, and is typed by the request", async () => {
  const refused = await rest().get("/api/files/{file_id}", { path: { file_id: "nothing" } }).catch((error: unknown) => error);
  expect(refused).toBeInstanceOf(LyceumError);
  expect(refused).toMatchObject({ status: 404, code: "file_not_found", field: null });
  expect((refused as LyceumError).requestId).toBeTruthy();
  expect((refused as LyceumError).is<"GET /api/files/{file_id}">("file_not_found")).toBe(true);
  expectTypeOf<"file_not_found">().toExtend<CodeOf<"GET /api/files/{file_id}">>();
  expectTypeOf<"quiz_not_found">().not.toExtend<CodeOf<"GET /api/files/{file_id}">>();
});

test.for([[0], [429], [502], [504]])("a request is sent again after %i, with the same key and as the server asks", async ([status]) => {
  const { url, asked } = await answering(status ?? 0, 200);
  const waits: number[] = [];
  const client = rest({ url, sleep: async (milliseconds) => void waits.push(milliseconds) });
  await client.post("/api/chat", { body: { message: "Hello" } });
  expect(asked).toHaveLength(2);
  expect(asked[0]?.key).toBeTruthy();
  expect(asked[1]?.key).toBe(asked[0]?.key);
  expect(waits).toEqual([status === 429 ? 7000 : 250]);
});

test("a request that may have had an effect is not sent again", async () => {
  const { url, asked } = await answering(502);
  await expect(rest({ url }).post("/api/ws-ticket", {})).rejects.toMatchObject({ status: 502 });
  expect(asked).toHaveLength(1);
});

test("a query can be aborted, also while it waits", async () => {
  const { url } = await answering(502);
  const stop = new AbortController();
  const options = queryOptions(rest({ url }), "/api/me");
  const failed = options.queryFn({ signal: stop.signal });
  setTimeout(() => stop.abort(), 20);
  await expect(failed).rejects.toMatchObject({ name: "AbortError" });
});
