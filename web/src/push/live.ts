/** News of documents: told by a socket while one is open; else asked for (`askEvery`). */
import { useSyncExternalStore } from "react";
import { api, data } from "../api/client";
import { queries } from "../api/queries";
import { session } from "../session/session";
import { Reconnecting } from "./reconnect";

let live = false;
const listeners = new Set<() => void>();

const socket = new Reconnecting(
  {
    async address() {
      if (session.state.status !== "in") return null;
      const { ticket } = await data(api.POST("/api/v1/push/tickets"));
      // The page's own host, which the Content-Security-Policy allows.
      const url = new URL("/ws", globalThis.location.href);
      url.protocol = url.protocol === "https:" ? "wss:" : "ws:";
      url.searchParams.set("ticket", ticket);
      return url.href;
    },
    open: (address) => new WebSocket(address),
    random: Math.random,
  },
  {
    opened() {
      set(true);
      void queries.invalidateQueries();
    },
    closed: () => set(false),
    said(message) {
      const about = documentOf(message);
      if (!about) return;
      void queries.invalidateQueries({ queryKey: ["documents"] });
      void queries.invalidateQueries({ queryKey: ["document", about] });
      void queries.invalidateQueries({ queryKey: ["reviews"] });
    },
  },
);

/** Listens as long as somebody is logged in. Called once. */
export function listen(): void {
  const follow = () => (session.state.status === "in" ? socket.start() : socket.stop());
  session.subscribe(follow);
  globalThis.addEventListener("online", () => socket.hurry());
  document.addEventListener("visibilitychange", () => {
    if (document.visibilityState === "visible") socket.hurry();
  });
  follow();
}

export function useLive(): boolean {
  return useSyncExternalStore(
    (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    () => live,
  );
}

/** Milliseconds between questions: news may be lost, so even a socket does not replace asking now and then. */
export function askEvery(isLive: boolean, somethingPending: boolean): number | false {
  if (!somethingPending) return isLive ? false : 60_000;
  return isLive ? 15_000 : 2500;
}

function documentOf(message: unknown): string | null {
  if (typeof message !== "object" || message === null || !("document" in message)) return null;
  return typeof message.document === "string" ? message.document : null;
}

function set(now: boolean): void {
  live = now;
  for (const listener of listeners) listener();
}
