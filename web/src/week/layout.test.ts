import { expect, test } from "vitest";
import { type Block, hueOf, layOut } from "./layout";

const block = (day: Block["day"], start: string, end: string, title = "x"): Block => ({ day, start, end, title, notes: "" });

test("rows are the stretches between all moments at which something starts or ends", () => {
  const week = layOut([block("monday", "09:00", "10:00"), block("tuesday", "09:30", "11:00")]);
  expect(week.rows).toEqual([
    { start: "09:00", minutes: 30, marked: true },
    { start: "09:30", minutes: 30, marked: true },
    { start: "10:00", minutes: 60, marked: false },
  ]);
  expect(week.end).toBe("11:00");
  expect(week.days.find(({ day }) => day === "tuesday")?.blocks).toMatchObject([{ from: 2, to: 4 }]);
});

test("school days are always there, a weekend where something is on", () => {
  const names = (blocks: Block[]) => layOut(blocks).days.map(({ day }) => day);
  expect(names([block("wednesday", "09:00", "10:00")])).toHaveLength(5);
  expect(names([block("sunday", "09:00", "10:00")])).toEqual([
    "monday", "tuesday", "wednesday", "thursday", "friday", "sunday",
  ]);
});

test("blocks of a day follow each other, however they came", () => {
  const week = layOut([block("monday", "11:00", "12:00", "b"), block("monday", "08:00", "09:00", "a")]);
  expect(week.days[0]?.blocks.map(({ block }) => block.title)).toEqual(["a", "b"]);
});

test("a subject has one colour on every day", () => {
  const titles = ["Maths", "English"];
  expect(hueOf("English", titles)).toBe(1);
});

test("a week without blocks is a week", () => {
  expect(layOut([]).rows).toEqual([]);
});
