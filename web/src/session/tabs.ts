/** The tabs of this browser: Web Locks let one at a time, a BroadcastChannel tells the others. */
import type { Tabs, Told } from "./keeper";

const NAME = "pilaster-session";

export function browserTabs(): Tabs {
  const channel = new BroadcastChannel(NAME);
  return {
    // Absent where the page is not served securely; then tabs may each refresh, and ten seconds of grace must do.
    alone: async <T>(work: () => Promise<T>): Promise<T> =>
      "locks" in navigator ? await navigator.locks.request(NAME, work) : await work(),
    tell: (message) => channel.postMessage(message),
    listen: (heard) => {
      channel.onmessage = (event: MessageEvent<Told>) => heard(event.data);
    },
  };
}
