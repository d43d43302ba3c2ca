/** One review: the scan beside the week, until somebody decides. */
import { useQuery, useQueryClient } from "@tanstack/react-query";
import type { ReactNode } from "react";
import { Link } from "wouter";
import { explain, ProblemError } from "../api/problem";
import { t } from "../strings";
import { Button } from "../ui/button";
import { Back } from "../ui/icons";
import { Loading } from "../ui/loading";
import { Notice } from "../ui/notice";
import { Page } from "../ui/page";
import { WeekView } from "../week/week";
import { Desk } from "./desk";
import { type Review, reviewQuery } from "./queries";
import css from "./review.module.css";

export default function ReviewPage({ id }: { id: string }): ReactNode {
  const query = useQuery(reviewQuery(id));
  const known = useQueryClient();
  if (query.isPending) return <Loading label={t("app.loading")} />;
  const review = query.data;
  const reload = () => void known.invalidateQueries({ queryKey: reviewQuery(id).queryKey });
  if (!review) {
    const gone = query.error instanceof ProblemError && query.error.kind === "not-found";
    return (
      <>
        <BackLink />
        <Page title={t("review.title")} narrow>
          <Notice kind="bad" alert>
            <p>{gone ? t("review.gone") : explain(query.error)}</p>
          </Notice>
          {!gone && <Button onClick={reload}>{t("app.retry")}</Button>}
        </Page>
      </>
    );
  }
  return (
    <>
      <BackLink />
      {review.status === "open" ? <Desk key={id} review={review} reload={reload} /> : <Ended review={review} />}
    </>
  );
}

function BackLink(): ReactNode {
  return (
    <nav className={css.back}>
      <Link href="/reviews">
        <Back />
        {t("review.back")}
      </Link>
    </nav>
  );
}

function Ended({ review: { status, decision } }: { review: Review }): ReactNode {
  return (
    <Page title={t("review.title")}>
      <Notice kind={status === "approved" || status === "corrected" ? "good" : "info"} title={t(`review.status.${status}`)}>
        {decision?.reason && <p>{decision.reason}</p>}
      </Notice>
      {decision?.timetable && <WeekView timetable={decision.timetable} />}
    </Page>
  );
}
