/** Where an open review is worked on. */
import { useQueryClient } from "@tanstack/react-query";
import { type ReactNode, useCallback, useEffect, useMemo, useReducer, useState } from "react";
import { useLocation } from "wouter";
import { explain, type FieldError, ProblemError } from "../api/problem";
import { locale, t } from "../strings";
import { Button } from "../ui/button";
import { Field } from "../ui/field";
import { Notice } from "../ui/notice";
import { Page } from "../ui/page";
import { type Hold, useHold } from "./claim";
import { byBlock } from "./doubts";
import { dropDraft, draftOf, keepDraft } from "./draft";
import { begin, change, correctionOf, editedOf, same } from "./edit";
import { faultsOf, placeOf } from "./faults";
import { type Cell, Grid } from "./grid";
import { Help } from "./help";
import { decide, type Decision, type Review, reviewsQuery } from "./queries";
import { Refuse } from "./refuse";
import css from "./review.module.css";
import { Scan } from "./scan";
import { useShortcuts } from "./shortcuts";

const clock = new Intl.DateTimeFormat(locale, { timeStyle: "short" });

export function Desk({ review, reload }: { review: Review; reload: () => void }): ReactNode {
  const { id, doubts, proposal } = review;
  const base = useMemo(() => editedOf(proposal), [proposal]);
  const [history, edit] = useReducer(change, null, () => begin(draftOf(id, JSON.stringify(base)) ?? base));
  const edited = history.now;
  const changed = !same(edited, base);
  const { hold, take } = useHold(id, review.claimed_by_me ? review.claimed_until : null);
  const [at, go] = useState<Cell>({ row: 0, field: "title" });
  const [chosen, choose] = useState<number | null>(null);
  const [told, tell] = useState<{ of: unknown; errors: readonly FieldError[] }>({ of: null, errors: [] });
  const [asked, setAsked] = useState(false);
  const [busy, setBusy] = useState(false);
  const [error, setError] = useState<unknown>(null);
  const [open, setOpen] = useState<"help" | "refuse" | null>(null);
  const [, leave] = useLocation();
  const known = useQueryClient();

  const mine = hold.is === "mine";
  const linked = useMemo(() => byBlock(doubts, edited.blocks), [doubts, edited.blocks]);
  // Before the first try nothing is called wrong that is merely not done; what the API said stays until it changes.
  const faults = useMemo(() => {
    const said = told.of === edited ? told.errors : [];
    return asked ? [...faultsOf(edited), ...said] : said;
  }, [asked, edited, told]);

  useEffect(() => {
    if (changed) keepDraft(id, JSON.stringify(base), edited);
    else dropDraft(id);
  }, [id, base, edited, changed]);
  useEffect(() => {
    if (!changed) return;
    const ask = (event: BeforeUnloadEvent) => event.preventDefault();
    globalThis.addEventListener("beforeunload", ask);
    return () => globalThis.removeEventListener("beforeunload", ask);
  }, [changed]);

  const show = useCallback(
    (cell: Cell) => {
      go(cell);
      requestAnimationFrame(() => document.querySelector<HTMLElement>(`[data-cell="${cell.row}-${cell.field}"]`)?.focus());
    },
    [go],
  );

  function look(doubt: number): void {
    choose(doubt);
    const row = edited.blocks.findIndex(({ key }) => linked.of.get(key)?.includes(doubt));
    if (row >= 0) show({ row, field: "title" });
  }

  async function send(body: Decision): Promise<void> {
    setBusy(true);
    setError(null);
    try {
      await decide(id, body);
      dropDraft(id);
      await known.invalidateQueries({ queryKey: reviewsQuery.queryKey });
      known.removeQueries({ queryKey: ["review", id] });
      leave(`/reviews?done=${body.decision}`);
    } catch (caught) {
      if (caught instanceof ProblemError && caught.kind === "invalid") {
        tell({ of: edited, errors: caught.refusal.errors });
        focusFault(caught.refusal.errors);
      }
      setError(caught);
      setOpen(null);
    } finally {
      setBusy(false);
    }
  }

  function focusFault(found: readonly FieldError[]): void {
    const place = found.map(({ field }) => placeOf(field)).find((each) => each !== null);
    if (place) show({ row: place.block, field: place.field ?? "start" });
  }

  function finish(): void {
    if (!mine || busy) return;
    if (!changed && proposal) {
      void send({ decision: "approve" });
      return;
    }
    const found = faultsOf(edited);
    setAsked(true);
    if (found.length > 0) focusFault(found);
    else void send({ decision: "correct", timetable: correctionOf(edited) });
  }

  useShortcuts({
    "?": () => setOpen(open === "help" ? null : "help"),
    n: () => doubts.length > 0 && look(((chosen ?? -1) + 1) % doubts.length),
    p: () => doubts.length > 0 && look(((chosen ?? 0) - 1 + doubts.length) % doubts.length),
    a: () => mine && add(),
    s: () => edit({ do: "sort" }),
    "mod+z": () => edit({ do: "undo" }),
    "mod+shift+z": () => edit({ do: "redo" }),
    "mod+y": () => edit({ do: "redo" }),
    "mod+Enter": finish,
  });

  function add(): void {
    const key = crypto.randomUUID();
    const doubt = chosen !== null && linked.loose.includes(chosen) ? doubts[chosen] : undefined;
    const place = doubt?.day && doubt.start ? { day: doubt.day, start: doubt.start } : null;
    const what = { do: "add", key, after: edited.blocks[at.row]?.key ?? null, at: place } as const;
    edit(what);
    const row = change(history, what).now.blocks.findIndex((each) => each.key === key);
    show({ row, field: "title" });
  }

  return (
    <Page
      title={t("review.title")}
      wide
      actions={
        <div className={css.actions}>
          <Button look="quiet" onClick={() => setOpen("help")}>
            {t("review.help")} <kbd>?</kbd>
          </Button>
          {mine && (
            <>
              <Button look="danger" onClick={() => setOpen("refuse")}>
                {t("review.refuse")}
              </Button>
              <Button look="main" busy={busy} onClick={finish}>
                {changed || !proposal ? t("review.correct") : t("review.approve")}
              </Button>
            </>
          )}
        </div>
      }
    >
      <Held hold={hold} review={review} take={take} />
      {error !== null && (
        <Notice kind="bad" alert>
          <p>{conflict(error)}</p>
          {error instanceof ProblemError && error.kind === "review-ended" && (
            <Button onClick={reload}>{t("review.look")}</Button>
          )}
        </Notice>
      )}
      {faults.length > 0 && (
        <Notice kind="bad" title={t("review.faults", { count: faults.length })} alert>
          <ul className={css.faults}>
            {faults.map((fault, index) => {
              const place = placeOf(fault.field);
              return (
                <li key={index}>
                  {place ? (
                    <button type="button" className={css.link} onClick={() => focusFault([fault])}>
                      {t("review.fault.at", {
                        row: place.block + 1,
                        field: t(`review.field.${place.field ?? "block"}`),
                        message: fault.message,
                      })}
                    </button>
                  ) : (
                    fault.message
                  )}
                </li>
              );
            })}
          </ul>
        </Notice>
      )}
      <div className={css.desk}>
        <Scan url={review.scan.url} straight={review.pages} doubts={doubts} chosen={chosen} choose={look} again={reload} />
        <div className={css.side}>
          {doubts.length > 0 && (
            <section aria-labelledby="doubts">
              <h2 id="doubts">{t("review.doubts", { count: doubts.length })}</h2>
              <ol className={css.doubts}>
                {doubts.map((doubt, index) => (
                  <li key={index}>
                    <button type="button" aria-pressed={index === chosen} className={css.doubt} onClick={() => look(index)}>
                      <span className={css.number}>{index + 1}</span>
                      <span>
                        {doubt.why}
                        {doubt.text && <q className={css.read}>{doubt.text}</q>}
                      </span>
                    </button>
                  </li>
                ))}
              </ol>
            </section>
          )}
          <Field
            label={t("review.week-title")}
            value={edited.title}
            readOnly={!mine}
            fault={faults.find(({ field }) => field === "timetable.title")?.message}
            onChange={(event) => edit({ do: "title", value: event.target.value })}
          />
          {edited.blocks.length === 0 && <p>{t("review.nothing")}</p>}
          <Grid
            edited={edited}
            change={edit}
            faults={faults}
            doubts={linked.of}
            chosen={chosen}
            choose={choose}
            at={at}
            go={go}
            readOnly={!mine}
          />
          {mine && (
            <div className={css.actions}>
              <Button onClick={add}>{t("review.add")}</Button>
              <Button onClick={() => edit({ do: "sort" })}>{t("review.sort")}</Button>
              <Button disabled={history.past.length === 0} onClick={() => edit({ do: "undo" })}>
                {t("review.undo")}
              </Button>
              <Button disabled={history.future.length === 0} onClick={() => edit({ do: "redo" })}>
                {t("review.redo")}
              </Button>
            </div>
          )}
        </div>
      </div>
      {open === "help" && <Help close={() => setOpen(null)} />}
      {open === "refuse" && (
        <Refuse close={() => setOpen(null)} busy={busy} refuse={(reason) => void send({ decision: "refuse", reason })} />
      )}
    </Page>
  );
}

