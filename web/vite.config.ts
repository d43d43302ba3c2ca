/// <reference types="vitest/config" />
import react from "@vitejs/plugin-react";
import { defineConfig } from "vite";

// Where `npm run dev` finds the API: the address `pilaster status` shows.
const api = process.env.PILASTER_API ?? "http://127.0.0.1:4566";

export default defineConfig({
  plugins: [react()],
  build: {
    target: "es2022",
    // A data: address would need a hole in the Content-Security-Policy.
    assetsInlineLimit: 0,
    // Browsers of this target preload modules themselves.
    modulePreload: { polyfill: false },
  },
  server: {
    host: "127.0.0.1",
    proxy: {
      "/api": { target: api, changeOrigin: true },
      "/ws": { target: api, changeOrigin: true, ws: true },
    },
  },
  test: {
    environment: "node", // a test that needs a page says so itself
    include: ["src/**/*.test.{ts,tsx}"],
    restoreMocks: true,
  },
});
