/** The API, typed by its OpenAPI document (`npm run types`). Refusals are thrown as `ProblemError`. */
import createClient, { type Middleware } from "openapi-fetch";
import { session } from "../session/session";
import type { components, paths } from "./openapi";
import { ProblemError, refusalOf } from "./problem";
import { sender } from "./send";

export type Schemas = components["schemas"];

const refusals: Middleware = {
  async onResponse({ response }) {
    if (!response.ok) throw new ProblemError(await refusalOf(response));
  },
};

/** The site's own origin: the Content-Security-Policy lets the page call no other. */
const base = { baseUrl: globalThis.location.origin };

export const api = createClient<paths>({ ...base, fetch: sender(session) });
api.use(refusals);

/** The data of an answer: what was refused was thrown, so there is some. */
export async function data<T>(answer: Promise<{ data?: T; response: Response }>): Promise<T> {
  return (await answer).data as T;
}
