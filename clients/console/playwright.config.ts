import { defineConfig } from "@playwright/test";

/** Debian's Chromium, with a microphone that says nothing unless a test gives it a recording. */
export default defineConfig({
  testDir: "e2e",
  timeout: 300_000,
  expect: { timeout: 45_000 },
  workers: 1,
  reporter: "line",
  globalSetup: "./e2e/server.ts",
  use: {
    actionTimeout: 45_000,
    launchOptions: {
      executablePath: process.env["CHROMIUM"] ?? "/usr/bin/chromium",
      args: ["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-component-update", "--disable-sync", "--no-first-run"],
    },
    locale: "en-GB",
  },
});
