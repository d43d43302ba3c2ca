// @vitest-environment node
import { readFileSync } from "node:fs";
import { describe, expect, it, vi } from "vitest";
import { filled } from "./plugin";

const SOURCE = readFileSync("src/pwa/sw.js", "utf8");
const ORIGIN = "https://site.example";

/** The worker as the build makes it, with a cache that holds what it was asked to keep. */
function worker(others: string[] = []) {
  const heard: Record<string, (event: object) => void> = {};
  const caches = new Map<string, Set<string>>(others.map((name) => [name, new Set()]));
  const self = {
    location: new URL(ORIGIN),
    clients: { claim: vi.fn() },
    skipWaiting: vi.fn(),
    addEventListener: (name: string, handler: (event: object) => void) => (heard[name] = handler),
  };
  const storage = {
    open: (name: string) => {
      const files = caches.get(name) ?? new Set();
      caches.set(name, files);
      return Promise.resolve({
        addAll: (requests: Request[]) => {
          for (const { url } of requests) files.add(new URL(url).pathname);
          return Promise.resolve();
        },
        match: (path: string) => Promise.resolve(files.has(path) ? `kept ${path}` : undefined),
      });
    },
    keys: () => Promise.resolve([...caches.keys()]),
    delete: (name: string) => Promise.resolve(caches.delete(name)),
  };
  const network = vi.fn(() => Promise.resolve("network"));
  const request = class extends Request {
    constructor(path: string) {
      super(new URL(path, ORIGIN));
    }
  };
  // eslint-disable-next-line @typescript-eslint/no-implied-eval, @typescript-eslint/no-unsafe-call
  new Function("self", "caches", "fetch", "Request", filled(SOURCE, ["/", "/assets/a-1.js"], "v2"))(self, storage, network, request);
  const said = async (name: string, event: object = {}): Promise<unknown> => {
    let answer: Promise<unknown> | undefined;
    const take = (given: Promise<unknown>) => (answer = given);
    heard[name]?.({ waitUntil: take, respondWith: take, ...event });
    return await answer;
  };
  const asked = (url: string, more: object = {}) =>
    said("fetch", { request: { method: "GET", mode: "cors", url: new URL(url, ORIGIN).href, headers: new Headers(), ...more } });
  return { asked, said, caches, self, network };
}

describe("the service worker", () => {
  it("opens any page from what it kept", async () => {
    const { asked, said } = worker();
    await said("install");
    expect(await asked("/documents/1", { mode: "navigate" })).toBe("kept /");
    expect(await asked("/assets/a-1.js")).toBe("kept /assets/a-1.js");
  });

  it.each([
    ["/api/v1/documents", {}],
    ["/api/v1/documents", { mode: "navigate" }],
    ["/ws", {}],
    ["/health", {}],
    ["https://bucket.example/scan.png", {}],
    ["/", { method: "POST" }],
    ["/assets/a-1.js", { headers: new Headers({ authorization: "Bearer t" }) }],
    ["/assets/other.js", {}],
  ])("leaves %s %j alone", async (url, more) => {
    const { asked, said, network } = worker();
    await said("install");
    expect(await asked(url, more)).toBeUndefined();
    expect(network).not.toHaveBeenCalled();
  });

  it("takes over when it is told to, and then throws away what older ones kept", async () => {
    const { said, caches, self } = worker(["pilaster-v1", "somebody-elses"]);
    await said("install");
    expect(self.skipWaiting).not.toHaveBeenCalled();
    await said("message", { data: "take-over" });
    expect(self.skipWaiting).toHaveBeenCalledOnce();
    await said("activate");
    expect([...caches.keys()]).toEqual(["somebody-elses", "pilaster-v2"]);
  });
});
