import { defineConfig } from "@playwright/test";

const VOICE = "voice.spec.ts";
export const CHROMIUM = {
  executablePath: process.env["CHROMIUM"] ?? "/usr/bin/chromium",
  args: ["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-component-update", "--disable-sync", "--no-first-run"],
};

/** Debian's Chromium. With VOICE=1 also the interview by voice, whose microphone plays a recording. */
export default defineConfig({
  testDir: "e2e",
  testIgnore: process.env["VOICE"] ? [] : [VOICE],
  timeout: 300_000,
  expect: { timeout: 45_000 },
  workers: 1,
  reporter: "line",
  globalSetup: "./e2e/server.ts",
  use: {
    actionTimeout: 45_000,
    launchOptions: CHROMIUM,
    locale: "en-GB",
  },
});
