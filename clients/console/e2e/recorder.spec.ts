// The client's recorder with the browser's own MediaRecorder and a fake microphone. No speech recognition is needed.
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test, type Page } from "@playwright/test";
import { build } from "vite";
import { CHROMIUM } from "../playwright.config.ts";
import { servePage } from "./pages-server.ts";

const MICROPHONE = ["--use-fake-device-for-media-stream", "--use-fake-ui-for-media-stream"];
const PART_BYTES = 24_000;
const folder = mkdtempSync(join(tmpdir(), "lyceum-recorder-"));
let address = "";
let stop = (): void => undefined;

test.use({ launchOptions: { ...CHROMIUM, args: [...CHROMIUM.args, ...MICROPHONE] } });

test.beforeAll(async () => {
  const client = new URL("../../typescript/src/index.ts", import.meta.url).pathname;
  await build({
    root: join(import.meta.dirname, "recorder"),
    configFile: false,
    logLevel: "silent",
    resolve: { alias: { "@lyceum/client": client } },
    build: { outDir: folder, emptyOutDir: true, target: "es2022" },
  });
  [address, stop] = await servePage(folder, "");
});

test.afterAll(() => {
  stop();
  rmSync(folder, { recursive: true, force: true });
});

/** The result of the page's functions. `then` is called with the recorder. */
const recorded = (page: Page, milliseconds: number, then: "stop" | "discard"): Promise<unknown> =>
  page.evaluate(
    async ([pause, end]) => {
      const recorder = await (window as unknown as { start: () => Promise<Record<string, () => Promise<unknown>>> }).start();
      await new Promise((resolve) => setTimeout(resolve, pause));
      return recorder[end]?.();
    },
    [milliseconds, then] as const,
  );
const told = <T>(page: Page, name: string, ...given: string[]): Promise<T> =>
  page.evaluate(([called, values]) => (window as unknown as Record<string, (...values: string[]) => unknown>)[called]?.(...values), [name, given] as const) as Promise<T>;
type Heard = { size: number; format: string; isFinal: boolean }[];

for (const [type, format] of [
  ["audio/webm", "webm"],
  ["audio/mp4", "mp4"],
] as const) {
  test(`what is recorded as ${format} comes in parts, and is whole`, async ({ page }) => {
    await page.goto(address);
    await told(page, "only", type);
    await recorded(page, 3200, "stop");
    const heard = await told<Heard>(page, "heard");
    expect(heard.map((one) => one.isFinal)).toEqual([...Array<boolean>(heard.length - 1).fill(false), true]);
    for (const one of heard) {
      expect(one.format).toBe(format);
      expect(one.size).toBeGreaterThan(0);
      expect(one.size).toBeLessThanOrEqual(PART_BYTES);
    }
    expect(await told<number>(page, "seconds")).toBeGreaterThan(2);
    expect(await told(page, "calls")).toEqual(["record"]);
    expect(await told(page, "isListening")).toBe(false);
  });
}

test("a discarded recording has no last part, and the microphone is released", async ({ page }) => {
  await page.goto(address);
  await recorded(page, 1500, "discard");
  expect((await told<Heard>(page, "heard")).filter((one) => one.isFinal)).toEqual([]);
  expect(await told(page, "calls")).toEqual(["record", "discard"]);
  expect(await told(page, "isListening")).toBe(false);
});

test("a browser without a supported format is recognised before it is asked for the microphone", async ({ page }) => {
  await page.goto(address);
  await told(page, "only", "audio/none");
  await expect(recorded(page, 0, "stop")).rejects.toThrow("NotSupportedError");
  expect(await told(page, "calls")).toEqual([]);
  expect(await told(page, "isListening")).toBe(false);
});

test("a recording that cannot begin releases the microphone", async ({ page }) => {
  await page.goto(address);
  const failed = page.evaluate(async () => {
    MediaRecorder.prototype.start = () => {
      throw new DOMException("No more recorders.", "InvalidStateError");
    };
    await (window as unknown as { start: () => Promise<unknown> }).start();
  });
  await expect(failed).rejects.toThrow("No more recorders.");
  expect(await told(page, "isListening")).toBe(false);
});
