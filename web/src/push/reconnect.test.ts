import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { Reconnecting } from "./reconnect";

class Plug {
  static all: Plug[] = [];
  onopen: (() => void) | null = null;
  onclose: (() => void) | null = null;
  onmessage: ((event: { data: unknown }) => void) | null = null;
  sent: string[] = [];
  closed = false;
  constructor(readonly address: string) {
    Plug.all.push(this);
  }
  send(text: string): void {
    this.sent.push(text);
  }
  close(): void {
    this.closed = true;
  }
}

beforeEach(() => {
  vi.useFakeTimers();
  Plug.all = [];
});
afterEach(() => vi.useRealTimers());

function socket(address: () => Promise<string | null>) {
  const heard: unknown[] = [];
  const line = new Reconnecting(
    { address, open: (where) => new Plug(where) as unknown as WebSocket, random: () => 1 },
    { opened: () => heard.push("opened"), closed: () => heard.push("closed"), said: (message) => heard.push(message) },
  );
  return { line, heard };
}

const tick = (milliseconds = 0) => vi.advanceTimersByTimeAsync(milliseconds);

test("each try has a ticket of its own, and pauses grow", async () => {
  let tickets = 0;
  const { line } = socket(() => Promise.resolve(`ws://x/ws?ticket=${++tickets}`));
  line.start();
  await tick();
  for (const pause of [1000, 2000, 4000]) {
    Plug.all.at(-1)?.onclose?.();
    await tick(pause - 1);
    const before = Plug.all.length;
    await tick(1);
    expect(Plug.all.length).toBe(before + 1);
  }
  expect(Plug.all.map(({ address }) => address.at(-1))).toEqual(["1", "2", "3", "4"]);
});

test("a socket that lived is followed by another soon", async () => {
  const { line, heard } = socket(() => Promise.resolve("ws://x"));
  line.start();
  await tick();
  Plug.all[0]?.onclose?.();
  await tick(1000);
  Plug.all[1]?.onopen?.();
  await tick(60_000);
  Plug.all[1]?.onclose?.();
  await tick(1000);
  expect(Plug.all).toHaveLength(3);
  expect(heard).toEqual(["closed", "opened", "closed"]);
});

test("it says something before the gateway takes it for dead", async () => {
  const { line } = socket(() => Promise.resolve("ws://x"));
  line.start();
  await tick();
  Plug.all[0]?.onopen?.();
  await tick(9 * 60_000);
  expect(Plug.all[0]?.sent).toEqual(['{"action":"ping"}', '{"action":"ping"}']);
});

test("what is no JSON is not listened to", async () => {
  const { line, heard } = socket(() => Promise.resolve("ws://x"));
  line.start();
  await tick();
  for (const data of ["{", 7, '{"type":"job.completed"}']) Plug.all[0]?.onmessage?.({ data });
  expect(heard).toEqual([{ type: "job.completed" }]);
});

test("where nobody is logged in nothing more is tried, and a ticket that fails is asked for again", async () => {
  let asked = 0;
  const out = socket(() => Promise.resolve(((asked += 1), null)));
  out.line.start();
  await tick(600_000);
  expect(asked).toBe(1);
  let failed = 0;
  const down = socket(() => (++failed, Promise.reject(new Error("503"))));
  down.line.start();
  await tick(3001);
  expect(failed).toBe(3);
  down.line.hurry();
  await tick();
  expect(failed).toBe(4);
});

test("stopped is stopped: a ticket that comes later opens nothing", async () => {
  let give: (address: string) => void = () => undefined;
  const { line } = socket(() => new Promise((resolve) => (give = resolve)));
  line.start();
  line.stop();
  give("ws://x");
  await tick(600_000);
  expect(Plug.all).toEqual([]);
});
