import type { ReactNode } from "react";
import { t } from "../strings";
import { join } from "../ui/button";
import type { Status } from "./queries";
import css from "./status.module.css";

export function StatusMark({ status }: { status: Status }): ReactNode {
  return <span className={join(css.status, css[status])}>{t(`status.${status}`)}</span>;
}