interface HeldProps {
  hold: Hold;
  review: Review;
  take: () => Promise<void>;
}

/** Who has it, until when, and how to get it. */
function Held({ hold, review, take }: HeldProps): ReactNode {
  const [busy, setBusy] = useState(false);
  const claim = () => {
    setBusy(true);
    take()
      .catch(() => undefined)
      .finally(() => setBusy(false));
  };
  if (hold.is === "mine") {
    return hold.ending ? (
      <Notice kind="warn" alert>
        <p>{t("review.ending", { time: clock.format(hold.until) })}</p>
        <Button onClick={claim}>{t("review.keep")}</Button>
      </Notice>
    ) : (
      <p className={css.held}>{t("review.mine", { time: clock.format(hold.until) })}</p>
    );
  }
  const words =
    hold.is === "lost"
      ? conflict(hold.error)
      : hold.is === "over"
        ? t("review.over")
        : review.claimed_until !== null
          ? t("review.theirs", { time: clock.format(new Date(review.claimed_until)) })
          : t("review.free");
  return (
    <Notice kind={hold.is === "none" ? "info" : "warn"} alert={hold.is !== "none"}>
      <p>{words}</p>
      <Button look="main" busy={busy} onClick={claim}>
        {t("review.take")}
      </Button>
    </Notice>
  );
}

/** Conflicts in plain words; anything else as everywhere. */
export function conflict(error: unknown): string {
  if (error instanceof ProblemError) {
    const until = /\d{4}-\d\d-\d\dT[\d:]+Z/.exec(error.refusal.detail)?.[0];
    switch (error.kind) {
      case "review-taken":
        return until ? t("review.theirs", { time: clock.format(new Date(until)) }) : t("review.taken");
      case "review-not-claimed":
        return t("review.over");
      case "review-ended":
        return t("review.ended");
      case "not-found":
        return t("review.gone");
      case "invalid":
        return t("review.invalid");
    }
  }
  return explain(error);
}
