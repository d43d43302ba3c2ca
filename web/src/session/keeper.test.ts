import { expect, test } from "vitest";
import { NoAnswerError } from "../api/problem";
import { type Calls, Keeper, type Tabs, type Told, type Tokens } from "./keeper";
import type { Kept, Vault } from "./vault";

/** A browser: what its tabs share. */
class Browser {
  kept: Kept | null = null;
  readonly #ears = new Map<object, (message: Told) => void>();
  #turn: Promise<unknown> = Promise.resolve();

  vault(): Vault {
    return {
      read: () => Promise.resolve(this.kept),
      write: (value) => Promise.resolve(void (this.kept = value)),
      clear: () => Promise.resolve(void (this.kept = null)),
    };
  }

  tabs(): Tabs {
    const me = {};
    return {
      alone: (work) => {
        const mine = this.#turn.then(work);
        this.#turn = mine.catch(() => undefined);
        return mine;
      },
      tell: (message) => {
        for (const [whose, ear] of this.#ears) if (whose !== me) ear(structuredClone(message));
      },
      listen: (heard) => void this.#ears.set(me, heard),
    };
  }
}

/** The API: refresh tokens are good once. */
class Directory implements Calls {
  refreshed = 0;
  loggedOut: string[] = [];
  good = "refresh-0";
  lost = 0;

  async refresh(token: string): Promise<Tokens | null> {
    await Promise.resolve();
    if (this.lost > 0) {
      this.lost -= 1;
      throw new NoAnswerError();
    }
    if (token !== this.good) return null;
    this.refreshed += 1;
    this.good = `refresh-${this.refreshed}`;
    return tokens(this.refreshed);
  }

  logout(token: string): Promise<void> {
    this.loggedOut.push(token);
    return Promise.resolve();
  }
}

function jwt(claims: object): string {
  return `h.${btoa(JSON.stringify(claims)).replace(/\+/g, "-").replace(/\//g, "_").replace(/=/g, "")}.s`;
}

function tokens(round: number, user = "u-1"): Tokens {
  return {
    access_token: jwt({ sub: user, round, "cognito:groups": ["reviewers"] }),
    id_token: jwt({ sub: user, email: "ann@example.org" }),
    refresh_token: `refresh-${round}`,
    expires_in: 300,
  };
}

const at = { now: 0 };
const tab = (browser: Browser, directory: Directory) =>
  new Keeper(directory, browser.vault(), browser.tabs(), () => at.now, () => Promise.resolve());

async function twoTabs(): Promise<[Browser, Directory, Keeper, Keeper]> {
  at.now = 0;
  const browser = new Browser();
  const directory = new Directory();
  const one = tab(browser, directory);
  await one.start();
  await one.enter(tokens(0), true);
  const other = tab(browser, directory);
  await other.start();
  return [browser, directory, one, other];
}

const settled = () => new Promise((done) => setTimeout(done, 5));

test("who logs in is known by what the tokens say", async () => {
  const [, , one] = await twoTabs();
  expect(one.state).toEqual({ status: "in", user: { id: "u-1", email: "ann@example.org", reviewer: true } });
});

test("a token that lasts is used again, and nobody is asked", async () => {
  const [, directory, one] = await twoTabs();
  expect(await one.token()).toBe(tokens(0).access_token);
  expect(directory.refreshed).toBe(0);
});

test("two tabs and many requests at once refresh once", async () => {
  const [, directory, one, other] = await twoTabs();
  at.now = 280_000; // less than the margin is left
  const given = await Promise.all([one.token(), one.token(), other.token(), other.token(), one.token()]);
  expect(directory.refreshed).toBe(1);
  expect(new Set(given)).toEqual(new Set([tokens(1).access_token]));
});

test("a token that was refused is not given out again", async () => {
  const [, directory, one] = await twoTabs();
  expect(await one.renewed(tokens(0).access_token)).toBe(tokens(1).access_token);
  expect(directory.refreshed).toBe(1);
});

test("an answer that was lost is asked for again with the same token", async () => {
  const [, directory, one] = await twoTabs();
  directory.lost = 2;
  expect(await one.renewed(tokens(0).access_token)).toBe(tokens(1).access_token);
});

test("without a connection nobody is logged out", async () => {
  const [browser, directory, one] = await twoTabs();
  directory.lost = 99;
  await expect(one.renewed(tokens(0).access_token)).rejects.toBeInstanceOf(NoAnswerError);
  expect(one.state.status).toBe("in");
  expect(browser.kept).not.toBeNull();
});

test("a session that ended ends in all tabs, and what was kept of it goes", async () => {
  const [browser, directory, one, other] = await twoTabs();
  const ended: string[] = [];
  one.onEnd(() => ended.push("one"));
  other.onEnd(() => ended.push("other"));
  directory.good = "somebody else has used it";
  expect(await one.renewed(tokens(0).access_token)).toBeNull();
  await settled();
  expect([one.state, other.state]).toEqual(Array(2).fill({ status: "out", ended: true }));
  expect(browser.kept).toBeNull();
  expect(ended).toEqual(["one", "other"]);
});

test("logging out tells the API with the token that is good now, and the other tabs", async () => {
  const [, directory, one, other] = await twoTabs();
  at.now = 280_000;
  await one.token();
  await other.leave();
  await settled();
  expect(directory.loggedOut).toEqual(["refresh-1"]);
  expect(one.state).toEqual({ status: "out", ended: false });
});

test("a tab that is logged out comes along when another logs in", async () => {
  at.now = 0;
  const browser = new Browser();
  const directory = new Directory();
  const [one, other] = [tab(browser, directory), tab(browser, directory)];
  await Promise.all([one.start(), other.start()]);
  await one.enter(tokens(0), true);
  await settled();
  expect(other.state.status).toBe("in");
});

test("somebody else's login in another tab ends the session that was here", async () => {
  const [, , one, other] = await twoTabs();
  let ended = 0;
  other.onEnd(() => (ended += 1));
  await one.enter(tokens(0, "u-2"), true);
  await settled();
  expect(ended).toBe(1);
  expect(other.state).toMatchObject({ status: "in", user: { id: "u-2" } });
});

test("a duplicated tab, which has a copy of the token, gets the new one", async () => {
  const [browser, directory, one] = await twoTabs();
  const copy = new Browser();
  copy.kept = structuredClone(browser.kept);
  const tabs = browser.tabs();
  const twin = new Keeper(directory, copy.vault(), tabs, () => at.now, () => Promise.resolve());
  await twin.start();
  at.now = 280_000;
  await one.token();
  await settled();
  expect(copy.kept?.refreshToken).toBe("refresh-1");
  expect(await twin.token()).toBe(tokens(1).access_token);
  expect(directory.refreshed).toBe(1);
});
