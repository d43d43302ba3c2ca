import type { ReactNode } from "react";
import { explain } from "../api/problem";
import { t } from "../strings";
import { Button } from "../ui/button";
import { dismiss, hold, type Removal, undo, useRemovals, wait } from "./removals";
import css from "./toasts.module.css";

/** What was deleted a moment ago, and the way back. */
export function Toasts(): ReactNode {
  const removals = useRemovals();
  return (
    <div className={css.toasts} role="status" data-print="no">
      {removals.map((removal) => (
        <Toast key={removal.id} removal={removal} />
      ))}
    </div>
  );
}

/** The button goes with the notice: the focus follows the document to where it is again. */
function back(id: string): void {
  undo(id);
  requestAnimationFrame(() => {
    const link = document.querySelector<HTMLElement>(`main a[href="/documents/${id}"]`);
    (link ?? document.querySelector("h1"))?.focus();
  });
}

function Toast({ removal: { id, name, error } }: { removal: Removal }): ReactNode {
  if (error !== null) {
    return (
      <div className={css.toast}>
        <p>{t("documents.delete-failed", { name, why: explain(error) })}</p>
        <Button onClick={() => dismiss(id)}>{t("app.close")}</Button>
      </div>
    );
  }
  const pause = { onFocus: () => hold(id), onMouseEnter: () => hold(id) };
  const resume = { onBlur: () => wait(id), onMouseLeave: () => wait(id) };
  return (
    <div className={css.toast} {...pause} {...resume}>
      <p>{t("documents.deleted", { name })}</p>
      <Button onClick={() => back(id)}>{t("documents.undo")}</Button>
    </div>
  );
}
