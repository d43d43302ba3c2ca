/** All uploads of this page, outside of React: they go on while people look at other pages. */
import { useSyncExternalStore } from "react";
import { api, data, type Schemas } from "../api/client";
import { queries } from "../api/queries";
import { session } from "../session/session";
import { dropFile, hold, keepFile, noteAnnounced, unsentOf } from "../pwa/outbox";
import { check, type Kind, nameFor, type Refused } from "./check";
import { limits } from "./limits";
import { put } from "./put";
import { pauseUntilOnline, transfer } from "./transfer";

export type Phase =
  | { is: "waiting" }
  | { is: "sending"; sent: number }
  /** The connection was lost; it restarts by itself. */
  | { is: "lost" }
  | { is: "sent" }
  | { is: "refused"; why: Refused }
  | { is: "failed"; error: unknown };

export interface Upload {
  id: string;
  name: string;
  size: number;
  phase: Phase;
  documentId: string | null;
  /** Whether it outlives this page: there may be no room for it on the device. */
  kept: boolean;
}

interface Entry extends Upload {
  file: Blob;
  stop: AbortController;
  /** Announced by an earlier page, whose file may have arrived or not. */
  announced: Schemas["CreatedDocument"] | null;
}

/** More at once would not be faster, and each would be slower to show. */
const AT_ONCE = 3;
const SHOWN_AFTER_MS = 4000;

let entries: readonly Entry[] = [];
const listeners = new Set<() => void>();

/** Sends what can be sent; what cannot stays in the list with the reason. */
export function add(files: Iterable<File>): void {
  for (const file of files) {
    const entry: Entry = {
      id: crypto.randomUUID(),
      name: nameFor(file.name),
      size: file.size,
      phase: { is: "waiting" },
      documentId: null,
      kept: false,
      file,
      stop: new AbortController(),
      announced: null,
    };
    entries = [...entries, entry];
    void outlive(entry);
  }
  announce();
  proceed();
}

async function outlive({ id, file, name, stop }: Entry): Promise<void> {
  if (session.state.status !== "in") return;
  await hold(id);
  const kept = await keepFile(id, { user: session.state.user.id, file, name, announced: null });
  // It may be over already.
  const now = entries.find((each) => each.id === id);
  if (isStopped(stop) || !now || now.phase.is === "sent" || now.phase.is === "refused") void dropFile(id);
  else change(id, { kept });
}

/** Goes on with what an earlier page could not send. */
async function resume(user: string): Promise<void> {
  for (const [id, { file, name, announced }] of await unsentOf(user)) {
    if (entries.some((each) => each.id === id) || !(await hold(id))) continue;
    if (session.state.status !== "in" || session.state.user.id !== user) return;
    const documentId = announced?.id ?? null;
    const phase = { is: "waiting" } as const;
    entries = [...entries, { id, name, size: file.size, phase, documentId, kept: true, file, stop: new AbortController(), announced }];
  }
  announce();
  proceed();
}

let resumedFor: string | null = null;
session.subscribe(() => {
  const user = session.state.status === "in" ? session.state.user.id : null;
  if (user === resumedFor) return;
  resumedFor = user;
  if (user) void resume(user);
});

/** Cancels what is under way, and takes it from the list. */
export function remove(id: string): void {
  entries.find((each) => each.id === id)?.stop.abort();
  entries = entries.filter((each) => each.id !== id);
  void dropFile(id);
  announce();
  proceed();
}

export function again(id: string): void {
  change(id, { phase: { is: "waiting" }, documentId: null });
  proceed();
}

export function useUploads(): readonly Upload[] {
  return useSyncExternalStore(subscribe, () => entries);
}

/** Whether something would be lost if the page were closed now. */
export function busy(): boolean {
  return entries.some(({ phase }) => phase.is === "waiting" || phase.is === "sending" || phase.is === "lost");
}

const running = new Set<string>();

function proceed(): void {
  for (const entry of entries) {
    if (running.size >= AT_ONCE) return;
    if (entry.phase.is === "waiting" && !running.has(entry.id)) {
      running.add(entry.id);
      void send(entry).finally(() => {
        running.delete(entry.id);
        proceed();
      });
    }
  }
}

async function send(entry: Entry): Promise<void> {
  const { id, file, name, stop } = entry;
  const known = await limits();
  const kind = await check(file, known).catch((error: unknown) => ({ failed: error }));
  if (isStopped(stop)) return;
  if (typeof kind !== "string") {
    void dropFile(id);
    change(id, {
      phase: "refused" in kind ? { is: "refused", why: kind.refused } : { is: "failed", error: kind.failed },
    });
    return;
  }
  try {
    await over(id, file, name, kind, stop.signal);
    change(id, { phase: { is: "sent" } });
    await dropFile(id);
    await queries.invalidateQueries({ queryKey: ["documents"] });
    setTimeout(() => remove(id), SHOWN_AFTER_MS);
  } catch (error) {
    if (!isStopped(stop)) change(id, { phase: { is: "failed", error } });
  }
}

/** Asked anew each time: it may have happened while something was waited for. */
function isStopped({ signal }: AbortController): boolean {
  return signal.aborted;
}

function over(id: string, file: Blob, name: string, kind: Kind, signal: AbortSignal): Promise<string> {
  return transfer(
    file,
    name,
    kind,
    {
      announce: async (body) => {
        const earlier = entries.find((each) => each.id === id)?.announced;
        if (earlier) {
          entries = entries.map((each) => (each.id === id ? { ...each, announced: null } : each));
          return earlier;
        }
        const made = await data(api.POST("/api/v1/documents", { body }));
        await noteAnnounced(id, made);
        return made;
      },
      put,
      withdraw: async (document) => {
        await api.DELETE("/api/v1/documents/{id}", { params: { path: { id: document } } }).catch(() => undefined);
      },
      pause: pauseUntilOnline,
      now: Date.now,
    },
    {
      announced: (documentId) => change(id, { documentId }),
      progress: (sent) => change(id, { phase: { is: "sending", sent } }),
      lost: () => change(id, { phase: { is: "lost" } }),
    },
    signal,
  );
}

function change(id: string, what: Partial<Upload>): void {
  entries = entries.map((each) => (each.id === id ? { ...each, ...what } : each));
  announce();
}

function announce(): void {
  for (const listener of listeners) listener();
}

function subscribe(listener: () => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

globalThis.addEventListener("beforeunload", (event) => {
  if (busy()) event.preventDefault();
});

session.onEnd(() => {
  for (const { stop } of entries) stop.abort();
  entries = [];
  announce();
});
