/** Which doubt is about which block. */
import type { Schemas } from "../api/client";
import type { EditedBlock } from "./edit";

export type Doubt = Schemas["Doubt"];

/** The first block a doubt is about: at that time of that day, or (with no time) what was read there. */
export function blockOf(doubt: Doubt, blocks: readonly EditedBlock[]): EditedBlock | null {
  const { day, start, text } = doubt;
  const there = blocks.filter((block) => (day ? block.day === day : true));
  if (day && start) {
    return there.find((block) => block.start === start) ?? there.find((block) => block.start <= start && start < block.end) ?? null;
  }
  const said = text?.trim().toLowerCase();
  if (!said) return null;
  return there.find(({ title, notes }) => `${title} ${notes}`.toLowerCase().includes(said)) ?? null;
}

/** The doubts of each block, by its key; and those that are about none. */
export function byBlock(
  doubts: readonly Doubt[],
  blocks: readonly EditedBlock[],
): { of: ReadonlyMap<string, readonly number[]>; loose: readonly number[] } {
  const of = new Map<string, number[]>();
  const loose: number[] = [];
  doubts.forEach((doubt, at) => {
    const block = blockOf(doubt, blocks);
    if (block) of.set(block.key, [...(of.get(block.key) ?? []), at]);
    else loose.push(at);
  });
  return { of, loose };
}
