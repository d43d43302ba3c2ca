/**
 * `fetch` as docs/api.md asks of a client: with the session's token, renewed once when it is not taken; repeated after
 * `Retry-After` where repeating is safe.
 */
import { NoAnswerError, refusalOf } from "./problem";

export interface Session {
  /** A token that is good for a while, or null where nobody is logged in. */
  token(): Promise<string | null>;
  /** Another one than `refused`; null where the session has ended. */
  renewed(refused: string): Promise<string | null>;
}

const TRIES = 4;
/** Longer waits are the user's to know about. */
const LONGEST_WAIT_SECONDS = 20;

export function sender(
  session: Session | null,
  fetching: typeof fetch = (...call) => fetch(...call),
  pause: (seconds: number, signal: AbortSignal) => Promise<void> = sleep,
): (request: Request) => Promise<Response> {
  return async (request) => {
    let token = session ? await session.token() : null;
    let renewed = false;
    for (let tries = 1; ; tries += 1) {
      const attempt = request.clone();
      if (token) attempt.headers.set("Authorization", `Bearer ${token}`);
      let response: Response;
      try {
        response = await fetching(attempt);
      } catch (error) {
        if (request.signal.aborted) throw error;
        throw new NoAnswerError({ cause: error });
      }
      if (response.status === 401 && session && token && !renewed) {
        renewed = true;
        token = await session.renewed(token);
        if (token) continue;
      }
      const wait = await waitBefore(request.method, response);
      if (wait === null || wait > LONGEST_WAIT_SECONDS || tries >= TRIES) return response;
      // Not all at the same moment: who was refused together would come back together.
      await pause(wait + Math.random() * 0.25 * (wait + 1), request.signal);
    }
  };
}

/** How long to wait before the same request may be sent again by itself; null where it may not. */
export async function waitBefore(method: string, response: Response): Promise<number | null> {
  if (![429, 500, 503].includes(response.status)) return null;
  const { kind, retryAfter } = await refusalOf(response.clone());
  const wait = retryAfter ?? 1;
  if (response.status === 429) return kind === "too-many-attempts" ? null : wait; // guessing goes no faster by itself
  if (method === "GET" || method === "HEAD" || kind === "unavailable") return wait;
  return null; // something may have been done
}

/** Resolves after so many seconds, or rejects as soon as `signal` aborts. */
export function sleep(seconds: number, signal?: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    const aborted = () => {
      clearTimeout(timer);
      reject(signal?.reason instanceof Error ? signal.reason : new DOMException("aborted", "AbortError"));
    };
    const timer = setTimeout(() => {
      signal?.removeEventListener("abort", aborted);
      resolve();
    }, seconds * 1000);
    if (signal?.aborted) aborted();
    else signal?.addEventListener("abort", aborted, { once: true });
  });
}
