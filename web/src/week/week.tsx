/**
 * A week as a timetable. Each day is a heading and a list, in order, which is what a screen reader follows; the grid
 * with its axis of times is how that list is laid out where there is room. On a phone one day is shown at a time.
 */
import { type CSSProperties, type KeyboardEvent, type ReactNode, useId, useRef, useState } from "react";
import type { Schemas } from "../api/client";
import { t } from "../strings";
import { join } from "../ui/button";
import { type Block, type Day, hueOf, layOut } from "./layout";
import { dayName, today } from "./words";
import css from "./week.module.css";

export function WeekView({ timetable }: { timetable: Schemas["Timetable"] }): ReactNode {
  const week = layOut(timetable.blocks);
  const titles = [...new Set(timetable.blocks.map(({ title }) => title))];
  const present = week.days.map(({ day }) => day);
  const [shown, setShown] = useState<Day>(() => firstShown(present, timetable.blocks));
  const id = useId();
  return (
    <div className={css.week} style={{ "--days": present.length, "--rows": week.rows.length } as CSSProperties}>
      <Days id={id} days={present} shown={shown} show={setShown} />
      <div className={css.grid} style={{ gridTemplateRows: `auto ${week.rows.map(height).join(" ")} auto` }}>
        <div className={css.axis} aria-hidden="true">
          {week.rows.map(
            ({ start, marked }, at) =>
              marked && (
                <span key={start} style={{ gridRow: at + 2 }}>
                  {start}
                </span>
              ),
          )}
          {week.end && <span style={{ gridRow: week.rows.length + 2 }}>{week.end}</span>}
        </div>
        {week.days.map(({ day, blocks }) => (
          <section
            key={day}
            id={`${id}-${day}`}
            className={css.day}
            aria-labelledby={`${id}-${day}-name`}
            data-shown={day === shown}
          >
            <h2 id={`${id}-${day}-name`} className={css.name}>
              {dayName(day)}
            </h2>
            {blocks.length === 0 ? (
              <p className={css.free}>{t("week.free")}</p>
            ) : (
              <ol className={css.blocks}>
                {blocks.map(({ block, from, to }) => (
                  <li
                    key={block.start}
                    className={css.block}
                    data-hue={hueOf(block.title, titles)}
                    style={{ gridRow: `${from} / ${to}` }}
                  >
                    <BlockText block={block} />
                  </li>
                ))}
              </ol>
            )}
          </section>
        ))}
      </div>
    </div>
  );
}

function BlockText({ block }: { block: Block }): ReactNode {
  return (
    <>
      <span className={css.time}>
        <time dateTime={block.start}>{block.start}</time>
        <span aria-hidden="true">–</span>
        <span className="visually-hidden">{t("week.to")}</span>
        <time dateTime={block.end}>{block.end}</time>
      </span>
      <span className={css.title}>{block.title}</span>
      {block.notes && <span className={css.notes}>{block.notes}</span>}
    </>
  );
}

interface DaysProps {
  id: string;
  days: readonly Day[];
  shown: Day;
  show: (day: Day) => void;
}

/** Only where one day is shown at a time; with the arrow keys, as tabs have them. */
function Days({ id, days, shown, show }: DaysProps): ReactNode {
  const list = useRef<HTMLDivElement>(null);
  function move(event: KeyboardEvent): void {
    const steps: Record<string, number> = { ArrowLeft: -1, ArrowRight: 1, Home: -days.length, End: days.length };
    const step = steps[event.key];
    if (step === undefined) return;
    event.preventDefault();
    const at = Math.min(days.length - 1, Math.max(0, days.indexOf(shown) + step));
    const next = days[at];
    if (next) show(next);
    list.current?.querySelectorAll("button")[at]?.focus();
  }
  return (
    <div ref={list} className={css.tabs} role="tablist" aria-label={t("week.days")} data-print="no">
      {days.map((day) => (
        <button
          key={day}
          type="button"
          role="tab"
          aria-selected={day === shown}
          aria-controls={`${id}-${day}`}
          tabIndex={day === shown ? 0 : -1}
          className={join(css.tab)}
          onClick={() => show(day)}
          onKeyDown={move}
        >
          <span aria-hidden="true">{dayName(day, "short")}</span>
          <span className="visually-hidden">{dayName(day)}</span>
        </button>
      ))}
    </div>
  );
}

/** Today, or the first day on which something is. */
function firstShown(days: readonly Day[], blocks: readonly Block[]): Day {
  const now = today();
  if (blocks.some(({ day }) => day === now)) return now;
  return days.find((day) => blocks.some((block) => block.day === day)) ?? "monday";
}

/** As high as it is long, and never too low for what is written in it. */
function height({ minutes }: { minutes: number }): string {
  return `minmax(${Math.max(1.25, Math.min(minutes, 120) * 0.075).toFixed(2)}rem, auto)`;
}
