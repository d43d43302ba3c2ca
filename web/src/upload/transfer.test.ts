import { expect, test } from "vitest";
import { NoAnswerError, ProblemError } from "../api/problem";
import { pauseBefore, transfer, UploadRefusedError, type Ways } from "./transfer";

const FILE = new Blob(["%PDF-1.4"]);

function refusal(status: number, kind: string | null): ProblemError {
  return new ProblemError({
    status, kind, title: "", detail: "", requestId: null, errors: [], retryAfter: null,
  });
}

/** A store that answers as it is told, and remembers what was done. */
function store(answers: (number | Error)[], announcing: Error[] = []) {
  const done: string[] = [];
  const clock = { now: Date.parse("2026-11-21T10:00:00Z") };
  let documents = 0;
  const ways: Ways = {
    announce: () => {
      const broken = announcing.shift();
      if (broken) return Promise.reject(broken);
      documents += 1;
      done.push(`announce ${documents}`);
      return Promise.resolve({
        id: `d-${documents}`,
        status: "pending",
        upload: {
          url: `http://store.test/${documents}`,
          method: "PUT",
          headers: {},
          expires_at: new Date(clock.now + 900_000).toISOString(),
        },
      });
    },
    put: ({ url }) => {
      done.push(`put ${url.slice(-1)}`);
      const answer = answers.shift() ?? 200;
      return typeof answer === "number" ? Promise.resolve(answer) : Promise.reject(answer);
    },
    withdraw: (id) => Promise.resolve(void done.push(`withdraw ${id}`)),
    pause: () => {
      done.push("pause");
      return Promise.resolve();
    },
    now: () => clock.now,
  };
  const run = (signal = new AbortController().signal, lost: () => void = () => undefined) =>
    transfer(FILE, "a.pdf", "application/pdf", ways, { announced: () => undefined, progress: () => undefined, lost }, signal);
  return { done, clock, ways, run };
}

test("a file that arrives is announced once and put once", async () => {
  const { done, run } = store([200]);
  expect(await run()).toBe("d-1");
  expect(done).toEqual(["announce 1", "put 1"]);
});

test("a connection that breaks is tried again over the same link", async () => {
  const { done, run } = store([new NoAnswerError(), new NoAnswerError(), 200]);
  let lost = 0;
  expect(await run(undefined, () => void (lost += 1))).toBe("d-1");
  expect(lost).toBe(2);
  expect(done).toEqual(["announce 1", "put 1", "pause", "put 1", "pause", "put 1"]);
});

test("a link that has ended meanwhile is renewed, and its document forgotten", async () => {
  const { done, clock, ways, run } = store([new NoAnswerError(), 200]);
  ways.pause = () => Promise.resolve(void (clock.now += 3_600_000));
  expect(await run()).toBe("d-2");
  expect(done).toEqual(["announce 1", "put 1", "withdraw d-1", "announce 2", "put 2"]);
});

test("a store that says the link is over gets a new one", async () => {
  const { run } = store([403, 200]);
  expect(await run()).toBe("d-2");
});

test("a file that had come already has arrived", async () => {
  const { run } = store([new NoAnswerError(), 412]);
  expect(await run()).toBe("d-1");
});

test("a store that keeps refusing is told, and leaves nothing behind", async () => {
  const { done, run } = store([403, 403, 403]);
  await expect(run()).rejects.toBeInstanceOf(UploadRefusedError);
  expect(done.filter((each) => each.startsWith("withdraw"))).toEqual(["withdraw d-1", "withdraw d-2", "withdraw d-3"]);
});

test("what the API refuses for good is not tried again; what passes is", async () => {
  const forGood = store([], [refusal(422, "invalid")]);
  await expect(forGood.run()).rejects.toBeInstanceOf(ProblemError);
  expect(forGood.done).toEqual([]);
  const passing = store([], [refusal(503, "unavailable"), new NoAnswerError()]);
  expect(await passing.run()).toBe("d-1");
});

test("a cancelled upload stops and is forgotten", async () => {
  const stop = new AbortController();
  const { done, ways, run } = store([]);
  ways.put = () => {
    stop.abort();
    return Promise.reject(new DOMException("cancelled", "AbortError"));
  };
  await expect(run(stop.signal)).rejects.toThrow();
  expect(done).toEqual(["announce 1", "withdraw d-1"]);
});

test("pauses grow up to half a minute, and are never all alike", () => {
  expect([0, 1, 2, 3].map((tries) => pauseBefore(tries, () => 1))).toEqual([1, 2, 4, 8]);
  expect(pauseBefore(20, () => 1)).toBe(30);
  expect(pauseBefore(20, () => 0)).toBe(15);
});
