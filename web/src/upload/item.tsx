import type { ReactNode } from "react";
import { explain } from "../api/problem";
import { t } from "../strings";
import { Button, join } from "../ui/button";
import css from "./item.module.css";
import { sizeText } from "./sizes";
import { UploadRefusedError } from "./transfer";
import { again, remove, type Upload } from "./uploads";

export function Item({ upload, limit }: { upload: Upload; limit: number | null }): ReactNode {
  const { id, name, size, phase } = upload;
  const over = phase.is === "refused" || phase.is === "failed";
  const done = phase.is === "sending" ? phase.sent / size : phase.is === "sent" ? 1 : 0;
  return (
    <li className={join(css.item, over && css.bad)}>
      <div className={css.text}>
        <p>
          <span className={css.name}>{name}</span> <span className={css.size}>{sizeText(size)}</span>
        </p>
        <p className={css.phase}>{words(upload, limit)}</p>
        {/* Only what begins and ends is said: not each percent. */}
        <p className="visually-hidden" role="status">
          {over
            ? t("upload.said-not", { name, why: words(upload, limit) })
            : phase.is === "sent"
              ? t("upload.said-sent", { name })
              : phase.is === "lost"
                ? t("upload.lost")
                : ""}
        </p>
      </div>
      <div className={css.ways}>
        {phase.is === "failed" && (
          <Button aria-label={t("upload.again", { name })} onClick={() => again(id)}>
            {t("app.retry")}
          </Button>
        )}
        {phase.is !== "sent" && (
          <Button
            look="quiet"
            aria-label={t(over ? "upload.remove" : "upload.cancel", { name })}
            onClick={() => {
              // The button goes with the file; the next thing to do is at the top.
              document.querySelector<HTMLElement>("[data-upload]")?.focus();
              remove(id);
            }}
          >
            {t(over ? "app.close" : "app.cancel")}
          </Button>
        )}
      </div>
      {!over && <progress className={css.bar} value={done} max={1} aria-label={name} />}
    </li>
  );
}

function words({ phase, size, kept }: Upload, limit: number | null): string {
  switch (phase.is) {
    case "waiting":
      return t("upload.waiting");
    case "sending":
      return t("upload.sending", { percent: Math.floor((100 * phase.sent) / size) });
    case "lost":
      return t(kept ? "upload.lost-kept" : "upload.lost-unkept");
    case "sent":
      return t("upload.sent");
    case "refused":
      return phase.why === "large"
        ? t("refused.large", { size: sizeText(size, limit), limit: sizeText(limit ?? 0) })
        : t(`refused.${phase.why}`);
    case "failed":
      return phase.error instanceof UploadRefusedError ? t("upload.store") : explain(phase.error);
  }
}
