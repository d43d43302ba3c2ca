import { describe, expect, it } from "vitest";
import { bounds } from "../api/bounds";
import { editedOf } from "./edit";
import { faultAt, faultsOf, placeOf, reasonFaults } from "./faults";

const GOOD = { day: "monday", start: "09:00", end: "09:45", title: "Maths", notes: "" } as const;
type Raw = Omit<typeof GOOD, "day" | "start" | "end" | "title" | "notes"> & Record<string, string>;

function fields(...blocks: Raw[]): string[] {
  const edited = editedOf({ title: "", blocks: blocks.map((each) => ({ ...GOOD, ...each })) });
  return faultsOf(edited).map(({ field }) => field);
}

describe("what the API would refuse is said before", () => {
  it("has nothing to say of a good week, and of blocks that touch", () => {
    expect(fields({})).toEqual([]);
    expect(fields({}, { start: "09:45", end: "10:30" })).toEqual([]);
  });

  it.each([
    [{ start: "9:00" }, "start"],
    [{ start: "٠٩:٠٠" }, "start"],
    [{ end: "24:00" }, "end"],
    [{ end: "09:00" }, "end"],
    [{ title: " " }, "title"],
    [{ title: "a\nb" }, "title"],
    [{ title: "x".repeat(bounds.TITLE + 1) }, "title"],
    [{ notes: "x".repeat(bounds.NOTES + 1) }, "notes"],
  ])("%j is a fault of %s", (change, field) => {
    expect(fields(change as Raw)).toEqual([`timetable.blocks[0].${field}`]);
  });

  it("lets notes have several lines", () => {
    expect(fields({ notes: "Room 7\nMs Ash" })).toEqual([]);
  });

  it("tells all faults at once, each where it is", () => {
    expect(fields({ start: "x", title: "" }, { end: "y" })).toEqual([
      "timetable.blocks[0].start",
      "timetable.blocks[0].title",
      "timetable.blocks[1].end",
    ]);
  });

  it("names the later of two blocks that overlap, and none of different days", () => {
    expect(fields({}, { start: "09:30", end: "10:00" })).toEqual(["timetable.blocks[1]"]);
    expect(fields({}, { day: "tuesday" })).toEqual([]);
  });

  it("wants at least one block, and no more than the API takes", () => {
    expect(fields()).toEqual(["timetable.blocks"]);
    const many = Array.from({ length: bounds.BLOCKS + 1 }, () => ({}));
    expect(fields(...many)[0]).toBe("timetable.blocks");
  });

  it("wants a reason for a refusal", () => {
    expect(reasonFaults(" ")).toHaveLength(1);
    expect(reasonFaults("This is a menu.")).toEqual([]);
  });
});

it("finds the cell a fault is about by the name the API gives it", () => {
  expect(placeOf("timetable.blocks[3].end")).toEqual({ block: 3, field: "end" });
  expect(placeOf("timetable.blocks[12]")).toEqual({ block: 12, field: null });
  expect(placeOf("timetable.title")).toBeNull();
  expect(faultAt([{ field: "timetable.blocks[1].end", message: "no" }], 1, "end")).toBe("no");
});
