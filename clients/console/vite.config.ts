import react from "@vitejs/plugin-react";
import { defineConfig } from "vite";

const api = process.env["LYCEUM_URL"] ?? "http://127.0.0.1:8000";

export default defineConfig({
  plugins: [react()],
  resolve: { alias: { "@lyceum/client": new URL("../typescript/src/index.ts", import.meta.url).pathname } },
  build: { target: "es2022", chunkSizeWarningLimit: 600 },
  server: { proxy: { "/api": api, "/local": api } },
});
