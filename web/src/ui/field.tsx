import { type ComponentProps, type ReactNode, useId } from "react";
import css from "./field.module.css";

interface Props extends ComponentProps<"input"> {
  label: string;
  hint?: string | undefined;
  /** What is wrong with what was entered. */
  fault?: string | undefined;
  /** Beside the input, such as a button that shows what is typed. */
  beside?: ReactNode;
}

export function Field({ label, hint, fault, beside, ...input }: Props): ReactNode {
  const id = useId();
  const said = [hint && `${id}-hint`, fault && `${id}-fault`].filter(Boolean).join(" ");
  return (
    <div className={css.field}>
      <label htmlFor={id}>{label}</label>
      <div className={css.row}>
        <input {...input} id={id} aria-invalid={fault ? true : undefined} aria-describedby={said || undefined} />
        {beside}
      </div>
      {hint && (
        <p id={`${id}-hint`} className={css.hint}>
          {hint}
        </p>
      )}
      {fault && (
        <p id={`${id}-fault`} className={css.fault}>
          {fault}
        </p>
      )}
    </div>
  );
}

interface CheckProps extends ComponentProps<"input"> {
  label: string;
  hint?: string;
}

export function Check({ label, hint, ...input }: CheckProps): ReactNode {
  const id = useId();
  return (
    <div className={css.check}>
      <input {...input} id={id} type="checkbox" aria-describedby={hint ? `${id}-hint` : undefined} />
      <label htmlFor={id}>{label}</label>
      {hint && (
        <p id={`${id}-hint`} className={css.hint}>
          {hint}
        </p>
      )}
    </div>
  );
}
