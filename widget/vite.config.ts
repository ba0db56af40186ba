import { defineConfig } from "vite";

// One classic script: it runs on old phones, and finds its own address for the embed.
export default defineConfig({
  esbuild: { jsx: "automatic", jsxImportSource: "preact", legalComments: "none" },
  build: {
    target: ["es2018", "chrome69", "safari12", "firefox67"],
    cssTarget: "chrome69",
    lib: { entry: "src/main.ts", formats: ["iife"], name: "zhaohui", fileName: () => "zhaohui.js" },
  },
});
