import { useInfiniteQuery } from "@tanstack/react-query";
import { type ReactNode, useDeferredValue, useEffect, useRef, useState } from "react";
import { Link } from "wouter";
import { explain } from "../api/problem";
import { askEvery, useLive } from "../push/live";
import { locale, t } from "../strings";
import { Button } from "../ui/button";
import { Bin } from "../ui/icons";
import { Loading } from "../ui/loading";
import { Notice } from "../ui/notice";
import { useUploads } from "../upload/uploads";
import css from "./list.module.css";
import { documentsQuery, isOpen, type Status, type Summary } from "./queries";
import { sentence } from "./reason";
import { isRemoved, removeLater, useRemovals } from "./removals";
import { matches } from "./search";
import { StatusMark } from "./status";

const STATUSES: readonly Status[] = ["completed", "pending", "needs_review", "rejected", "failed", "expired"];
/** Few enough to be seen at a glance. */
const SEARCH_FROM = 5;
const when = new Intl.DateTimeFormat(locale, { dateStyle: "medium", timeStyle: "short" });

export function DocumentList(): ReactNode {
  const live = useLive();
  const query = useInfiniteQuery({
    ...documentsQuery,
    refetchInterval: ({ state }) => askEvery(live, state.data?.pages.some((page) => page.items.some(isOpen)) ?? false),
  });
  const [words, setWords] = useState("");
  const [status, setStatus] = useState<Status | null>(null);
  const removals = useRemovals();
  const uploads = useUploads();
  const wanted = useDeferredValue(words);

  const underWay = new Set(
    uploads.flatMap(({ phase, documentId }) => (phase.is !== "sent" && documentId ? [documentId] : [])),
  );
  const all = (query.data?.pages ?? [])
    .flatMap((page) => page.items)
    .filter(({ id }) => !isRemoved(id, removals) && !underWay.has(id));
  const found = all.filter((each) => matches(each, wanted, status));
  const searching = wanted.trim() !== "" || status !== null;

  // What is searched for may be on a page that was not loaded yet.
  const { hasNextPage, isFetchingNextPage, fetchNextPage, isError } = query;
  useEffect(() => {
    if (searching && hasNextPage && !isFetchingNextPage && !isError) void fetchNextPage();
  }, [searching, hasNextPage, isFetchingNextPage, isError, fetchNextPage]);

  if (query.isPending) return <Loading label={t("app.loading")} />;
  if (query.isError && all.length === 0) {
    return (
      <Notice kind="bad" title={t("documents.failed")} alert>
        <p>{explain(query.error)}</p>
        <p>
          <Button onClick={() => void query.refetch()}>{t("app.retry")}</Button>
        </p>
      </Notice>
    );
  }
  if (all.length === 0) {
    return (
      <div className={css.empty}>
        <h2>{t("documents.empty")}</h2>
        <p>{t("documents.empty.text")}</p>
      </div>
    );
  }
  return (
    <section className={css.section} aria-label={t("documents.title")}>
      <Changes documents={all} />
      {(all.length >= SEARCH_FROM || hasNextPage || searching) && (
        <search className={css.search}>
          <input
            type="search"
            value={words}
            placeholder={t("documents.search")}
            aria-label={t("documents.search")}
            onChange={(event) => setWords(event.target.value)}
          />
          <select
            value={status ?? ""}
            aria-label={t("documents.status")}
            onChange={(event) => setStatus(STATUSES.find((each) => each === event.target.value) ?? null)}
          >
            <option value="">{t("documents.all")}</option>
            {STATUSES.map((each) => (
              <option key={each} value={each}>
                {t(`status.${each}`)}
              </option>
            ))}
          </select>
        </search>
      )}
      <p className="visually-hidden" role="status">
        {searching ? (found.length === 0 ? t("documents.none") : t("documents.count", { count: found.length })) : ""}
      </p>
      {found.length === 0 ? (
        <p className={css.none}>{isFetchingNextPage ? t("documents.more-busy") : t("documents.none")}</p>
      ) : (
        <ul className={css.list}>
          {found.map((each) => (
            <Item key={each.id} document={each} />
          ))}
        </ul>
      )}
      {hasNextPage && (
        <Button busy={isFetchingNextPage} onClick={() => void fetchNextPage()}>
          {t(isFetchingNextPage ? "documents.more-busy" : "documents.more")}
        </Button>
      )}
    </section>
  );
}

function Item({ document }: { document: Summary }): ReactNode {
  const { id, name, status, reason, created_at } = document;
  return (
    <li className={css.item}>
      <div className={css.what}>
        <Link href={`/documents/${id}`} className={css.name}>
          {name}
        </Link>
        <p className={css.when}>
          <time dateTime={created_at}>{when.format(new Date(created_at))}</time>
        </p>
        {reason !== null && status !== "needs_review" && <p className={css.reason}>{sentence(reason)}</p>}
      </div>
      <StatusMark status={status} />
      <Button look="quiet" className={css.delete} aria-label={t("documents.delete", { name })} onClick={(event) => {
          focusNext(event.currentTarget);
          removeLater(id, name);
        }}>
        <Bin />
      </Button>
    </li>
  );
}

/** The row goes, and the focus with it: it stays in the list instead. */
function focusNext(button: HTMLElement): void {
  const row = button.closest("li");
  const next = row?.nextElementSibling ?? row?.previousElementSibling;
  (next?.querySelector("a") ?? document.querySelector("h1"))?.focus();
}

/** Says what changed while the page was open; nothing of what was there when it came. */
function Changes({ documents }: { documents: readonly Summary[] }): ReactNode {
  const before = useRef<ReadonlyMap<string, Status> | null>(null);
  const [said, say] = useState("");
  useEffect(() => {
    const known = before.current;
    before.current = new Map(documents.map(({ id, status }) => [id, status]));
    if (!known) return;
    const changed = documents.filter(({ id, status }) => known.has(id) && known.get(id) !== status);
    if (changed.length > 0) {
      say(changed.map(({ name, status }) => t("documents.said", { name, status: t(`status.${status}`) })).join(". "));
    }
  }, [documents]);
  return (
    <p className="visually-hidden" role="status">
      {said}
    </p>
  );
}
