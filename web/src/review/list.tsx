/** What waits for a reviewer, longest waiting first. */
import { useInfiniteQuery } from "@tanstack/react-query";
import { type ReactNode, useState } from "react";
import { useLocation, useSearchParams } from "wouter";
import { explain, ProblemError } from "../api/problem";
import { useLive } from "../push/live";
import { locale, t } from "../strings";
import { Button, ButtonLink } from "../ui/button";
import { Loading } from "../ui/loading";
import { Notice } from "../ui/notice";
import { Page } from "../ui/page";
import { conflict } from "./desk";
import { claim, reviewsQuery, type Waiting } from "./queries";
import css from "./review.module.css";

const clock = new Intl.DateTimeFormat(locale, { timeStyle: "short" });
const date = new Intl.DateTimeFormat(locale, { dateStyle: "medium", timeStyle: "short" });
const ago = new Intl.RelativeTimeFormat(locale, { numeric: "auto" });

export default function ReviewsPage(): ReactNode {
  const live = useLive();
  // Others claim and decide meanwhile, and no event says so.
  const query = useInfiniteQuery({ ...reviewsQuery, refetchInterval: live ? 30_000 : 10_000 });
  const [search] = useSearchParams();
  const done = search.get("done");
  const all = (query.data?.pages ?? []).flatMap((page) => page.items);
  return (
    <Page title={t("reviews.title")}>
      {(done === "approve" || done === "correct" || done === "refuse") && (
        <div role="status">
          <Notice kind="good">
            <p>{t(`reviews.done.${done}`)}</p>
          </Notice>
        </div>
      )}
      {query.isPending ? (
        <Loading label={t("app.loading")} />
      ) : query.isError && all.length === 0 ? (
        <Notice kind="bad" alert>
          <p>{explain(query.error)}</p>
          <Button onClick={() => void query.refetch()}>{t("app.retry")}</Button>
        </Notice>
      ) : all.length === 0 ? (
        <p>{t("reviews.empty")}</p>
      ) : (
        <ul className={css.list}>
          {all.map((each) => (
            <Item key={each.id} review={each} now={query.dataUpdatedAt} again={() => void query.refetch()} />
          ))}
        </ul>
      )}
      {query.hasNextPage && (
        <Button busy={query.isFetchingNextPage} onClick={() => void query.fetchNextPage()}>
          {t("documents.more")}
        </Button>
      )}
    </Page>
  );
}

function Item({ review, now, again }: { review: Waiting; now: number; again: () => void }): ReactNode {
  const { id, requested_at, until, confidence, claimed_by_me, claimed_until, escalated_at } = review;
  const [busy, setBusy] = useState(false);
  const [error, setError] = useState<unknown>(null);
  const [, go] = useLocation();
  const theirs = claimed_until !== null && !claimed_by_me;
  async function take(): Promise<void> {
    setBusy(true);
    try {
      await claim(id);
      go(`/reviews/${id}`);
    } catch (caught) {
      setError(caught);
      setBusy(false);
      if (caught instanceof ProblemError) again();
    }
  }
  return (
    <li className={css.item}>
      <div>
        <p className={css.since}>
          <time dateTime={requested_at}>{t("reviews.since", { when: since(requested_at, now) })}</time>
          {escalated_at !== null && <span className={css.urgent}>{t("reviews.escalated")}</span>}
        </p>
        <p className={css.more}>
          {confidence !== null && <span>{t("reviews.sure", { percent: Math.round(confidence) })}</span>}
          <span>{t("reviews.until", { when: date.format(new Date(until)) })}</span>
          {claimed_until !== null && (
            <span>{t(claimed_by_me ? "reviews.mine" : "reviews.theirs", { time: clock.format(new Date(claimed_until)) })}</span>
          )}
        </p>
        {error !== null && <p role="alert">{conflict(error)}</p>}
      </div>
      {claimed_by_me ? (
        <ButtonLink to={`/reviews/${id}`} look="main">
          {t("reviews.continue")}
        </ButtonLink>
      ) : theirs ? (
        <ButtonLink to={`/reviews/${id}`}>{t("reviews.look")}</ButtonLink>
      ) : (
        <Button look="main" busy={busy} onClick={() => void take()}>
          {t("reviews.take")}
        </Button>
      )}
    </li>
  );
}

export function since(at: string, now: number): string {
  const minutes = Math.round((Date.parse(at) - now) / 60_000);
  if (minutes > -60) return ago.format(Math.min(0, minutes), "minute");
  return minutes > -48 * 60 ? ago.format(Math.round(minutes / 60), "hour") : ago.format(Math.round(minutes / 1440), "day");
}
