import { expect, it } from "vitest";
import { byBlock, blockOf } from "./doubts";
import { editedOf } from "./edit";

const { blocks } = editedOf({
  title: "",
  blocks: [
    { day: "monday", start: "09:00", end: "09:45", title: "Maths", notes: "Room 4" },
    { day: "monday", start: "10:00", end: "11:00", title: "Art", notes: "" },
    { day: "tuesday", start: "09:00", end: "09:45", title: "Art", notes: "" },
  ],
});
const doubt = (place: object) => ({ rule: "r", why: "w", ...place });

it.each([
  [{ day: "monday", start: "09:00" }, "p0"],
  [{ day: "monday", start: "10:30" }, "p1"],
  [{ day: "tuesday", text: "art" }, "p2"],
  [{ text: "Room 4" }, "p0"],
  [{ day: "monday", start: "11:00" }, undefined],
  [{ day: "friday" }, undefined],
  [{}, undefined],
])("a doubt about %j belongs to block %s", (place, key) => {
  expect(blockOf(doubt(place), blocks)?.key).toBe(key);
});

it("keeps apart what belongs to a block and what to none", () => {
  const { of, loose } = byBlock([doubt({ day: "monday", start: "09:00" }), doubt({}), doubt({ text: "maths" })], blocks);
  expect([...of]).toEqual([["p0", [0, 2]]]);
  expect(loose).toEqual([1]);
});
