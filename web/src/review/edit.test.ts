import { describe, expect, it } from "vitest";
import { begin, change, type Change, correctionOf, editedOf, type History, same, tidy } from "./edit";

const TABLE = {
  title: "4b",
  blocks: [
    { day: "monday", start: "09:00", end: "09:45", title: "Maths", notes: "Room 4" },
    { day: "tuesday", start: "10:00", end: "10:30", title: "Art", notes: "" },
  ],
} as const;

function after(...changes: Change[]): History {
  return changes.reduce(change, begin(editedOf({ title: TABLE.title, blocks: [...TABLE.blocks] })));
}

describe("a week that is corrected", () => {
  it("is sent as it was proposed while nothing changed", () => {
    expect(correctionOf(after().now)).toEqual(TABLE);
  });

  it("goes back step by step, and forth again until something else is done", () => {
    const twice = after(
      { do: "set", key: "p0", field: "title", value: "English" },
      { do: "set", key: "p1", field: "start", value: "10.05" },
    );
    const back = change(change(twice, { do: "undo" }), { do: "undo" });
    expect(same(back.now, after().now)).toBe(true);
    expect(change(change(back, { do: "redo" }), { do: "redo" }).now).toEqual(twice.now);
    expect(change(change(back, { do: "title", value: "5c" }), { do: "redo" }).now.title).toBe("5c");
    expect(change(after(), { do: "undo" })).toEqual(after());
  });

  it("is no step further where nothing became different", () => {
    expect(after({ do: "set", key: "p0", field: "start", value: "9" }).past).toEqual([]);
  });

  it("gets a block below the one that is looked at, when that one ends and as long", () => {
    const { blocks } = after({ do: "add", key: "n", after: "p0" }).now;
    expect(blocks.map(({ key, day, start, end }) => [key, day, start, end])).toEqual([
      ["p0", "monday", "09:00", "09:45"],
      ["n", "monday", "09:45", "10:30"],
      ["p1", "tuesday", "10:00", "10:30"],
    ]);
  });

  it("gets a block where a doubt says there is none, as long as other days have it", () => {
    const { blocks } = after({ do: "add", key: "n", after: null, at: { day: "monday", start: "10:00" } }).now;
    expect(blocks[1]).toMatchObject({ key: "n", day: "monday", start: "10:00", end: "10:30" });
  });

  it("never reaches past the end of the day, and begins somewhere where there is nothing", () => {
    const late = after({ do: "set", key: "p1", field: "end", value: "23:50" }, { do: "add", key: "n", after: "p1" });
    expect(late.now.blocks[2]).toMatchObject({ start: "23:50", end: "23:59" });
    const empty = change(begin(editedOf(null)), { do: "add", key: "n", after: null });
    expect(empty.now.blocks[0]).toMatchObject({ day: "monday", start: "08:00", end: "08:45" });
  });

  it("is put in order when asked, not while somebody types", () => {
    const moved = after({ do: "set", key: "p0", field: "day", value: "friday" });
    expect(moved.now.blocks.map(({ key }) => key)).toEqual(["p0", "p1"]);
    expect(change(moved, { do: "sort" }).now.blocks.map(({ key }) => key)).toEqual(["p1", "p0"]);
  });
});

it.each([
  ["9", "09:00"],
  ["930", "09:30"],
  ["9.30", "09:30"],
  ["9:30", "09:30"],
  [" 14:05 ", "14:05"],
  ["soon", "soon"],
])("a time typed as %j becomes %j", (typed, time) => {
  expect(tidy("start", typed)).toBe(time);
  expect(tidy("title", typed)).toBe(typed);
});
