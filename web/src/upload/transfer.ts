/** A file on its way to the API: announced, sent, and sent again until it is there. */
import { NoAnswerError, ProblemError } from "../api/problem";
import type { Schemas } from "../api/client";
import { sleep } from "../api/send";
import type { Kind } from "./check";
import { put } from "./put";

type Announced = Schemas["CreatedDocument"];

export interface Ways {
  announce(document: Schemas["NewDocument"]): Promise<Announced>;
  put: typeof put;
  /** Forgets a document whose file will not come. */
  withdraw(id: string): Promise<void>;
  /** Until the next try: sooner where the connection comes back. */
  pause(seconds: number, signal: AbortSignal): Promise<void>;
  now(): number;
}

export interface News {
  announced: (id: string) => void;
  progress: (sent: number) => void;
  /** The connection was lost; it is tried again in a moment. */
  lost: () => void;
}

const LONGEST_PAUSE_SECONDS = 30;
/** What is sent over a link that ends sooner than this would not be through. */
const MARGIN_MS = 5000;
/** So often a file may be refused by the store before we stop: then it is not the link's age. */
const REFUSALS = 3;

/** The id of the document, once its whole file has arrived. Throws what is not for trying again. */
export async function transfer(
  file: Blob,
  name: string,
  kind: Kind,
  ways: Ways,
  news: News,
  signal: AbortSignal,
): Promise<string> {
  let announced: Announced | null = null;
  let refusals = 0;
  try {
    for (let tries = 0; ; tries += 1) {
      signal.throwIfAborted();
      try {
        if (announced && Date.parse(announced.upload.expires_at) - MARGIN_MS < ways.now()) {
          await ways.withdraw(announced.id);
          announced = null;
        }
        if (!announced) {
          announced = await ways.announce({ name, content_type: kind, size: file.size });
          news.announced(announced.id);
        }
        news.progress(0);
        const status = await ways.put(announced.upload, file, news.progress, signal);
        // 412: it has come already, and only the answer to the earlier try was lost.
        if (status < 300 || status === 412) return announced.id;
        if (status < 500 && ++refusals >= REFUSALS) throw new UploadRefusedError(status);
        if (status === 403) {
          await ways.withdraw(announced.id);
          announced = null;
        }
      } catch (error) {
        if (!passes(error)) throw error;
      }
      news.lost();
      await ways.pause(pauseBefore(tries), signal);
    }
  } catch (error) {
    if (announced) void ways.withdraw(announced.id);
    throw error;
  }
}

/** The store did not take the file, several times over. */
export class UploadRefusedError extends Error {
  constructor(readonly status: number) {
    super(`the store answered ${status}`);
    this.name = "UploadRefusedError";
  }
}

/** Seconds: twice as long each time, and never all at the same moment. */
export function pauseBefore(tries: number, random: () => number = Math.random): number {
  const longest = Math.min(LONGEST_PAUSE_SECONDS, 2 ** tries);
  return longest * (0.5 + random() / 2);
}

function passes(error: unknown): boolean {
  if (error instanceof NoAnswerError) return true;
  return error instanceof ProblemError && (error.refusal.status >= 500 || error.kind === "too-many-requests");
}

/** Sleeps, but no longer than until the device is online again. */
export async function pauseUntilOnline(seconds: number, signal: AbortSignal): Promise<void> {
  const sooner = new AbortController();
  const online = () => sooner.abort();
  globalThis.addEventListener("online", online);
  try {
    // Offline by the device's own word: no try before that changes, but for one now and then, since it may be wrong.
    const wait = navigator.onLine ? seconds : Math.max(seconds, LONGEST_PAUSE_SECONDS);
    await sleep(wait, AbortSignal.any([signal, sooner.signal]));
  } catch (error) {
    if (signal.aborted) throw error;
  } finally {
    globalThis.removeEventListener("online", online);
  }
}
