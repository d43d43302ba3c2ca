/** The one session of this page, and the calls it lives by. */
import createClient from "openapi-fetch";
import { useSyncExternalStore } from "react";
import type { paths } from "../api/openapi";
import { ProblemError, refusalOf } from "../api/problem";
import { sender } from "../api/send";
import { Keeper, type State, type Tokens } from "./keeper";
import { browserTabs } from "./tabs";
import { browserVault } from "./vault";

/** Calls without a token: those that make one. */
const open = createClient<paths>({ baseUrl: globalThis.location.origin, fetch: sender(null) });

export const session = new Keeper(
  {
    async refresh(refresh_token) {
      const { data, response } = await open.POST("/api/v1/auth/refresh", { body: { refresh_token } });
      if (data) return data;
      if (response.status === 401) return null;
      throw new ProblemError(await refusalOf(response));
    },
    async logout(refresh_token, access) {
      await open.POST("/api/v1/auth/logout", {
        body: { refresh_token },
        headers: { Authorization: `Bearer ${access}` },
      });
    },
  },
  browserVault(),
  browserTabs(),
);

/** Throws `ProblemError`. */
export async function logIn(email: string, password: string, keep: boolean): Promise<void> {
  const { data, error, response } = await open.POST("/api/v1/auth/login", { body: { email, password } });
  if (!data) throw new ProblemError(await refused(response, error));
  await session.enter(data satisfies Tokens, keep);
}

/** Whether the account is ready to log in, or its address has to be confirmed first. Throws `ProblemError`. */
export async function register(email: string, password: string): Promise<boolean> {
  const { data, error, response } = await open.POST("/api/v1/auth/register", { body: { email, password } });
  if (!data) throw new ProblemError(await refused(response, error));
  return data.confirmed;
}

export async function confirm(email: string, code: string): Promise<void> {
  const { error, response } = await open.POST("/api/v1/auth/confirm", { body: { email, code } });
  if (!response.ok) throw new ProblemError(await refused(response, error));
}

/** The client has read the body already: it is put back for who explains it. */
function refused(response: Response, body: unknown): ReturnType<typeof refusalOf> {
  return refusalOf(new Response(JSON.stringify(body ?? {}), response));
}

export function useSession(): State {
  return useSyncExternalStore(session.subscribe, () => session.state);
}
