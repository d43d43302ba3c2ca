import type { ComponentProps, ReactNode } from "react";
import { Link } from "wouter";
import css from "./button.module.css";

type Look = "main" | "plain" | "quiet" | "danger";

interface Props extends ComponentProps<"button"> {
  look?: Look;
  /** It was pressed and works: it keeps its place and the focus, and does nothing more. */
  busy?: boolean;
}

export function Button({ look = "plain", busy = false, className, onClick, ...rest }: Props): ReactNode {
  return (
    <button
      type="button"
      {...rest}
      className={join(css.button, css[look], className)}
      aria-disabled={busy || undefined}
      onClick={busy ? (event) => event.preventDefault() : onClick}
    />
  );
}

interface LinkProps {
  to: string;
  look?: Look;
  children: ReactNode;
}

export function ButtonLink({ to, look = "plain", children }: LinkProps): ReactNode {
  return (
    <Link href={to} className={join(css.button, css[look])}>
      {children}
    </Link>
  );
}

export function join(...names: (string | undefined | false)[]): string {
  return names.filter(Boolean).join(" ");
}
