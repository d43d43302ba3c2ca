/** The week as it is being corrected: changes, and the way back. Nothing here knows of a page. */
import type { Schemas } from "../api/client";
import { type Day, DAYS, minutesOf } from "../week/layout";

export const FIELDS = ["day", "start", "end", "title", "notes"] as const;
export type Field = (typeof FIELDS)[number];

export interface EditedBlock extends Record<Exclude<Field, "day">, string> {
  /** Stays with the block whatever becomes of it. */
  key: string;
  day: Day;
}

export interface Edited {
  title: string;
  blocks: readonly EditedBlock[];
}

export interface History {
  now: Edited;
  past: readonly Edited[];
  future: readonly Edited[];
}

export type Change =
  | { do: "title"; value: string }
  | { do: "set"; key: string; field: Field; value: string }
  /** Below a block, or at the place (of a doubt) where there is none. */
  | { do: "add"; key: string; after: string | null; at?: { day: Day; start: string } | null }
  | { do: "remove"; key: string }
  /** Put in order of day and time. */
  | { do: "sort" }
  | { do: "undo" }
  | { do: "redo" };

const MOST_KEPT = 200;

export function editedOf(table: Schemas["Timetable"] | null): Edited {
  return {
    title: table?.title ?? "",
    blocks: (table?.blocks ?? []).map((block, at) => ({ key: `p${at}`, ...block })),
  };
}

export function begin(now: Edited): History {
  return { now, past: [], future: [] };
}

export function change(history: History, what: Change): History {
  const { now, past, future } = history;
  if (what.do === "undo") {
    const before = past.at(-1);
    return before ? { now: before, past: past.slice(0, -1), future: [now, ...future] } : history;
  }
  if (what.do === "redo") {
    const [after, ...rest] = future;
    return after ? { now: after, past: [...past, now], future: rest } : history;
  }
  const next = apply(now, what);
  if (same(next, now)) return history;
  return { now: next, past: [...past, now].slice(-MOST_KEPT), future: [] };
}

function apply(now: Edited, what: Exclude<Change, { do: "undo" | "redo" }>): Edited {
  switch (what.do) {
    case "title":
      return { ...now, title: what.value };
    case "set":
      return {
        ...now,
        blocks: now.blocks.map((block) =>
          block.key === what.key ? { ...block, [what.field]: tidy(what.field, what.value) } : block,
        ),
      };
    case "remove":
      return { ...now, blocks: now.blocks.filter(({ key }) => key !== what.key) };
    case "add": {
      if (what.at) {
        const blocks = [...now.blocks, starting(what.key, what.at.day, what.at.start, now.blocks)];
        return { ...now, blocks: blocks.sort(inOrder) };
      }
      const at = now.blocks.findIndex(({ key }) => key === what.after);
      const added = following(what.key, now.blocks[at] ?? now.blocks.at(-1));
      const place = at < 0 ? now.blocks.length : at + 1;
      return { ...now, blocks: [...now.blocks.slice(0, place), added, ...now.blocks.slice(place)] };
    }
    case "sort":
      return { ...now, blocks: [...now.blocks].sort(inOrder) };
  }
}

/** What people type for a time of day: `9`, `930`, `9.30`, `9:30` become `09:30`. Anything else stays. */
export function tidy(field: Field, value: string): string {
  if (field !== "start" && field !== "end") return value;
  const found = /^(\d{1,2})(?:[.:h ]?(\d{2}))?$/.exec(value.trim());
  return found?.[1] ? `${found[1].padStart(2, "0")}:${found[2] ?? "00"}` : value.trim();
}

/** A block that begins when the one before it ends, and is as long. */
function following(key: string, before: EditedBlock | undefined): EditedBlock {
  if (!before) return { key, day: "monday", start: "08:00", end: "08:45", title: "", notes: "" };
  const end = minutesOf(before.end);
  const long = Math.max(5, end - minutesOf(before.start) || 45);
  const until = Math.min(end + long, 23 * 60 + 59);
  return { key, day: before.day, start: before.end, end: clock(until), title: "", notes: "" };
}

/** It ends when blocks of other days do that begin at the same time. */
function starting(key: string, day: Day, start: string, blocks: readonly EditedBlock[]): EditedBlock {
  const like = blocks.find((block) => block.start === start);
  const later = blocks.filter((block) => block.start > start).map((block) => block.start);
  const end = like?.end ?? [...later].sort()[0] ?? clock(Math.min(minutesOf(start) + 45, 23 * 60 + 59));
  return { key, day, start, end, title: "", notes: "" };
}

function clock(minutes: number): string {
  return `${String(Math.floor(minutes / 60)).padStart(2, "0")}:${String(minutes % 60).padStart(2, "0")}`;
}

export function inOrder(one: EditedBlock, other: EditedBlock): number {
  return (
    DAYS.indexOf(one.day) - DAYS.indexOf(other.day) ||
    one.start.localeCompare(other.start) ||
    one.end.localeCompare(other.end)
  );
}

/** Whether two weeks say the same, in whatever order and whatever their blocks are called. */
export function same(one: Edited, other: Edited): boolean {
  const said = ({ title, blocks }: Edited) =>
    JSON.stringify([title, blocks.map(({ day, start, end, title: what, notes }) => [day, start, end, what, notes])]);
  return said(one) === said(other);
}

/** As the API takes it: in the order shown, so that a fault's `blocks[3]` is the fourth one there. */
export function correctionOf({ title, blocks }: Edited): Schemas["CorrectedTimetable"] {
  return {
    title: title.trim(),
    blocks: blocks.map(({ day, start, end, title: what, notes }) => ({
      day,
      start,
      end,
      title: what.trim(),
      notes: notes.trim(),
    })),
  };
}
