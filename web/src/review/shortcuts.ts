/** Keys that work anywhere on the page; letters alone not while somebody types (WCAG 2.1.4). */
import { useEffect, useLayoutEffect, useRef } from "react";

type Keys = Readonly<Record<string, () => unknown>>;

/** What a key event is called: `n`, `?`, `mod+z`, `mod+shift+z`. Mod is Ctrl, and Cmd on a Mac. */
export function nameOf(event: Pick<KeyboardEvent, "key" | "ctrlKey" | "metaKey" | "shiftKey" | "altKey">): string {
  const mod = event.ctrlKey || event.metaKey;
  const key = event.key.length === 1 ? event.key.toLowerCase() : event.key;
  return [mod && "mod", mod && event.shiftKey && "shift", event.altKey && "alt", key].filter(Boolean).join("+");
}

export function useShortcuts(keys: Keys): void {
  const now = useRef(keys);
  // Before the page is drawn: a key pressed at the sight of a button must not do what was true before.
  useLayoutEffect(() => {
    now.current = keys;
  });
  useEffect(() => {
    const pressed = (event: KeyboardEvent) => {
      const name = nameOf(event);
      const typing = event.target instanceof Element && event.target.closest("input, textarea, select, [contenteditable]");
      // In a field, its own undo is the one that is meant.
      if (typing && name !== "mod+Enter") return;
      if (document.querySelector("dialog[open]") && name !== "?") return;
      const what = now.current[name];
      if (!what) return;
      event.preventDefault();
      what();
    };
    globalThis.addEventListener("keydown", pressed);
    return () => globalThis.removeEventListener("keydown", pressed);
  }, []);
}
