import { defineConfig } from "@playwright/test";

/** Files that are run only if a variable of this name is set. */
const WANTED = { VOICE: "voice.spec.ts", SCREENSHOTS: "screenshots.spec.ts" };
export const CHROMIUM = {
  executablePath: process.env["CHROMIUM"] ?? "/usr/bin/chromium",
  args: ["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-component-update", "--disable-sync", "--no-first-run"],
};

/** Debian's Chromium. With VOICE=1 also the interview by voice, whose microphone plays a recording; with SCREENSHOTS=1 the pictures of README. */
export default defineConfig({
  testDir: "e2e",
  testIgnore: Object.entries(WANTED).flatMap(([name, file]) => (process.env[name] ? [] : [file])),
  timeout: 900_000, // of a whole journey on a busy machine
  globalTimeout: 3_600_000,
  expect: { timeout: 60_000 },
  workers: 1,
  reporter: "line",
  globalSetup: "./e2e/server.ts",
  use: {
    actionTimeout: 60_000,
    navigationTimeout: 60_000,
    launchOptions: CHROMIUM,
    locale: "en-GB",
  },
});
