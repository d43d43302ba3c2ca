import { type ReactNode, useEffect, useRef } from "react";
import { t } from "../strings";
import { join } from "./button";
import css from "./page.module.css";

interface Props {
  title: string;
  narrow?: boolean;
  /** As wide as the window: for what stands side by side. */
  wide?: boolean;
  /** Beside the heading. */
  actions?: ReactNode;
  children: ReactNode;
}

/** False until the first page was shown: a page that was loaded keeps the browser's own focus. */
let shown = false;

export function Page({ title, narrow = false, wide = false, actions, children }: Props): ReactNode {
  const heading = useRef<HTMLHeadingElement>(null);
  useEffect(() => {
    if (shown) heading.current?.focus({ preventScroll: true });
    shown = true;
    globalThis.scrollTo(0, 0);
  }, []);
  return (
    <div className={join(css.page, narrow && css.narrow, wide && css.wide)}>
      <title>{`${title} · ${t("app.name")}`}</title>
      <div className={css.head}>
        <h1 ref={heading} tabIndex={-1}>
          {title}
        </h1>
        {actions}
      </div>
      {children}
    </div>
  );
}
