import { QueryClient } from "@tanstack/query-core";
import { createServer, type Server } from "node:http";
import { afterEach, expect, test } from "vitest";
import { LyceumError, pageOptions, queryOptions, upload, waitForDocument } from "../src/index.ts";
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

test("TanStack Query reads a request, and reads it once for two who ask", async () => {
  const queries = new QueryClient();
  const options = queryOptions(rest(), "/api/usage");
  const [one, other] = await Promise.all([queries.fetchQuery(options), queries.fetchQuery(options)]);
  expect(one.allowances.map((allowance) => allowance.kind)).toContain("messages");
  expect(other).toBe(one);
  const missing = queryOptions(rest(), "/api/files/{file_id}", { path: { file_id: "nothing" } });
  await expect(queries.fetchQuery(missing)).rejects.toMatchObject({ code: "file_not_found" });
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

test("a request whose data are damaged is not sent again", async () => {
  const { url, asked } = await answering(502);
  const damaged = new LyceumError(502, "key_value_store_damaged", "The database is damaged.");
  const unavailable = new LyceumError(502, "key_value_store_unavailable", "The database is not available.");
  const full = new LyceumError(502, "key_value_store_unwritable", "The database cannot store anything.");
  expect([damaged.isMomentary, full.isMomentary, unavailable.isMomentary]).toEqual([false, false, true]);
  await expect(rest({ url, sleep: async () => undefined }).get("/api/me")).rejects.toMatchObject({ status: 502 });
  expect(asked).toHaveLength(4);
});

test("a query can be aborted, also while it waits", async () => {
  const { url } = await answering(502);
  const stop = new AbortController();
  const options = queryOptions(rest({ url }), "/api/me");
  const failed = options.queryFn({ signal: stop.signal });
  setTimeout(() => stop.abort(), 20);
  await expect(failed).rejects.toMatchObject({ name: "AbortError" });
});
