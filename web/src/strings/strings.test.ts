import { expect, test } from "vitest";
import { choose, t } from ".";
import { en } from "./en";
import { write } from "./message";

test("a plural follows the language, and numbers are written as it writes them", () => {
  const found = { one: "{count} Stunde", other: "{count} Stunden" };
  expect(write(found, { count: 1 }, "de")).toBe("1 Stunde");
  expect(write(found, { count: 12345 }, "de")).toBe("12.345 Stunden");
  const polish = { one: "{count} plik", few: "{count} pliki", other: "{count} plików" };
  expect([1, 3, 5].map((count) => write(polish, { count }, "pl"))).toEqual(["1 plik", "3 pliki", "5 plików"]);
});

test("what is put in is text and no template", () => {
  expect(write("{a} {b}", { a: "{b}", b: "$&" }, "en")).toBe("{b} $&");
});

test("a language we do not have is English", () => {
  expect(choose(["tlh", "xx-YY"])).toBe("en");
  expect(choose(["en-GB", "de"])).toBe("en");
});

test("no text is empty", () => {
  for (const [key, text] of Object.entries(en)) expect(JSON.stringify(text), key).not.toMatch(/""/);
  expect(t("documents.count", { count: 2 })).toBe("2 timetables");
});
