/**
 * What is wrong with a corrected week, all at once, under the names the API gives the fields
 * (`timetable.blocks[3].end`): what it would refuse is said here before it is sent.
 */
import { bounds } from "../api/bounds";
import type { FieldError } from "../api/problem";
import { t } from "../strings";
import { dayName } from "../week/words";
import type { Edited, EditedBlock, Field } from "./edit";

const TIME = new RegExp(bounds.TIME);
const INVISIBLE = /[\p{Cc}\p{Cs}\p{Zl}\p{Zp}]/u;

export function faultsOf({ title, blocks }: Edited): FieldError[] {
  const faults: FieldError[] = [...textFaults("timetable.title", title, bounds.TABLE_TITLE, { empty: true })];
  const say = (field: string, message: string) => faults.push({ field, message });
  if (blocks.length === 0) say("timetable.blocks", t("review.fault.none"));
  if (blocks.length > bounds.BLOCKS) say("timetable.blocks", t("review.fault.many", { most: bounds.BLOCKS }));
  blocks.forEach((block, at) => {
    const field = `timetable.blocks[${at}]`;
    const good = { start: TIME.test(block.start), end: TIME.test(block.end) };
    if (!good.start) say(`${field}.start`, t("review.fault.time"));
    if (!good.end) say(`${field}.end`, t("review.fault.time"));
    else if (good.start && block.start >= block.end) say(`${field}.end`, t("review.fault.end", { start: block.start }));
    faults.push(...textFaults(`${field}.title`, block.title, bounds.TITLE, {}));
    faults.push(...textFaults(`${field}.notes`, block.notes, bounds.NOTES, { empty: true, lines: true }));
    const other = blocks.slice(0, at).find((each) => overlap(each, block));
    if (other) {
      say(field, t("review.fault.overlap", { title: other.title || "?", start: other.start, day: dayName(block.day) }));
    }
  });
  return faults;
}

export function reasonFaults(reason: string): FieldError[] {
  return textFaults("reason", reason, bounds.REASON, {});
}

function textFaults(field: string, value: string, most: number, may: { empty?: boolean; lines?: boolean }): FieldError[] {
  const text = value.trim();
  if (!text && !may.empty) return [{ field, message: t("review.fault.empty") }];
  if (Array.from(value).length > most) return [{ field, message: t("review.fault.long", { most }) }];
  if (INVISIBLE.test(may.lines ? text.replaceAll("\n", "") : text)) return [{ field, message: t("review.fault.signs") }];
  return [];
}

function overlap(one: EditedBlock, other: EditedBlock): boolean {
  return (
    one.day === other.day &&
    [one, other].every(({ start, end }) => TIME.test(start) && TIME.test(end) && start < end) &&
    one.start < other.end &&
    other.start < one.end
  );
}

/** The faults of one cell, or (without a field) of the block itself. */
export function faultAt(faults: readonly FieldError[], block: number, field?: Field): string | null {
  const name = `timetable.blocks[${block}]${field ? `.${field}` : ""}`;
  return faults.find((each) => each.field === name)?.message ?? null;
}

/** Where a fault is: which block, which field. Null where it is about the whole. */
export function placeOf(field: string): { block: number; field: Field | null } | null {
  const found = /^timetable\.blocks\[(\d+)\](?:\.(day|start|end|title|notes))?$/.exec(field);
  return found ? { block: Number(found[1]), field: (found[2] as Field | undefined) ?? null } : null;
}
