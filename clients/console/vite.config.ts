import react from "@vitejs/plugin-react";
import { defineConfig } from "vite";

const api = process.env["LYCEUM_URL"] ?? "http://127.0.0.1:8000";

const client = (name: string): string => new URL(`../typescript/src/${name}`, import.meta.url).pathname;

export default defineConfig({
  plugins: [react()],
  resolve: {
    alias: {
      "@lyceum/client/chat-transport": client("chat-transport.ts"),
      "@lyceum/client": client("index.ts"),
    },
  },
  build: { target: "es2022", chunkSizeWarningLimit: 600 },
  server: { proxy: { "/api": api, "/local": api } },
});
