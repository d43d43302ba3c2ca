import { expect, test } from "vitest";
import type { Summary } from "./queries";
import { matches } from "./search";

const document: Summary = {
  id: "d-1", name: "Emploi du temps — Été.pdf", status: "completed", reason: null, route: [], confidence: 99,
  created_at: "2026-11-20T12:00:00Z", finished_at: null,
};

test("words are found in any order, without accents and case", () => {
  expect(matches(document, "TEMPS ete", null)).toBe(true);
  expect(matches(document, "temps winter", null)).toBe(false);
  expect(matches(document, "  ", null)).toBe(true);
});

test("a date is found as people write it", () => {
  for (const words of ["2026-11-20", "november", "friday", "nov"]) expect(matches(document, words, null), words).toBe(true);
  expect(matches(document, "december", null)).toBe(false);
});

test("a status narrows", () => {
  expect(matches(document, "temps", "completed")).toBe(true);
  expect(matches(document, "temps", "rejected")).toBe(false);
});
