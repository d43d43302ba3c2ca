import { expect, it } from "vitest";
import { IDLE_MS, next } from "./hold";
import { nameOf } from "./shortcuts";

const MINUTE = 60_000;
const UNTIL = 30 * MINUTE;

it.each([
  [5, 5, "keep"],
  [15, 14, "renew"],
  [20, 20 - IDLE_MS / MINUTE, "keep"],
  [28, 0, "warn"],
  [28, 27, "renew"],
  [30, 30, "over"],
] as const)("after %i minutes, with the last work at %i, a claim of 30 minutes is to %s", (now, worked, what) => {
  expect(next(0, UNTIL, now * MINUTE, worked * MINUTE)).toBe(what);
});

it("calls keys by what is pressed", () => {
  const key = { key: "Z", ctrlKey: false, metaKey: false, shiftKey: true, altKey: false };
  expect(nameOf({ ...key, metaKey: true })).toBe("mod+shift+z");
  expect(nameOf({ ...key, key: "?" })).toBe("?");
  expect(nameOf({ ...key, key: "Enter", ctrlKey: true, shiftKey: false })).toBe("mod+Enter");
});
