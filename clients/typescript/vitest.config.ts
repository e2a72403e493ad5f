import { defineConfig } from "vitest/config";

export default defineConfig({
  test: { globalSetup: "test/server.ts", testTimeout: 240_000, hookTimeout: 240_000, fileParallelism: false },
});
