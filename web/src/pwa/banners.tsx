/** What is said above every page: that one is offline and since when, and that a new version is ready. */
import { type ReactNode, useSyncExternalStore } from "react";
import { locale, t } from "../strings";
import { Button } from "../ui/button";
import { Notice } from "../ui/notice";
import css from "./banners.module.css";
import { shownSince, subscribe } from "./kept";
import { takeOver, useUpdate } from "./updates";

const when = new Intl.DateTimeFormat(locale, { dateStyle: "medium", timeStyle: "short" });

export function Banners(): ReactNode {
  const online = useSyncExternalStore(
    (changed) => {
      globalThis.addEventListener("online", changed);
      globalThis.addEventListener("offline", changed);
      return () => {
        globalThis.removeEventListener("online", changed);
        globalThis.removeEventListener("offline", changed);
      };
    },
    () => navigator.onLine,
  );
  const since = useSyncExternalStore(subscribe, shownSince);
  const update = useUpdate();
  return (
    <div className={css.banners} role="status" data-print="no">
      {(!online || since !== null) && (
        <Notice kind="warn">
          <p>{since === null ? t("offline.now") : t("offline.since", { when: when.format(since) })}</p>
        </Notice>
      )}
      {update && (
        <Notice kind="info">
          <p>
            {t("update.ready")} <Button onClick={takeOver}>{t("update.load")}</Button>
          </p>
        </Notice>
      )}
    </div>
  );
}
