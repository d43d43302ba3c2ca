/** Deletions that can still be taken back: a document is hidden at once and deleted a little later. */
import { useSyncExternalStore } from "react";
import { api } from "../api/client";
import { ProblemError } from "../api/problem";
import { queries } from "../api/queries";
import { session } from "../session/session";

export interface Removal {
  id: string;
  name: string;
  /** Where it could not be deleted; it is shown again then. */
  error: unknown;
}

const UNDO_MS = 8000;

let removals: readonly Removal[] = [];
const timers = new Map<string, ReturnType<typeof setTimeout>>();
const gone = new Set<string>();
const listeners = new Set<() => void>();

export function removeLater(id: string, name: string): void {
  change([...removals.filter((each) => each.id !== id), { id, name, error: null }]);
  wait(id);
}

export function undo(id: string): void {
  hold(id);
  dismiss(id);
}

export function dismiss(id: string): void {
  change(removals.filter((each) => each.id !== id));
}

/** The time to take it back does not run while somebody is about to. */
export function hold(id: string): void {
  clearTimeout(timers.get(id));
  timers.delete(id);
}

export function wait(id: string): void {
  hold(id);
  timers.set(id, setTimeout(() => void commit(id), UNDO_MS));
}

export function useRemovals(): readonly Removal[] {
  return useSyncExternalStore(
    (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    () => removals,
  );
}

/** Whether a document is not to be shown: it is being deleted, or was, and a list that is older still has it. */
export function isRemoved(id: string, now: readonly Removal[]): boolean {
  return gone.has(id) || now.some((each) => each.id === id && each.error === null);
}

async function commit(id: string, keepalive = false): Promise<void> {
  hold(id);
  try {
    await api.DELETE("/api/v1/documents/{id}", { params: { path: { id } }, keepalive });
  } catch (error) {
    if (!(error instanceof ProblemError && error.kind === "not-found")) {
      change(removals.map((each) => (each.id === id ? { ...each, error } : each)));
      return;
    }
  }
  gone.add(id);
  dismiss(id);
  queries.removeQueries({ queryKey: ["document", id] });
  await queries.invalidateQueries({ queryKey: ["documents"] });
}

function change(now: readonly Removal[]): void {
  removals = now;
  for (const listener of listeners) listener();
}

// Who closes the page meant what they did before.
globalThis.addEventListener("pagehide", () => {
  for (const id of timers.keys()) void commit(id, true);
});

session.onEnd(() => {
  for (const id of timers.keys()) hold(id);
  change([]);
});
