/**
 * Where the refresh token lies between page loads (docs/adr: "Where the browser keeps a session").
 *
 * `kept`: in IndexedDB, for all tabs, until logout. Else in sessionStorage: it goes with the tab. The access token is
 * never stored.
 */
import { createStore, del, get, set } from "idb-keyval";
import type { User } from "./claims";

export interface Kept {
  refreshToken: string;
  user: User;
  kept: boolean;
}

export interface Vault {
  read(): Promise<Kept | null>;
  write(value: Kept): Promise<void>;
  clear(): Promise<void>;
}

const NAME = "session";

export function browserVault(): Vault {
  const store = createStore("pilaster-session", "kept");
  return {
    async read() {
      const own = sessionStorage.getItem(NAME);
      if (own) return JSON.parse(own) as Kept;
      // A browser that keeps nothing (some private windows) has nobody logged in.
      return (await get<Kept>(NAME, store).catch(() => undefined)) ?? null;
    },
    async write(value) {
      if (value.kept) {
        try {
          await set(NAME, value, store);
          return;
        } catch {
          // It may not keep anything: then the session lasts as long as the tab.
        }
      }
      sessionStorage.setItem(NAME, JSON.stringify(value));
    },
    async clear() {
      sessionStorage.removeItem(NAME);
      await del(NAME, store).catch(() => undefined);
    },
  };
}
