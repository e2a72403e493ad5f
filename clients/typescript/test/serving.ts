// A real server, the laptop's, with a data folder of its own. The console's tests use it too.
import { spawn } from "node:child_process";
import { createWriteStream, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { createServer, type AddressInfo, type Server } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";

export const PROJECT = join(import.meta.dirname, "..", "..", "..");
export const python = process.env["PYTHON"] ?? join(PROJECT, ".venv", "bin", "python");
const TRIES = 3;
const PATIENCE_MS = 180_000;

export interface Served {
  url: string;
  env: NodeJS.ProcessEnv;
  stop: () => Promise<void>;
}

/** Free ports, all different. */
export async function freePorts(count: number): Promise<number[]> {
  const held = await Promise.all(
    Array.from({ length: count }, () => new Promise<Server>((resolve) => {
      const server = createServer().listen(0, "127.0.0.1", () => resolve(server));
    })),
  );
  const ports = held.map((server) => (server.address() as AddressInfo).port);
  await Promise.all(held.map((server) => new Promise((resolve) => server.close(resolve))));
  return ports;
}

/** Starts the server, and waits until it answers. If another program takes its port meanwhile, it gets another port. */
export async function serve(settings: Record<string, string>): Promise<Served> {
  const data = mkdtempSync(join(tmpdir(), "lyceum-tests-"));
  const log = join(data, "server.log");
  for (let tries = 1; ; tries += 1) {
    const [port, socketPort] = await freePorts(2);
    const env = { ...process.env, ...settings, LYCEUM_DATA: join(data, "data"), LYCEUM_PORT: `${port}`, LYCEUM_WS_PORT: `${socketPort}` };
    const server = spawn(python, ["serve.py"], { cwd: PROJECT, env, stdio: ["ignore", "pipe", "pipe"] });
    const written = createWriteStream(log, { flags: "a" });
    server.stdout.pipe(written, { end: false });
    server.stderr.pipe(written, { end: false });
    const ended = new Promise((resolve) => server.once("exit", resolve));
    const isAlive = (): boolean => server.exitCode === null && server.signalCode === null;
    const end = async (): Promise<void> => {
      server.kill("SIGTERM");
      const killing = setTimeout(() => server.kill("SIGKILL"), PATIENCE_MS);
      if (isAlive()) await ended;
      clearTimeout(killing);
    };
    const url = `http://127.0.0.1:${port}`;
    if (await answers(`${url}/api/health`, isAlive)) {
      const stop = async (): Promise<void> => {
        await end();
        rmSync(data, { recursive: true, force: true });
      };
      return { url, env, stop };
    }
    const problem = isAlive() ? "the server does not answer" : "the server ended before it answered";
    await end();
    if (tries === TRIES) throw new Error(`${problem}:\n${readFileSync(log, "utf8").slice(-2000)}`);
  }
}

async function answers(url: string, isAlive: () => boolean): Promise<boolean> {
  const latest = Date.now() + PATIENCE_MS;
  while (isAlive() && Date.now() < latest) {
    const response = await fetch(url, { signal: AbortSignal.timeout(PATIENCE_MS) }).catch(() => null);
    if (response?.ok) return true;
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  return false;
}
