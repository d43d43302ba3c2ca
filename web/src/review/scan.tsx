/** The scan: pages to zoom, move and turn, with the doubtful places drawn on them. */
import { type KeyboardEvent, type PointerEvent, type ReactNode, useEffect, useRef, useState } from "react";
import { t } from "../strings";
import { Button, join } from "../ui/button";
import { Loading } from "../ui/loading";
import { Notice } from "../ui/notice";
import type { Doubt } from "./doubts";
import { type Opened, openScan, type ScanPage } from "./pages";
import css from "./scan.module.css";

interface Props {
  /** Good for minutes: what it led to is kept. */
  url: string;
  /** The pages that were straightened before they were read: what the places of doubts are on. */
  straight: readonly { page: number; url: string }[];
  doubts: readonly Doubt[];
  /** The doubt that is looked at. */
  chosen: number | null;
  choose: (doubt: number) => void;
  /** Asks for another link. */
  again: () => void;
}

const ZOOMS = [1, 1.25, 1.5, 2, 3, 4, 6];
const NONE: readonly Doubt[] = [];
const STEP = 60; // pixels an arrow key moves

export function Scan({ url, straight, doubts, chosen, choose, again }: Props): ReactNode {
  const [opened, setOpened] = useState<{ url: string; scan: Opened | null } | null>(null);
  const [asItCame, setAsItCame] = useState(false);
  const [zoom, setZoom] = useState(0);
  const [turn, setTurn] = useState(0);
  const frame = useRef<HTMLDivElement>(null);

  useEffect(() => {
    const stop = new AbortController();
    openScan(url, straight, stop.signal).then(
      (scan) => !stop.signal.aborted && setOpened({ url, scan }),
      () => !stop.signal.aborted && setOpened({ url, scan: null }),
    );
    return () => stop.abort();
  }, [url, straight]);

  const scan = opened?.scan ?? null;
  const failed = opened?.url === url && opened.scan === null;
  const pages = scan?.original.map((page) => {
    const read = scan.read.find(({ number }) => number === page.number);
    return asItCame || !read ? { page, marked: page === read } : { page: read, marked: true };
  });

  // What is chosen in the week is brought into view here.
  useEffect(() => {
    if (chosen === null) return;
    const mark = frame.current?.querySelector(`[data-doubt="${chosen}"]`);
    mark?.scrollIntoView({ block: "center", inline: "center", behavior: "smooth" });
  }, [chosen, scan, asItCame, zoom, turn]);

  const scale = ZOOMS[zoom] ?? 1;
  const nearer = (steps: number) => setZoom((now) => Math.min(ZOOMS.length - 1, Math.max(0, now + steps)));

  function keys(event: KeyboardEvent): void {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const moves: Record<string, [number, number]> = {
      ArrowLeft: [-STEP, 0],
      ArrowRight: [STEP, 0],
      ArrowUp: [0, -STEP],
      ArrowDown: [0, STEP],
    };
    const move = moves[event.key];
    if (move) frame.current?.scrollBy(...move);
    else if (event.key === "+" || event.key === "=") nearer(1);
    else if (event.key === "-") nearer(-1);
    else if (event.key === "0") setZoom(0);
    else if (event.key === "r") setTurn((now) => (now + 90) % 360);
    else return;
    event.preventDefault();
  }

  return (
    <section className={css.scan} aria-label={t("review.scan")}>
      <div className={css.tools} role="toolbar" aria-label={t("review.scan.tools")}>
        <Button look="quiet" onClick={() => nearer(-1)} aria-label={t("review.scan.out")}>
          −
        </Button>
        <span className={css.zoom}>{Math.round(scale * 100)} %</span>
        <Button look="quiet" onClick={() => nearer(1)} aria-label={t("review.scan.in")}>
          +
        </Button>
        <Button look="quiet" onClick={() => setTurn((now) => (now + 90) % 360)}>
          {t("review.scan.turn")}
        </Button>
        {straight.length > 0 && (
          <Button look="quiet" aria-pressed={asItCame} onClick={() => setAsItCame(!asItCame)}>
            {t("review.scan.original")}
          </Button>
        )}
      </div>
      {failed ? (
        <Notice kind="bad" title={t("review.scan.failed")} alert>
          <p>
            <Button onClick={again}>{t("app.retry")}</Button>
          </p>
        </Notice>
      ) : (
        <Frame ref={frame} onKeyDown={keys}>
          {!pages ? (
            <Loading label={t("review.scan.loading")} />
          ) : (
            pages.map(({ page, marked }) => (
              <Sheet
                key={page.number}
                page={page}
                scale={scale}
                turn={turn}
                doubts={marked ? doubts : NONE}
                chosen={chosen}
                choose={choose}
              />
            ))
          )}
        </Frame>
      )}
    </section>
  );
}

