/** Keeping a review while somebody works on it: renewed in time, and said when it is about to end. */
import { useCallback, useEffect, useRef, useState } from "react";
import { ProblemError } from "../api/problem";
import { next } from "./hold";
import { claim } from "./queries";

export type Hold =
  | { is: "none" }
  | { is: "mine"; until: number; ending: boolean }
  /** It ran out while nobody worked. */
  | { is: "over" }
  | { is: "lost"; error: unknown };

const LOOK_MS = 10_000;

export function useHold(id: string, initially: string | null): { hold: Hold; take: () => Promise<void> } {
  const [hold, setHold] = useState<Hold>(() =>
    initially ? { is: "mine", until: Date.parse(initially), ending: false } : { is: "none" },
  );
  const from = useRef(0);
  const worked = useRef(0);
  const asking = useRef(false);

  const take = useCallback(async () => {
    if (asking.current) return;
    asking.current = true;
    try {
      const { claimed_until } = await claim(id);
      from.current = Date.now();
      worked.current = Date.now();
      setHold({ is: "mine", until: Date.parse(claimed_until ?? ""), ending: false });
    } catch (error) {
      // Without an answer it is as it was; only a refusal takes it away.
      if (error instanceof ProblemError) setHold({ is: "lost", error });
      throw error;
    } finally {
      asking.current = false;
    }
  }, [id]);

  useEffect(() => {
    if (from.current === 0) from.current = worked.current = Date.now();
    const works = () => (worked.current = Date.now());
    for (const event of ["keydown", "pointerdown", "wheel"]) globalThis.addEventListener(event, works, { passive: true });
    const timer = setInterval(() => {
      if (hold.is !== "mine") return;
      const what = next(from.current, hold.until, Date.now(), worked.current);
      if (what === "renew") take().catch(() => undefined);
      else if (what === "over") setHold({ is: "over" });
      else if ((what === "warn") !== hold.ending) setHold({ ...hold, ending: what === "warn" });
    }, LOOK_MS);
    return () => {
      clearInterval(timer);
      for (const event of ["keydown", "pointerdown", "wheel"]) globalThis.removeEventListener(event, works);
    };
  }, [hold, take]);

  return { hold, take };
}
