// Starts a real server for all tests: the laptop's, with a data folder of its own.
import { execFileSync, spawn } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { TestProject } from "vitest/node";

declare module "vitest" {
  export interface ProvidedContext {
    url: string;
    tokens: { ada: string; alan: string; grace: string };
  }
}

const project = join(import.meta.dirname, "..", "..", "..");
const python = process.env["PYTHON"] ?? join(project, ".venv", "bin", "python");

function freePort(): Promise<number> {
  return new Promise((resolve) => {
    const server = createServer().listen(0, "127.0.0.1", () => {
      const { port } = server.address() as { port: number };
      server.close(() => resolve(port));
    });
  });
}

export default async function setup({ provide }: TestProject): Promise<() => Promise<void>> {
  const data = mkdtempSync(join(tmpdir(), "lyceum-client-"));
  const [port, socketPort] = [await freePort(), await freePort()];
  const limits = { LYCEUM_MAX_UPLOAD_MB: "64", LYCEUM_INTERVIEWS_A_DAY: "1000", LYCEUM_MESSAGES_A_DAY: "10000", LYCEUM_REQUESTS_A_MINUTE: "10000" };
  const env = { ...process.env, ...limits, LYCEUM_DATA: data, LYCEUM_PORT: `${port}`, LYCEUM_WS_PORT: `${socketPort}` };
  const server = spawn(python, ["serve.py"], { cwd: project, env, stdio: "ignore" });
  const url = `http://127.0.0.1:${port}`;
  await answers(`${url}/api/health`, () => server.exitCode === null);
  const token = (who: string): string =>
    execFileSync(python, ["serve.py", "token", who], { cwd: project, env }).toString().trim();
  provide("url", url);
  provide("tokens", { ada: token("ada"), alan: token("alan"), grace: token("grace") });
  return async () => {
    const ended = new Promise((resolve) => server.once("exit", resolve));
    server.kill("SIGTERM");
    await ended;
    rmSync(data, { recursive: true, force: true });
  };
}

async function answers(url: string, isAlive: () => boolean): Promise<void> {
  while (isAlive()) {
    const response = await fetch(url).catch(() => null);
    if (response?.ok) return;
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  throw new Error("the server ended before it answered");
}
