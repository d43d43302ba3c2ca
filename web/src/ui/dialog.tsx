import { type ReactNode, useEffect, useId, useRef } from "react";
import css from "./dialog.module.css";

interface Props {
  title: string;
  close: () => void;
  children: ReactNode;
}

/** The browser's own: it keeps the focus in, gives it back, and closes on Escape. */
export function Dialog({ title, close, children }: Props): ReactNode {
  const ref = useRef<HTMLDialogElement>(null);
  const id = useId();
  useEffect(() => {
    const dialog = ref.current;
    dialog?.showModal();
    return () => dialog?.close();
  }, []);
  return (
    <dialog ref={ref} className={css.dialog} aria-labelledby={id} onClose={close}>
      <h2 id={id}>{title}</h2>
      {children}
    </dialog>
  );
}
