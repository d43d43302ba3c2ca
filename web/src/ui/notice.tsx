import type { ReactNode } from "react";
import { join } from "./button";
import css from "./notice.module.css";

interface Props {
  kind: "good" | "warn" | "bad" | "info";
  title?: string;
  children?: ReactNode;
  /** Said at once by a screen reader when it appears. */
  alert?: boolean;
}

export function Notice({ kind, title, children, alert = false }: Props): ReactNode {
  return (
    <div className={join(css.notice, css[kind])} role={alert ? "alert" : undefined}>
      {title && <p className={css.title}>{title}</p>}
      {children}
    </div>
  );
}
