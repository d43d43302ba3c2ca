/** The week as a grid of blocks (WAI-ARIA's pattern): arrows walk, Enter edits, Escape takes back. */
import { type KeyboardEvent, type ReactNode, useEffect, useRef, useState } from "react";
import type { FieldError } from "../api/problem";
import { t } from "../strings";
import { Button, join } from "../ui/button";
import { Bin } from "../ui/icons";
import { DAYS } from "../week/layout";
import { dayName } from "../week/words";
import type { Change, Edited, EditedBlock, Field } from "./edit";
import { FIELDS } from "./edit";
import { faultAt } from "./faults";
import css from "./grid.module.css";

export interface Cell {
  row: number;
  field: Field;
}

interface Props {
  edited: Edited;
  change: (what: Change) => void;
  faults: readonly FieldError[];
  /** Numbers of doubts by a block's key. */
  doubts: ReadonlyMap<string, readonly number[]>;
  chosen: number | null;
  choose: (doubt: number | null) => void;
  at: Cell;
  go: (to: Cell) => void;
  readOnly: boolean;
}

export function Grid(props: Props): ReactNode {
  const { edited, change, doubts, at, go, readOnly, choose } = props;
  const [editing, setEditing] = useState(false);
  const body = useRef<HTMLDivElement>(null);
  const last = edited.blocks.length - 1;

  function focus(to: Cell): void {
    const row = Math.max(0, Math.min(last, to.row));
    go({ row, field: to.field });
    choose(doubts.get(edited.blocks[row]?.key ?? "")?.[0] ?? null);
    body.current?.querySelector<HTMLElement>(`[data-cell="${row}-${to.field}"]`)?.focus();
  }

  function keys(event: KeyboardEvent): void {
    if (editing || event.ctrlKey || event.metaKey || event.altKey) return;
    const column = FIELDS.indexOf(at.field);
    const aside = (to: number) => FIELDS[Math.max(0, Math.min(FIELDS.length - 1, to))] ?? at.field;
    const block = edited.blocks[at.row];
    switch (event.key) {
      case "ArrowUp":
        focus({ ...at, row: at.row - 1 });
        break;
      case "ArrowDown":
        focus({ ...at, row: at.row + 1 });
        break;
      case "ArrowLeft":
        focus({ ...at, field: aside(column - 1) });
        break;
      case "ArrowRight":
        focus({ ...at, field: aside(column + 1) });
        break;
      case "Home":
        focus({ ...at, field: "day" });
        break;
      case "End":
        focus({ ...at, field: "notes" });
        break;
      case "Enter":
      case "F2":
        if (readOnly) return;
        setEditing(true);
        break;
      case "Delete":
        if (readOnly || !block) return;
        change({ do: "remove", key: block.key });
        break;
      default:
        return;
    }
    event.preventDefault();
  }

  return (
    <div
      ref={body}
      className={css.grid}
      role="grid"
      aria-label={t("review.week")}
      aria-rowcount={edited.blocks.length + 1}
      aria-readonly={readOnly}
      tabIndex={-1}
      onKeyDown={keys}
    >
      <div role="row" className={css.head}>
        {FIELDS.map((field) => (
          <span key={field} role="columnheader">
            {t(`review.field.${field}`)}
          </span>
        ))}
        <span role="columnheader">
          <span className="visually-hidden">{t("review.field.remove")}</span>
        </span>
      </div>
      {edited.blocks.map((block, row) => (
        <Row
          key={block.key}
          {...props}
          block={block}
          row={row}
          editing={editing && at.row === row ? at.field : null}
          pick={(field, open) => {
            focus({ row, field });
            setEditing(open && !readOnly);
          }}
          done={(value) => {
            setEditing(false);
            if (value !== null) change({ do: "set", key: block.key, field: at.field, value });
            requestAnimationFrame(() =>
              body.current?.querySelector<HTMLElement>(`[data-cell="${row}-${at.field}"]`)?.focus(),
            );
          }}
        />
      ))}
    </div>
  );
}

