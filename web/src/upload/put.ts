/** One PUT to a presigned URL, with progress: `fetch` cannot tell how much has gone. */
import { NoAnswerError } from "../api/problem";
import type { Schemas } from "../api/client";

/** Without any progress for so long, a connection is taken for dead. */
export const STALLED_MS = 30_000;

/** What browsers set themselves, and let nobody else set. */
const THEIRS = new Set(["content-length", "host"]);

/** The status of the answer. Throws `NoAnswerError` where the connection broke, `AbortError` where it was cancelled. */
export function put(
  upload: Pick<Schemas["Upload"], "url" | "headers">,
  file: Blob,
  progress: (sent: number) => void,
  signal: AbortSignal,
): Promise<number> {
  return new Promise((resolve, reject) => {
    const request = new XMLHttpRequest();
    let stalled: ReturnType<typeof setTimeout>;
    const lost = () => reject(new NoAnswerError());
    const moves = () => {
      clearTimeout(stalled);
      stalled = setTimeout(() => {
        lost();
        request.abort();
      }, STALLED_MS);
    };
    const cancel = () => {
      reject(new DOMException("cancelled", "AbortError"));
      request.abort();
    };
    request.upload.onprogress = (event) => {
      moves();
      progress(event.loaded);
    };
    request.onload = () => resolve(request.status);
    request.onerror = lost;
    request.onloadend = () => {
      clearTimeout(stalled);
      signal.removeEventListener("abort", cancel);
    };
    if (signal.aborted) {
      reject(new DOMException("cancelled", "AbortError"));
      return;
    }
    signal.addEventListener("abort", cancel);
    request.open("PUT", upload.url);
    for (const [name, value] of Object.entries(upload.headers)) {
      if (!THEIRS.has(name.toLowerCase())) request.setRequestHeader(name, value);
    }
    moves();
    request.send(file);
  });
}
