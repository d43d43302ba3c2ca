/**
 * Answers as they were last heard, in IndexedDB, under the user they were given to: what is shown without a connection.
 * All of it goes when a session ends in this browser, whoever's it was.
 */
import { clear, createStore, entries, delMany, get, set, type UseStore } from "idb-keyval";
import { NoAnswerError } from "../api/problem";
import { session } from "../session/session";

interface Kept<T> {
  at: number;
  data: T;
}

/** Answers of one user; the oldest go first. */
const MOST = 60;
/** Older than this, a timetable may be of another term. */
const LONGEST_MS = 90 * 24 * 3600_000;

let opened: UseStore | null = null;
let since: number | null = null;
const listeners = new Set<() => void>();

function store(): UseStore {
  return (opened ??= createStore("pilaster-kept", "answers"));
}

/** The answer of `ask`; without a connection the last one that was heard. Throws what `ask` throws where there is none. */
export async function orKept<T>(key: string, ask: () => Promise<T>): Promise<T> {
  const user = who();
  try {
    if (!navigator.onLine) throw new NoAnswerError();
    const data = await ask();
    if (user) void keep(`${user}:${key}`, { at: Date.now(), data });
    heard(null);
    return data;
  } catch (error) {
    if (!(error instanceof NoAnswerError) || !user) throw error;
    const kept = await get<Kept<T>>(`${user}:${key}`, store()).catch(() => undefined);
    // Somebody may have logged out while it was looked for.
    if (!kept || Date.now() - kept.at > LONGEST_MS || who() !== user) throw error;
    heard(kept.at);
    return kept.data;
  }
}

async function keep(key: string, kept: Kept<unknown>): Promise<void> {
  try {
    await set(key, kept, store());
    const all = (await entries<string, Kept<unknown>>(store())).sort(([, one], [, other]) => other.at - one.at);
    const old = all.slice(MOST).map(([name]) => name);
    if (old.length > 0) await delMany(old, store());
    if (who() === null) await forget(); // the session ended meanwhile
  } catch {
    // No room, or a window that keeps nothing: it is shown as long as the page is open.
  }
}

export async function forget(): Promise<void> {
  heard(null);
  await clear(store()).catch(() => undefined);
}

/** When what is shown was heard; null while it comes from the API. */
export function shownSince(): number | null {
  return since;
}

export function subscribe(listener: () => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

function heard(at: number | null): void {
  if (since === at) return;
  // Of several, the oldest is what is said.
  since = at === null || since === null ? at : Math.min(since, at);
  for (const listener of listeners) listener();
}

function who(): string | null {
  return session.state.status === "in" ? session.state.user.id : null;
}

session.onEnd(() => void forget());
