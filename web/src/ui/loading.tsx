import type { ReactNode } from "react";
import css from "./loading.module.css";

/** Says that something is on its way; shows it only when that takes a moment. */
export function Loading({ label }: { label: string }): ReactNode {
  return (
    <p className={css.loading} role="status">
      <span className={css.dot} aria-hidden="true" />
      {label}
    </p>
  );
}
