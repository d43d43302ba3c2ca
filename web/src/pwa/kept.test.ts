// @vitest-environment happy-dom
import "fake-indexeddb/auto";
import { afterEach, expect, it, vi } from "vitest";
import { NoAnswerError, ProblemError } from "../api/problem";

const ends: (() => void)[] = [];
const session = { state: { status: "in", user: { id: "ann" } } as object, onEnd: (end: () => void) => ends.push(end) };
vi.mock("../session/session", () => ({ session }));
const { orKept, forget } = await import("./kept");
const { keepFile, noteAnnounced, unsentOf, dropFile, MOST_BYTES } = await import("./outbox");

const be = (id: string) => (session.state = { status: "in", user: { id } });
const offline = () => Promise.reject(new NoAnswerError());
const answer = (said: string) => () => Promise.resolve(said);
const settled = () => new Promise((done) => setTimeout(done, 50));

afterEach(async () => {
  be("ann");
  await forget();
});

it("gives the last answer where there is no connection, and what went wrong where there is none", async () => {
  await expect(orKept("list", offline)).rejects.toThrow(NoAnswerError);
  await orKept("list", answer("old"));
  await orKept("list", answer("new"));
  await settled();
  expect(await orKept("list", offline)).toBe("new");
});

it("never shows one user what another was told", async () => {
  await orKept("list", answer("of ann"));
  await settled();
  be("bob");
  await expect(orKept("list", offline)).rejects.toThrow(NoAnswerError);
});

it("does not stand in for a refusal", async () => {
  await orKept("list", answer("kept"));
  await settled();
  const no = new ProblemError({ status: 404, kind: "not-found", title: "", detail: "", requestId: null, errors: [], retryAfter: null });
  await expect(orKept("list", () => Promise.reject(no))).rejects.toBe(no);
});

it("keeps a file and what was announced for it under its user, until the session ends", async () => {
  const file = new Blob(["x"]);
  const announced = { id: "d" } as never;
  expect(await keepFile("1", { user: "ann", file, name: "a.png", announced: null })).toBe(true);
  await noteAnnounced("1", announced);
  await noteAnnounced("gone", announced);
  expect((await unsentOf("ann")).map(([id, unsent]) => [id, unsent.name, unsent.announced])).toEqual([["1", "a.png", announced]]);
  expect(await unsentOf("bob")).toEqual([]);
  await orKept("list", answer("kept"));
  await settled();
  for (const end of ends) end();
  await settled();
  expect(await unsentOf("ann")).toEqual([]);
  await expect(orKept("list", offline)).rejects.toThrow(NoAnswerError);
});

it("says so where there is no room", async () => {
  const large = { size: MOST_BYTES + 1 } as Blob;
  expect(await keepFile("2", { user: "ann", file: large, name: "b.pdf", announced: null })).toBe(false);
  await dropFile("2");
});
