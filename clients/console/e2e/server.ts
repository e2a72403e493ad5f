// Starts a real server, which serves the built console.
import { spawn } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";

const project = join(import.meta.dirname, "..", "..", "..");
export const python = process.env["PYTHON"] ?? join(project, ".venv", "bin", "python");

function freePort(): Promise<number> {
  return new Promise((resolve) => {
    const server = createServer().listen(0, "127.0.0.1", () => {
      const { port } = server.address() as { port: number };
      server.close(() => resolve(port));
    });
  });
}

export default async function setup(): Promise<() => Promise<void>> {
  const data = mkdtempSync(join(tmpdir(), "lyceum-console-"));
  const [port, socketPort, hostedPort] = [await freePort(), await freePort(), await freePort()];
  process.env["HOSTED_PORT"] = `${hostedPort}`;
  const origins = { LYCEUM_ALLOWED_ORIGINS: `http://127.0.0.1:${hostedPort}` };
  const env = { ...process.env, ...origins, LYCEUM_DATA: data, LYCEUM_PORT: `${port}`, LYCEUM_WS_PORT: `${socketPort}` };
  const server = spawn(python, ["serve.py"], { cwd: project, env, stdio: "ignore" });
  process.env["LYCEUM_URL"] = `http://127.0.0.1:${port}`;
  for (;;) {
    if (server.exitCode !== null) throw new Error("the server ended before it answered");
    const response = await fetch(`${process.env["LYCEUM_URL"]}/api/health`).catch(() => null);
    if (response?.ok) break;
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  return async () => {
    const ended = new Promise((resolve) => server.once("exit", resolve));
    server.kill("SIGTERM");
    await ended;
    rmSync(data, { recursive: true, force: true });
  };
}
