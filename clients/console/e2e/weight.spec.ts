import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test, type Browser, type Page } from "@playwright/test";
import react from "@vitejs/plugin-react";
import { build } from "vite";
import { servePage } from "./pages-server.ts";
import { go, hasLoaded, signIn, tab } from "./steps.ts";

const BYTES = 250_000;
const RUNS = 5;

/** The number of bytes that the page has loaded, compressed, including the headers. */
function weigh(page: Page): () => Promise<number> {
  const loaded: Promise<number>[] = [];
  page.on("requestfinished", (request) => {
    loaded.push(request.sizes().then((sizes) => sizes.responseBodySize + sizes.responseHeadersSize));
  });
  return async () => (await Promise.all(loaded)).reduce((sum, one) => sum + one, 0);
}

interface Shift extends PerformanceEntry {
  hadRecentInput: boolean;
  value: number;
}

/** The sum of the layout shifts so far. */
const shiftOf = (page: Page): Promise<number> =>
  page.evaluate(
    () =>
      new Promise<number>((resolve) => {
        let sum = 0;
        new PerformanceObserver((list) => {
          for (const entry of list.getEntries() as Shift[]) sum += entry.hadRecentInput ? 0 : entry.value;
        }).observe({ type: "layout-shift", buffered: true });
        requestAnimationFrame(() => setTimeout(() => resolve(sum), 0));
      }),
  );

test("the first page loads few bytes, and its layout does not shift", async ({ page }) => {
  const weight = weigh(page);
  await signIn(page, /Alan Turing/);
  await expect(page.getByRole("heading", { name: "Your documents" })).toBeVisible();
  await hasLoaded(page);
  const shift = await shiftOf(page);
  const bytes = await weight();
  console.log(`first page: ${bytes} bytes compressed (at most ${BYTES}), layout shift ${shift.toFixed(4)}`);
  expect(bytes).toBeLessThan(BYTES);
  expect(shift).toBeLessThan(0.01);
});

test("a teacher's first page loads no more than its own parts", async ({ page }) => {
  const loaded: string[] = [];
  page.on("request", (request) => loaded.push(request.url()));
  await signIn(page, /Grace Hopper/);
  await expect(page.locator("nav.tabs")).toBeVisible();
  await tab(page, "Decisions");
  await go(page, "Documents");
  await hasLoaded(page);
  for (const part of ["pdf", "tutor", "desk", "assignment-", "interview"]) {
    expect(loaded.filter((one) => one.includes(`/assets/${part}`))).toEqual([]);
  }
});

/** Milliseconds until the page has a button and its thread is idle, on a slow network and a slow processor, as Lighthouse has them. */
async function interactiveAfter(browser: Browser, address: string): Promise<number> {
  const page = await (await browser.newContext()).newPage();
  const devtools = await page.context().newCDPSession(page);
  await devtools.send("Network.enable");
  await devtools.send("Network.emulateNetworkConditions", { offline: false, latency: 150, downloadThroughput: 200_000, uploadThroughput: 90_000 });
  await devtools.send("Emulation.setCPUThrottlingRate", { rate: 4 });
  await page.goto(address, { waitUntil: "commit" });
  await page.locator("button").first().waitFor();
  const after = await page.evaluate(() => new Promise<number>((resolve) => requestIdleCallback(() => resolve(performance.now()))));
  await page.context().close();
  return after;
}

test("the first page is measured beside a hello world of the same stack", async ({ browser }) => {
  const folder = mkdtempSync(join(tmpdir(), "lyceum-hello-"));
  await build({ root: join(import.meta.dirname, "hello"), configFile: false, plugins: [react()], logLevel: "silent", build: { outDir: folder, emptyOutDir: true, target: "es2022" } });
  const lyceum = process.env["LYCEUM_URL"] ?? "";
  const [ours, stopOurs] = await servePage(join(import.meta.dirname, "..", "dist"), lyceum);
  const [hello, stopHello] = await servePage(folder, lyceum);
  const times: Record<"ours" | "hello", number[]> = { ours: [], hello: [] };
  for (let run = 0; run < RUNS; run += 1) {
    times.ours.push(await interactiveAfter(browser, ours));
    times.hello.push(await interactiveAfter(browser, hello));
  }
  stopOurs();
  stopHello();
  rmSync(folder, { recursive: true, force: true });
  const median = (values: number[]): number => [...values].sort((one, other) => one - other)[Math.floor(RUNS / 2)] ?? 0;
  const [own, least] = [median(times.ours), median(times.hello)];
  console.log(`interactive after ${Math.round(own)} ms; hello world of the same stack ${Math.round(least)} ms; ratio ${(own / least).toFixed(2)} (aim 2; median of ${RUNS})`);
  expect(own).toBeGreaterThan(0); // the time is only printed; a person judges it
});
