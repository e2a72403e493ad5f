// Starts a real server for all tests.
import { execFileSync } from "node:child_process";
import type { TestProject } from "vitest/node";
import { PROJECT, python, serve } from "./serving.ts";

declare module "vitest" {
  export interface ProvidedContext {
    url: string;
    tokens: { ada: string; alan: string; grace: string };
  }
}

const LIMITS = { LYCEUM_MAX_UPLOAD_MB: "64", LYCEUM_INTERVIEWS_A_DAY: "1000", LYCEUM_MESSAGES_A_DAY: "10000", LYCEUM_REQUESTS_A_MINUTE: "10000" };

export default async function setup({ provide }: TestProject): Promise<() => Promise<void>> {
  const { url, env, stop } = await serve(LIMITS);
  const token = (who: string): string => execFileSync(python, ["serve.py", "token", who], { cwd: PROJECT, env }).toString().trim();
  provide("url", url);
  provide("tokens", { ada: token("ada"), alan: token("alan"), grace: token("grace") });
  return stop;
}
