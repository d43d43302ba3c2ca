import { expect, test } from "vitest";
import { check, kindOf, nameFor } from "./check";
import { limitsIn } from "./limits";

const bytes = (text: string) => Uint8Array.from(text, (each) => each.charCodeAt(0));

test.each([
  ["\x89PNG\r\n\x1a\n....", "image/png"],
  ["\xff\xd8\xff\xe0....", "image/jpeg"],
  ["%PDF-1.7", "application/pdf"],
  ["\0\0 printer noise \0 %PDF-1.4", "application/pdf"],
])("%j is %s, whatever it is called", (head, kind) => {
  expect(kindOf(bytes(head))).toBe(kind);
});

test.each([
  ["PK\x03\x04word/document.xml", "zip"],
  ["\0\0\0\x18ftypheic", "heic"],
  ["\0\0\0\x20ftypmp42", "heic"],
  ["GIF89a", "picture"],
  ["RIFF\x10\x20\n\x00WEBPVP8 ", "picture"],
  ["<?xml version='1.0'?><svg", "picture"],
  ["\x89PNG", "other"],
  ["MZ\x90\0", "other"],
  ["timetable,monday", "other"],
])("%j is refused as %s", (head, refused) => {
  expect(kindOf(bytes(head))).toEqual({ refused });
});

test("size is judged by what the API says, and an empty file is nothing", async () => {
  const pdf = new Blob(["%PDF-1.4 ", "x".repeat(100)]);
  expect(await check(pdf, { size: 109 })).toBe("application/pdf");
  expect(await check(pdf, { size: 108 })).toEqual({ refused: "large" });
  expect(await check(pdf, { size: null })).toBe("application/pdf");
  expect(await check(new Blob([]), { size: null })).toEqual({ refused: "empty" });
});

test("the limit stands in the OpenAPI document, and a document without it says nothing", () => {
  const of = (maximum: unknown) => ({
    components: { schemas: { NewDocument: { properties: { size: { maximum } } } } },
  });
  expect(limitsIn(of(20971520))).toEqual({ size: 20971520 });
  expect(limitsIn(of("20"))).toEqual({ size: null });
  expect(limitsIn({ components: null })).toEqual({ size: null });
});

test("names are cleaned of what the API refuses, and nothing else", () => {
  expect(nameFor("week\u202egnp.exe")).toBe("weekgnp.exe");
  expect(nameFor("3b\u0000 Stunden\u2028plan.pdf ")).toBe("3b Stundenplan.pdf");
  expect(nameFor("../../<b>.png")).toBe("../../<b>.png");
  expect(nameFor("هفته\u200cها 👩\u200d🏫.png")).toBe("هفته\u200cها 👩\u200d🏫.png");
  expect(nameFor("\u200b")).toBe("timetable");
  expect(Array.from(nameFor("é".repeat(400)))).toHaveLength(255);
});
