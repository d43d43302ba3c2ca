import type { ReactNode } from "react";
import { t } from "../strings";
import { Button } from "../ui/button";
import { Dialog } from "../ui/dialog";
import css from "./review.module.css";

const KEYS = [
  ["n p", "review.key.doubts"],
  ["↑ ↓ ← →", "review.key.walk"],
  ["Enter", "review.key.edit"],
  ["Esc", "review.key.escape"],
  ["a", "review.key.add"],
  ["Del", "review.key.remove"],
  ["s", "review.key.sort"],
  ["Ctrl+Z", "review.key.undo"],
  ["Ctrl+Y", "review.key.redo"],
  ["Ctrl+Enter", "review.key.finish"],
  ["+ − 0 r", "review.key.scan"],
  ["?", "review.key.help"],
] as const;

export function Help({ close }: { close: () => void }): ReactNode {
  return (
    <Dialog title={t("review.help")} close={close}>
      <dl className={css.keys}>
        {KEYS.map(([keys, what]) => (
          <div key={keys}>
            <dt>
              {keys.split(" ").map((key) => (
                <kbd key={key}>{key}</kbd>
              ))}
            </dt>
            <dd>{t(what)}</dd>
          </div>
        ))}
      </dl>
      <Button onClick={close}>{t("app.close")}</Button>
    </Dialog>
  );
}