interface FrameProps {
  ref: React.RefObject<HTMLDivElement | null>;
  onKeyDown: (event: KeyboardEvent) => void;
  children: ReactNode;
}

/** What scrolls. A mouse drags it; a finger scrolls it anyway. */
function Frame({ ref, onKeyDown, children }: FrameProps): ReactNode {
  const [held, setHeld] = useState(false);
  function drag(event: PointerEvent): void {
    if (event.pointerType !== "mouse" || event.button !== 0 || (event.target as Element).closest("button")) return;
    event.currentTarget.setPointerCapture(event.pointerId);
    setHeld(true);
  }
  return (
    // A region that scrolls has to be reached by the keyboard, which moves, zooms and turns in it.
    // eslint-disable-next-line jsx-a11y/no-noninteractive-element-interactions
    <div
      ref={ref}
      className={join(css.frame, held && css.held)}
      role="region"
      aria-label={t("review.scan.keys")}
      tabIndex={0} // eslint-disable-line jsx-a11y/no-noninteractive-tabindex
      onKeyDown={onKeyDown}
      onPointerDown={drag}
      onPointerMove={(event) => held && event.currentTarget.scrollBy(-event.movementX, -event.movementY)}
      onPointerUp={() => setHeld(false)}
      onPointerCancel={() => setHeld(false)}
    >
      {children}
    </div>
  );
}

interface SheetProps extends Pick<Props, "doubts" | "chosen" | "choose"> {
  page: ScanPage;
  scale: number;
  turn: number;
}

function Sheet({ page, scale, turn, doubts, chosen, choose }: SheetProps): ReactNode {
  const canvas = useRef<HTMLCanvasElement>(null);
  const lying = turn % 180 !== 0;
  const ratio = page.width / page.height;
  useEffect(() => {
    const into = canvas.current;
    if (!into) return;
    const stop = new AbortController();
    page.draw(into, stop.signal).catch(() => undefined);
    return () => stop.abort();
  }, [page]);
  return (
    <div className={css.sheet} style={{ width: `${scale * 100}%`, aspectRatio: lying ? 1 / ratio : ratio }}>
      <div
        className={css.paper}
        style={{
          width: lying ? `${ratio * 100}%` : "100%",
          aspectRatio: ratio,
          transform: `translate(-50%, -50%) rotate(${turn}deg)`,
        }}
      >
        {/* eslint-disable-next-line jsx-a11y/no-interactive-element-to-noninteractive-role -- nothing in it can be used */}
        <canvas ref={canvas} role="img" aria-label={t("review.scan.page", { page: page.number })} />
        {doubts.map(
          ({ box, page: on, why }, at) =>
            box &&
            (on ?? 1) === page.number && (
              <button
                key={at}
                type="button"
                tabIndex={-1} // the list of doubts says the same, in order
                data-doubt={at}
                className={join(css.box, at === chosen && css.chosen)}
                style={place(box)}
                aria-label={t("review.doubt.at", { number: at + 1, why })}
                onClick={() => choose(at)}
              >
                <span className={css.number}>{at + 1}</span>
              </button>
            ),
        )}
      </div>
    </div>
  );
}

function place([left, top, right, bottom]: readonly [number, number, number, number]) {
  const percent = (part: number) => `${part * 100}%`;
  return { left: percent(left), top: percent(top), width: percent(right - left), height: percent(bottom - top) };
}
