import { expect, test } from "vitest";
import { NoAnswerError } from "./problem";
import { sender, waitBefore } from "./send";

const problem = (status: number, kind: string, headers: Record<string, string> = {}) =>
  new Response(JSON.stringify({ type: `/problems/${kind}`, title: kind, status, detail: "", request_id: "r" }), {
    status,
    headers: { "content-type": "application/problem+json", ...headers },
  });
const gateway = (status: number) =>
  new Response('{"message":"x"}', { status, headers: { "content-type": "application/json" } });

function server(...answers: (Response | Error)[]) {
  const seen: Request[] = [];
  const waited: number[] = [];
  const fetching = (request: RequestInfo | URL) => {
    seen.push(request as Request);
    const answer = answers.shift() ?? new Response("{}");
    return answer instanceof Error ? Promise.reject(answer) : Promise.resolve(answer);
  };
  const pause = (seconds: number) => Promise.resolve(void waited.push(seconds));
  return { seen, waited, fetching, pause };
}

const get = () => new Request("http://site.test/api/v1/documents");
const post = () => new Request("http://site.test/api/v1/documents", { method: "POST", body: "{}" });

test.each([
  ["GET", problem(503, "unavailable", { "retry-after": "5" }), 5],
  ["POST", problem(503, "unavailable", { "retry-after": "5" }), 5],
  ["GET", problem(503, "out-of-time", { "retry-after": "10" }), 10],
  ["POST", problem(503, "out-of-time", { "retry-after": "10" }), null], // something may have been done
  ["POST", problem(429, "too-many-requests", { "retry-after": "3" }), 3],
  ["POST", problem(429, "too-many-attempts", { "retry-after": "3" }), null],
  ["POST", gateway(429), 1],
  ["GET", gateway(500), 1],
  ["POST", gateway(500), null],
  ["POST", gateway(503), null],
  ["GET", problem(404, "not-found"), null],
])("%s is repeated as docs/api.md says (%#)", async (method, response, wait) => {
  expect(await waitBefore(method, response)).toBe(wait);
});

test("what may be repeated is, after the time that was asked for", async () => {
  const { seen, waited, fetching, pause } = server(problem(503, "unavailable", { "retry-after": "2" }));
  const response = await sender(null, fetching, pause)(post());
  expect(response.status).toBe(200);
  expect(seen).toHaveLength(2);
  expect(waited[0]).toBeGreaterThanOrEqual(2);
  expect(await seen[1]?.text()).toBe("{}");
});

test("a wait that is too long for a person is theirs to know", async () => {
  const { seen, fetching, pause } = server(problem(429, "too-many-requests", { "retry-after": "60" }));
  expect((await sender(null, fetching, pause)(get())).status).toBe(429);
  expect(seen).toHaveLength(1);
});

test("it does not go on for ever", async () => {
  const { seen, fetching, pause } = server(...Array.from({ length: 9 }, () => gateway(429)));
  expect((await sender(null, fetching, pause)(get())).status).toBe(429);
  expect(seen).toHaveLength(4);
});

test("a token that is not taken is renewed once", async () => {
  const session = { token: () => Promise.resolve("old"), renewed: () => Promise.resolve("new") };
  const { seen, fetching } = server(gateway(401), gateway(401));
  expect((await sender(session, fetching)(get())).status).toBe(401);
  expect(seen.map((each) => each.headers.get("authorization"))).toEqual(["Bearer old", "Bearer new"]);
});

test("a connection that breaks is told apart from a refusal", async () => {
  const { fetching } = server(new TypeError("failed to fetch"));
  await expect(sender(null, fetching)(get())).rejects.toBeInstanceOf(NoAnswerError);
});
