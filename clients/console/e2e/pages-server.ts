// Serves a built page, compressed, and passes all other requests on to Lyceum, so that two pages are measured in the same way.
import { createReadStream, existsSync, statSync } from "node:fs";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { extname, join, normalize } from "node:path";
import { createGzip } from "node:zlib";

const TYPES: Record<string, string> = { ".html": "text/html", ".js": "text/javascript", ".css": "text/css", ".mjs": "text/javascript" };

/** Returns the address and a function that stops the server. */
export async function servePage(folder: string, lyceum: string): Promise<[address: string, stop: () => void]> {
  const server: Server = createServer((request, response) => {
    const path = new URL(request.url ?? "/", "http://page").pathname;
    if (path.startsWith("/local/") || path.startsWith("/api/")) {
      void fetch(lyceum + path).then(async (answer) => {
        response.writeHead(answer.status, { "Content-Type": answer.headers.get("Content-Type") ?? "" });
        response.end(Buffer.from(await answer.arrayBuffer()));
      });
      return;
    }
    const wanted = join(folder, normalize(path));
    const file = existsSync(wanted) && statSync(wanted).isFile() ? wanted : join(folder, "index.html");
    response.writeHead(200, { "Content-Type": TYPES[extname(file)] ?? "application/octet-stream", "Content-Encoding": "gzip" });
    createReadStream(file).pipe(createGzip()).pipe(response);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return [`http://127.0.0.1:${(server.address() as AddressInfo).port}/`, () => void server.close()];
}
