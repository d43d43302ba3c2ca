/** The service worker's life, as the page sees it: there may be a new version, and the user says when. */
import { useSyncExternalStore } from "react";

let waiting: ServiceWorker | null = null;
let wanted = false;
const listeners = new Set<() => void>();
const HOUR = 3600_000;

/** Called once, in a built site. */
export function register(workers: ServiceWorkerContainer = navigator.serviceWorker): void {
  // The first one takes a page that came from the network: nothing changes, nothing is loaded again.
  workers.addEventListener("controllerchange", () => {
    if (wanted) globalThis.location.reload();
  });
  workers.register("/sw.js").then(
    (registration) => {
      const look = () => {
        if (registration.waiting && workers.controller) tell(registration.waiting);
      };
      look();
      registration.addEventListener("updatefound", () => {
        registration.installing?.addEventListener("statechange", look);
      });
      // A page that is open for days hears of a new version, too.
      setInterval(() => void registration.update().catch(() => undefined), HOUR);
    },
    () => undefined, // no worker (a private window): the site works, but not offline
  );
}

export function takeOver(): void {
  wanted = true;
  waiting?.postMessage("take-over");
}

/** Whether a new version is ready. */
export function useUpdate(): boolean {
  return useSyncExternalStore(
    (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    () => waiting !== null,
  );
}

function tell(worker: ServiceWorker): void {
  waiting = worker;
  for (const listener of listeners) listener();
}
