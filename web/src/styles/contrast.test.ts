import { readFileSync } from "node:fs";
import { expect, test } from "vitest";

const css = readFileSync("src/styles/tokens.css", "utf8");
const pairs = new Map(
  [...css.matchAll(/--([\w-]+): light-dark\((#\w{6}), (#\w{6})\)/g)].map(([, name, light, dark]) => [name, [light, dark]]),
);

function luminance(hex: string): number {
  const [r, g, b] = [1, 3, 5].map((at) => {
    const part = Number.parseInt(hex.slice(at, at + 2), 16) / 255;
    return part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4;
  });
  return 0.2126 * (r ?? 0) + 0.7152 * (g ?? 0) + 0.0722 * (b ?? 0);
}

function contrast(one: string, other: string, dark: number): number {
  const [a, b] = [one, other].map((name) => luminance(pairs.get(name)?.[dark] ?? "#000000"));
  return (Math.max(a ?? 0, b ?? 0) + 0.05) / (Math.min(a ?? 0, b ?? 0) + 0.05);
}

const TEXT = [
  ["ink", "page"], ["ink", "surface"], ["ink", "surface-2"], ["ink-2", "page"], ["ink-2", "surface"],
  ["ink-2", "surface-2"], ["accent", "page"], ["accent", "surface"], ["accent", "accent-soft"],
  ["accent-strong", "page"], ["on-accent", "accent"], ["on-accent", "accent-strong"],
  ["good", "good-soft"], ["warn", "warn-soft"], ["bad", "bad-soft"], ["bad", "surface"],
  ["ink", "good-soft"], ["ink", "warn-soft"], ["ink", "bad-soft"], ["ink", "accent-soft"],
] as const;
const EDGES = [["edge", "page"], ["edge", "surface"], ["focus", "page"], ["focus", "surface"], ["accent", "surface"]] as const;

test.each(TEXT)("%s can be read on %s", (ink, ground) => {
  for (const dark of [0, 1]) expect(contrast(ink, ground, dark), dark ? "dark" : "light").toBeGreaterThanOrEqual(4.5);
});

test.each(EDGES)("%s can be seen on %s", (edge, ground) => {
  for (const dark of [0, 1]) expect(contrast(edge, ground, dark), dark ? "dark" : "light").toBeGreaterThanOrEqual(3);
});
