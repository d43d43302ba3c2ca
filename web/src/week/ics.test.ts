import { expect, test } from "vitest";
import { fileName } from "./download";
import { calendarOf, escape, fold } from "./ics";
import type { Block } from "./layout";

const block = (more: Partial<Block> = {}): Block => ({
  day: "monday", start: "09:00", end: "09:45", title: "Maths", notes: "", ...more,
});
// A Wednesday; the week began on the 16th.
const NOW = new Date(2026, 10, 18, 12, 0);
const lines = (blocks: Block[], title = "3b") =>
  calendarOf({ title, blocks }, title, "d-1", NOW).replace(/\r\n /g, "").split("\r\n");

test("a block is a weekly event in floating time, in the week it was made in", () => {
  const text = lines([block({ day: "sunday", notes: "Room 4" })]);
  expect(text).toContain("DTSTART:20261122T090000");
  expect(text).toContain("DTEND:20261122T094500");
  expect(text).toContain("RRULE:FREQ=WEEKLY");
  expect(text).toContain("DESCRIPTION:Room 4");
  expect(text.join("\n")).not.toMatch(/TZID|DTSTART.*Z/);
});

test("each block has its own UID, and the same one the next time", () => {
  const blocks = [block(), block({ start: "10:00", end: "11:00" }), block({ day: "friday" })];
  const uids = lines(blocks).filter((line) => line.startsWith("UID:"));
  expect(new Set(uids).size).toBe(3);
  expect(lines(blocks).filter((line) => line.startsWith("UID:"))).toEqual(uids);
});

test("a Sunday belongs to the week that ends with it", () => {
  const sunday = new Date(2026, 10, 22, 9);
  expect(calendarOf({ title: "", blocks: [block()] }, "x", "d", sunday)).toContain("DTSTART:20261116T090000");
});

test("text is escaped, and nothing in it ends a line or begins a property", () => {
  expect(escape("a;b,c\\d\r\nEND:VEVENT\u2028e\0")).toBe("a\\;b\\,c\\\\d\\nEND:VEVENT\\ne");
  const text = lines([block({ title: "x\r\nATTACH:http://evil.test", notes: "y\nBEGIN:VALARM" })]);
  expect(text.filter((line) => /^(ATTACH|BEGIN:VALARM)/.test(line))).toEqual([]);
});

test("lines have at most 75 octets, and no character is cut in two", () => {
  const long = `SUMMARY:${"Größenverhältnisse 👩‍🏫 ".repeat(12)}`;
  const folded = fold(long).split("\r\n");
  for (const piece of folded) expect(new TextEncoder().encode(piece).length).toBeLessThanOrEqual(75);
  expect(folded.length).toBeGreaterThan(3);
  expect(folded.map((piece, at) => (at ? piece.slice(1) : piece)).join("")).toBe(long);
  expect(folded.join("")).not.toContain("\ufffd");
});

test("every line ends as the standard wants, the last too", () => {
  const text = calendarOf({ title: "", blocks: [block()] }, "3b", "d", NOW);
  expect(text.endsWith("END:VCALENDAR\r\n")).toBe(true);
  expect(text.replace(/\r\n/g, "")).not.toMatch(/[\r\n]/);
});

test("the file is called after the timetable, and after nothing a disk minds", () => {
  expect(fileName("Klasse 3b / Frühling: 2026")).toBe("Klasse-3b-Frühling-2026");
  expect(fileName("../..")).toBe("timetable");
});
