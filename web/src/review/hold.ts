/** When a claim is renewed, and when one is warned. */
const WARN_MS = 3 * 60_000;
/** Who did nothing for so long is not working on it. */
export const IDLE_MS = 10 * 60_000;

/** What to do about a claim: renewed in the second half of its time, as long as somebody works. */
export function next(from: number, until: number, now: number, worked: number): "keep" | "renew" | "warn" | "over" {
  if (now >= until) return "over";
  const half = from + (until - from) / 2;
  if (now >= half && now - worked < IDLE_MS) return "renew";
  return until - now < WARN_MS ? "warn" : "keep";
}
