import { defineConfig } from "vitest/config";

export default defineConfig({
  esbuild: { jsx: "automatic", jsxImportSource: "preact" },
  server: { fs: { allow: [".."] } }, // docs/messages.md
  test: { environment: "jsdom", include: ["src/**/*.test.{ts,tsx}"], css: true },
});
