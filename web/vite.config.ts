/// <reference types="vitest/config" />
import react from "@vitejs/plugin-react";
import { defineConfig } from "vite";
import { serviceWorker } from "./src/pwa/plugin";

// Where `npm run dev` and `npx vite preview` find what is behind the distribution: the addresses `pilaster status`
// shows as `gateway_url` and `push_url`, or one of a running site for both.
const api = process.env.PILASTER_API ?? "http://127.0.0.1:4566";
const socket = process.env.PILASTER_SOCKET ?? api.replace(/^http/, "ws");

/** An address of the WebSocket API stands for `/ws` as a whole, and ends in its stage. */
function socketPath(path: string): string {
  const stage = new URL(socket).pathname;
  return stage === "/" ? path : path.replace(/^\/ws/, stage);
}

export default defineConfig({
  plugins: [react(), serviceWorker()],
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
      "/ws": { target: new URL(socket).origin, changeOrigin: true, ws: true, rewrite: socketPath },
    },
  },
  test: {
    environment: "node", // a test that needs a page says so itself
    include: ["src/**/*.test.{ts,tsx}"],
    restoreMocks: true,
  },
});
