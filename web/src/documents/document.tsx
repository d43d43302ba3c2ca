/** One document: the week, or what it waits for, or why there is none. */
import { useQuery } from "@tanstack/react-query";
import type { ReactNode } from "react";
import { Link, useLocation } from "wouter";
import { explain, ProblemError } from "../api/problem";
import { askEvery, useLive } from "../push/live";
import { locale, t } from "../strings";
import { Button, ButtonLink } from "../ui/button";
import { Back, Bin, Calendar, Print } from "../ui/icons";
import { Loading } from "../ui/loading";
import { Notice } from "../ui/notice";
import { NotFoundPage } from "../ui/not-found";
import { Page } from "../ui/page";
import { downloadCalendar } from "../week/download";
import { WeekView } from "../week/week";
import css from "./document.module.css";
import { type Document, documentQuery, isOpen } from "./queries";
import { sentence } from "./reason";
import { removeLater } from "./removals";
import { StatusMark } from "./status";

const when = new Intl.DateTimeFormat(locale, { dateStyle: "full", timeStyle: "short" });

export function DocumentPage({ id }: { id: string }): ReactNode {
  const live = useLive();
  const query = useQuery({
    ...documentQuery(id),
    refetchInterval: ({ state }) => (state.data && isOpen(state.data) ? askEvery(live, true) : false),
  });
  const [, go] = useLocation();
  const document = query.data;
  if (!document) {
    if (query.error instanceof ProblemError && query.error.kind === "not-found") return <NotFoundPage />;
    if (query.isError) {
      return (
        <Page title={t("documents.failed")} narrow>
          <p role="alert">{explain(query.error)}</p>
          <p>
            <Button onClick={() => void query.refetch()}>{t("app.retry")}</Button>
          </p>
        </Page>
      );
    }
    return <Loading label={t("app.loading")} />;
  }
  const { timetable, name, created_at } = document;
  const title = timetable?.title || name;
  return (
    <>
      <nav className={css.back} data-print="no">
        <Link href="/">
          <Back />
          {t("document.back")}
        </Link>
      </nav>
      <Page
        key={timetable ? "week" : "wait"}
        title={title}
        actions={
          <div className={css.actions} data-print="no">
            {timetable && (
              <>
                <Button onClick={() => globalThis.print()}>
                  <Print />
                  {t("document.print")}
                </Button>
                <Button onClick={() => downloadCalendar(timetable, title, document.id)}>
                  <Calendar />
                  {t("document.calendar")}
                </Button>
              </>
            )}
            <Button
              look="danger"
              aria-label={t("documents.delete", { name })}
              onClick={() => {
                removeLater(id, name);
                go("/");
              }}
            >
              <Bin />
              <span className={css.wide}>{t("document.delete")}</span>
            </Button>
          </div>
        }
      >
        <div className={css.facts} data-print="no">
          <span role="status">
            <StatusMark status={document.status} />
          </span>
          <span>{t("document.sent", { when: when.format(new Date(created_at)) })}</span>
          {timetable?.title && <span className={css.file}>{name}</span>}
          {timetable && <span>{sureness(document)}</span>}
        </div>
        {timetable ? <WeekView timetable={timetable} /> : <Without document={document} />}
      </Page>
    </>
  );
}

function sureness({ route, confidence }: Document): string {
  if (route.includes("review")) return t("document.by-person");
  return confidence === null ? "" : t("document.sure", { percent: Math.round(confidence) });
}

/** What is said where there is no timetable, or none yet. */
function Without({ document: { status, reason, id } }: { document: Document }): ReactNode {
  switch (status) {
    case "pending":
      return (
        <Notice kind="info" title={t("document.pending")}>
          <p>{t("document.pending.text")}</p>
          <progress className={css.progress} aria-label={t("document.pending")} />
        </Notice>
      );
    case "needs_review":
      return (
        <Notice kind="warn" title={t("document.needs_review")}>
          <p>{t("document.needs_review.text")}</p>
          {reason && (
            <details className={css.details}>
              <summary>{t("document.doubt")}</summary>
              <p>{reason}</p>
            </details>
          )}
        </Notice>
      );
    case "failed":
      return (
        <Refusal title={t("document.failed")} reason={reason}>
          <p>{t("document.failed.text", { id })}</p>
        </Refusal>
      );
    case "expired":
      return <Refusal title={t("document.expired")} reason={reason} />;
    case "rejected":
    case "completed":
      return <Refusal title={t("document.rejected")} reason={reason} />;
  }
}

function Refusal({ title, reason, children }: { title: string; reason: string | null; children?: ReactNode }): ReactNode {
  return (
    <>
      <Notice kind="bad" title={title}>
        {reason && <p>{sentence(reason)}</p>}
        {children}
      </Notice>
      <p>
        <ButtonLink to="/" look="main">
          {t("document.again")}
        </ButtonLink>
      </p>
    </>
  );
}

