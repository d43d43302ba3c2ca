/** Unsaved changes, for this tab: a page that is loaded again finds them. They go with the tab and with the session. */
import { session } from "../session/session";
import type { Edited } from "./edit";

const PREFIX = "pilaster-review:";

interface Draft {
  /** Of which proposal: another one's changes would not fit. */
  base: string;
  edited: Edited;
}

function keyOf(review: string): string {
  const { state } = session;
  return `${PREFIX}${state.status === "in" ? state.user.id : "-"}:${review}`;
}

export function keepDraft(review: string, base: string, edited: Edited): void {
  try {
    sessionStorage.setItem(keyOf(review), JSON.stringify({ base, edited } satisfies Draft));
  } catch {
    // No room or not allowed: the page warns before it is left anyway.
  }
}

export function draftOf(review: string, base: string): Edited | null {
  try {
    const kept = JSON.parse(sessionStorage.getItem(keyOf(review)) ?? "null") as Draft | null;
    return kept?.base === base ? kept.edited : null;
  } catch {
    return null;
  }
}

export function dropDraft(review: string): void {
  sessionStorage.removeItem(keyOf(review));
}

// They quote somebody's document: the next one to log in here does not find them.
session.onEnd(() => {
  for (const key of Object.keys(sessionStorage)) if (key.startsWith(PREFIX)) sessionStorage.removeItem(key);
});
