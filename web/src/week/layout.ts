/** Where each block of a week stands: a row for each stretch between two moments at which something starts or ends. */
import type { Schemas } from "../api/client";

export type Block = Schemas["Block"];
export type Day = Schemas["Day"];

export const DAYS: readonly Day[] = ["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"];

export interface Placed {
  block: Block;
  /** Rows from 1; `to` is the first one after it. */
  from: number;
  to: number;
}

export interface Row {
  start: string;
  minutes: number;
  /** Whether its time is written: not where nothing starts. */
  marked: boolean;
}

export interface Week {
  days: { day: Day; blocks: Placed[] }[];
  rows: Row[];
  /** When the last row ends. */
  end: string;
}

/** Monday to Friday are always there; a weekend only where something is on. */
export function layOut(blocks: readonly Block[]): Week {
  const moments = [...new Set(blocks.flatMap(({ start, end }) => [start, end]))].sort();
  const rowOf = new Map(moments.map((moment, at) => [moment, at + 1]));
  const starts = new Set(blocks.map(({ start }) => start));
  const shown = DAYS.filter((day, at) => at < 5 || blocks.some((block) => block.day === day));
  return {
    days: shown.map((day) => ({
      day,
      blocks: blocks
        .filter((block) => block.day === day)
        .sort((one, other) => one.start.localeCompare(other.start))
        .map((block) => ({ block, from: rowOf.get(block.start) ?? 1, to: rowOf.get(block.end) ?? 2 })),
    })),
    rows: moments.slice(0, -1).map((start, at) => ({
      start,
      minutes: minutesOf(moments[at + 1] ?? start) - minutesOf(start),
      marked: starts.has(start),
    })),
    end: moments.at(-1) ?? "",
  };
}

export function minutesOf(clock: string): number {
  const [hours, minutes] = clock.split(":");
  return Number(hours) * 60 + Number(minutes);
}

/** A colour for each subject, by its name: the same on every day. `0` to `7`. */
export function hueOf(title: string, titles: readonly string[]): number {
  return titles.indexOf(title) % 8;
}