interface RowProps extends Props {
  block: EditedBlock;
  row: number;
  editing: Field | null;
  pick: (field: Field, open: boolean) => void;
  done: (value: string | null) => void;
}

function Row({ block, row, at, editing, pick, done, faults, doubts, chosen, readOnly, change, choose }: RowProps): ReactNode {
  const doubted = doubts.get(block.key) ?? [];
  const isChosen = chosen !== null && doubted.includes(chosen);
  const whole = faultAt(faults, row);
  return (
    <div
      role="row"
      aria-rowindex={row + 2}
      className={join(css.row, doubted.length > 0 && css.doubted, isChosen && css.chosen)}
    >
      {FIELDS.map((field) => {
        const fault = faultAt(faults, row, field) ?? (field === "end" ? whole : null);
        const id = `cell-${row}-${field}-fault`;
        return (
          <div key={field} role="gridcell" className={join(css.cell, css[field])} aria-readonly={readOnly} aria-invalid={fault ? true : undefined}>
            {editing === field ? (
              <Input block={block} field={field} done={done} />
            ) : (
              <button
                type="button"
                className={join(css.value, fault !== null && css.faulty)}
                data-cell={`${row}-${field}`}
                tabIndex={at.row === row && at.field === field ? 0 : -1}
                aria-label={`${t(`review.field.${field}`)}: ${shown(block, field) || t("review.empty")}`}
                aria-describedby={fault ? id : undefined}
                onClick={() => pick(field, true)}
              >
                {shown(block, field) || <span className={css.nothing}>{t("review.empty")}</span>}
              </button>
            )}
            {fault && (
              <span id={id} className={css.fault}>
                {fault}
              </span>
            )}
          </div>
        );
      })}
      <div role="gridcell" className={css.last}>
        {doubted.map((number) => (
          <button
            key={number}
            type="button"
            tabIndex={-1}
            className={css.mark}
            aria-label={t("review.doubt.number", { number: number + 1 })}
            onClick={() => choose(number)}
          >
            {number + 1}
          </button>
        ))}
        {!readOnly && (
          <Button
            look="quiet"
            tabIndex={-1} // the Delete key does it
            aria-label={t("review.remove", { title: block.title || t("review.empty") })}
            onClick={() => change({ do: "remove", key: block.key })}
          >
            <Bin />
          </Button>
        )}
      </div>
    </div>
  );
}

function Input({ block, field, done }: { block: EditedBlock; field: Field; done: (value: string | null) => void }): ReactNode {
  const input = useRef<HTMLInputElement & HTMLTextAreaElement & HTMLSelectElement>(null);
  const over = useRef(false);
  useEffect(() => {
    input.current?.focus();
    if (field !== "day" && field !== "notes") input.current?.select();
  }, [field]);
  function finish(value: string | null): void {
    if (over.current) return; // what loses the focus by being done is not done twice
    over.current = true;
    done(value);
  }
  const common = {
    ref: input,
    className: css.input,
    "aria-label": t(`review.field.${field}`),
    defaultValue: block[field],
    onBlur: () => finish(input.current?.value ?? null),
    onKeyDown: (event: KeyboardEvent) => {
      if (event.key === "Escape") finish(null);
      else if (event.key === "Enter" && !(field === "notes" && event.shiftKey)) finish(input.current?.value ?? null);
      else return;
      event.preventDefault();
      event.stopPropagation();
    },
  };
  if (field === "day") {
    return (
      <select {...common}>
        {DAYS.map((day) => (
          <option key={day} value={day}>
            {dayName(day)}
          </option>
        ))}
      </select>
    );
  }
  if (field === "notes") return <textarea {...common} rows={2} />;
  return <input {...common} inputMode={field === "title" ? "text" : "numeric"} />;
}

function shown(block: EditedBlock, field: Field): string {
  return field === "day" ? dayName(block.day) : block[field];
}
