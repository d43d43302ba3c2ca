/** Where files come in: picked, dropped or photographed; and how far each has come. */
import { type DragEvent, type ReactNode, useEffect, useId, useRef, useState } from "react";
import { t } from "../strings";
import { Button, join } from "../ui/button";
import { Camera, Upload as UploadIcon } from "../ui/icons";
import type { Limits } from "./check";
import { Item } from "./item";
import { limits } from "./limits";
import css from "./panel.module.css";
import { sizeText } from "./sizes";
import { add, useUploads } from "./uploads";

const ACCEPT = "application/pdf,image/png,image/jpeg";

export function UploadPanel(): ReactNode {
  const uploads = useUploads();
  const [over, setOver] = useState(false);
  const picker = useRef<HTMLInputElement>(null);
  const camera = useRef<HTMLInputElement>(null);
  const known = useLimits();
  const id = useId();

  function drop(event: DragEvent): void {
    event.preventDefault();
    setOver(false);
    add(event.dataTransfer.files);
  }

  return (
    <section aria-labelledby={id} className={css.panel}>
      {/* Dropping is one way of three; the other two are buttons. */}
      {/* eslint-disable-next-line jsx-a11y/no-static-element-interactions */}
      <div
        className={join(css.zone, over && css.over)}
        onDragOver={(event) => {
          event.preventDefault();
          setOver(true);
        }}
        onDragLeave={() => setOver(false)}
        onDrop={drop}
      >
        <h2 id={id}>{t("upload.title")}</h2>
        <p className={css.drop}>{t("upload.drop")}</p>
        <div className={css.ways}>
          <Button look="main" data-upload onClick={() => picker.current?.click()}>
            <UploadIcon />
            {t("upload.pick")}
          </Button>
          <Button className={css.camera} onClick={() => camera.current?.click()}>
            <Camera />
            {t("upload.camera")}
          </Button>
        </div>
        <p className={css.kinds}>
          {known.size === null ? t("upload.kinds") : t("upload.kinds-size", { size: sizeText(known.size) })}
        </p>
        <Files ref={picker} label={t("upload.pick")} multiple />
        <Files ref={camera} label={t("upload.camera")} capture="environment" />
      </div>
      {uploads.length > 0 && (
        <ul className={css.list} aria-label={t("upload.list")}>
          {uploads.map((each) => (
            <Item key={each.id} upload={each} limit={known.size} />
          ))}
        </ul>
      )}
    </section>
  );
}

interface FilesProps {
  ref: React.RefObject<HTMLInputElement | null>;
  label: string;
  multiple?: boolean;
  capture?: "environment";
}

/** The buttons above open these; they cannot be reached themselves, so that nothing is offered twice. */
function Files({ ref, label, multiple = false, capture }: FilesProps): ReactNode {
  return (
    <input
      ref={ref}
      hidden
      type="file"
      aria-label={label}
      accept={capture ? "image/jpeg,image/png" : ACCEPT}
      multiple={multiple}
      capture={capture}
      onChange={(event) => {
        add(event.target.files ?? []);
        event.target.value = ""; // so that the same file can be chosen again
      }}
    />
  );
}

function useLimits(): Limits {
  const [known, setKnown] = useState<Limits>({ size: null });
  useEffect(() => {
    let left = false;
    void limits().then((said) => {
      if (!left) setKnown(said);
    });
    return () => {
      left = true;
    };
  }, []);
  return known;
}
