/**
 * Files that are not sent yet, in IndexedDB, under the user who chose them: a page that is closed without a connection
 * finds them again. What was announced is kept beside the file, so that the same document is sent to again: the store
 * takes one file for it, and a second answers 412.
 */
import { clear, createStore, del, entries, promisifyRequest, set, type UseStore } from "idb-keyval";
import type { Schemas } from "../api/client";
import { session } from "../session/session";

export interface Unsent {
  user: string;
  file: Blob;
  name: string;
  announced: Schemas["CreatedDocument"] | null;
}

/** Of all files together: a browser that is short of room throws away all of a site's data, not the last of it. */
export const MOST_BYTES = 100 * 2 ** 20;

let opened: UseStore | null = null;
function store(): UseStore {
  return (opened ??= createStore("pilaster-outbox", "files"));
}

/** Whether there was room for it. */
export async function keepFile(id: string, unsent: Unsent): Promise<boolean> {
  try {
    const bytes = (await entries<string, Unsent>(store())).reduce((sum, [, { file }]) => sum + file.size, 0);
    if (bytes + unsent.file.size > MOST_BYTES) return false;
    await set(id, unsent, store());
    return true;
  } catch {
    return false; // no room on the device, or a window that keeps nothing
  }
}

export async function noteAnnounced(id: string, announced: Schemas["CreatedDocument"]): Promise<void> {
  await store()("readwrite", (files) => {
    const asked = files.get(id) as IDBRequest<Unsent | undefined>;
    // What was cancelled meanwhile stays away.
    asked.onsuccess = () => asked.result && files.put({ ...asked.result, announced }, id);
    return promisifyRequest(files.transaction);
  }).catch(() => undefined);
}

export async function dropFile(id: string): Promise<void> {
  await del(id, store()).catch(() => undefined);
}

/** Of this user alone; whatever else lies there is never read out. */
export async function unsentOf(user: string): Promise<[string, Unsent][]> {
  const all = await entries<string, Unsent>(store()).catch(() => []);
  return all.filter(([, unsent]) => unsent.user === user);
}

/**
 * Holds a file for this tab as long as it is open; false where another tab has it. Without locks (a page that is not
 * served securely) there is no way to tell, and only the tab that took a file sends it.
 */
export function hold(id: string): Promise<boolean> {
  if (!("locks" in navigator)) return Promise.resolve(false);
  return new Promise((resolve) => {
    navigator.locks
      .request(`pilaster-upload-${id}`, { ifAvailable: true }, (lock) => {
        resolve(lock !== null);
        return lock === null ? undefined : new Promise(() => undefined);
      })
      .catch(() => resolve(false));
  });
}

// A device that is shared keeps nobody's papers.
session.onEnd(() => void clear(store()).catch(() => undefined));
