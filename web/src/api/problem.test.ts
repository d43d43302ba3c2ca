import { expect, test } from "vitest";
import { explain, NoAnswerError, ProblemError, refusalOf, seconds } from "./problem";

const ours = (status: number, kind: string, more: object = {}, headers: Record<string, string> = {}) =>
  new Response(
    JSON.stringify({ type: `/problems/${kind}`, title: "Title.", status, detail: "Detail.", request_id: "r-1", ...more }),
    { status, headers: { "content-type": "application/problem+json", ...headers } },
  );
const said = async (response: Response) => explain(new ProblemError(await refusalOf(response)));

test("each fault of a field is a sentence", async () => {
  const errors = [
    { field: "size", message: "must be at most 20971520 bytes (20 MiB)" },
    { field: "content_type", message: "must be one of a, b" },
  ];
  expect(await said(ours(422, "invalid", { errors }))).toBe(
    "Size must be at most 20971520 bytes (20 MiB). Content type must be one of a, b.",
  );
});

test("how long to wait is said in minutes once that is easier", async () => {
  expect(await said(ours(429, "too-many-attempts", {}, { "retry-after": "840" }))).toBe(
    "Too many attempts. Try again in 14 minutes.",
  );
  expect(await said(ours(429, "too-many-requests", {}, { "retry-after": "1" }))).toBe(
    "That was a lot at once. Try again in 1 second.",
  );
});

test("a refusal of ours that has no words here is said in the API's own", async () => {
  expect(await said(ours(409, "review-taken"))).toBe("Title. Detail.");
});

test("what is ours to blame names the request", async () => {
  expect(await said(ours(500, "internal"))).toContain("r-1");
});

test("the gateway's own words, pages of a proxy and broken bodies are understood by their status", async () => {
  const json = { headers: { "content-type": "application/json" } };
  expect(await said(new Response('{"message":"Unauthorized"}', { status: 401, ...json }))).toContain("log in again");
  expect(await said(new Response("<html>", { status: 503 }))).toContain("busy");
  const broken = new Response("{", { status: 429, headers: { "content-type": "application/problem+json" } });
  expect(await said(broken)).toContain("busy");
});

test("no connection is no fault of anybody", () => {
  expect(explain(new NoAnswerError())).toContain("connection");
});

test("Retry-After is a number of seconds or a date, and has bounds", () => {
  const now = Date.parse("2026-11-21T10:00:00Z");
  expect(seconds("12", now)).toBe(12);
  expect(seconds("Sat, 21 Nov 2026 10:00:30 GMT", now)).toBe(30);
  expect(seconds("Sat, 21 Nov 2026 09:00:00 GMT", now)).toBe(0);
  expect(seconds("99999999", now)).toBe(3600);
  expect(seconds("soon", now)).toBeNull();
  expect(seconds(null, now)).toBeNull();
});
