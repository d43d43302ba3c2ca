/**
 * The session of this browser. Refresh tokens are good once, so all tabs share one refresh: it happens under a lock,
 * looks first whether another tab was faster, and tells the others.
 */
import { NoAnswerError } from "../api/problem";
import { type User, userOf } from "./claims";
import type { Kept, Vault } from "./vault";

export type State =
  | { status: "starting" }
  | { status: "in"; user: User }
  /** `ended`: it was not the user who ended it. */
  | { status: "out"; ended: boolean };

export interface Tokens {
  access_token: string;
  id_token: string;
  refresh_token: string;
  expires_in: number;
}

export interface Calls {
  /** Null where the token is good no more. Throws `NoAnswerError` where nobody answered. */
  refresh(refreshToken: string): Promise<Tokens | null>;
  logout(refreshToken: string, accessToken: string): Promise<void>;
}

interface Access {
  token: string;
  until: number;
}

export type Told =
  | { kind: "renewed"; was: string; kept: Kept; access: Access }
  | { kind: "in" }
  | { kind: "out"; ended: boolean; of: string };

export interface Tabs {
  /** Runs `work` while no other tab runs any. */
  alone<T>(work: () => Promise<T>): Promise<T>;
  tell(message: Told): void;
  listen(heard: (message: Told) => void): void;
}

/** An access token that ends sooner than this is renewed before it is used. */
const MARGIN_MS = 30_000;
/** The old token may be sent again for ten seconds, since an answer may be lost (docs/api.md). */
const AGAIN_AFTER_MS = [1000, 3000];

export class Keeper {
  state: State = { status: "starting" };
  #access: Access | null = null;
  #renewing: Promise<string | null> | null = null;
  readonly #listeners = new Set<() => void>();
  readonly #endings = new Set<() => void>();

  constructor(
    readonly calls: Calls,
    readonly vault: Vault,
    readonly tabs: Tabs,
    readonly now: () => number = Date.now,
    readonly pause: (milliseconds: number) => Promise<void> = (ms) => new Promise((done) => setTimeout(done, ms)),
  ) {
    tabs.listen((message) => void this.#hear(message));
  }

  /** Finds out who is logged in; asks nobody, so that it works offline. */
  async start(): Promise<void> {
    const kept = await this.vault.read();
    if (this.state.status !== "starting") return;
    this.#set(kept ? { status: "in", user: kept.user } : { status: "out", ended: false });
  }

  async enter(tokens: Tokens, kept: boolean): Promise<void> {
    await this.tabs.alone(async () => {
      await this.vault.clear();
      await this.#take(tokens, kept);
    });
    this.tabs.tell({ kind: "in" });
  }

  /** A token that is good for a while; null where nobody is logged in. */
  async token(): Promise<string | null> {
    if (this.#access && this.#access.until - MARGIN_MS > this.now()) return this.#access.token;
    return this.state.status === "out" ? null : await this.#renew();
  }

  /** Another token than `refused`. */
  async renewed(refused: string): Promise<string | null> {
    if (this.#access?.token === refused) this.#access = null;
    return await this.token();
  }

  /** Ends the session here, in the other tabs, and at the API where that can be reached. */
  async leave(): Promise<void> {
    const access = await this.token().catch(() => null);
    await this.tabs.alone(async () => {
      const kept = await this.vault.read();
      if (kept && access) await this.calls.logout(kept.refreshToken, access).catch(() => undefined);
      await this.#end(false, kept);
    });
  }

  subscribe = (listener: () => void): (() => void) => {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  };

  /** Calls back whenever a session ends in this browser: what was kept of it has to go. */
  onEnd(ending: () => void): () => void {
    this.#endings.add(ending);
    return () => this.#endings.delete(ending);
  }

  #renew(): Promise<string | null> {
    this.#renewing ??= this.tabs
      .alone(() => this.#renewAlone())
      .finally(() => {
        this.#renewing = null;
      });
    return this.#renewing;
  }

  async #renewAlone(): Promise<string | null> {
    // Another tab may have told us while we waited for our turn.
    if (this.#access && this.#access.until - MARGIN_MS > this.now()) return this.#access.token;
    const kept = await this.vault.read();
    if (!kept) {
      this.#leaveHere(true);
      return null;
    }
    const tokens = await this.#ask(kept.refreshToken);
    if (!tokens) {
      await this.#end(true, kept);
      return null;
    }
    const [renewed, access] = await this.#take(tokens, kept.kept);
    this.tabs.tell({ kind: "renewed", was: kept.refreshToken, kept: renewed, access });
    return access.token;
  }

  async #ask(refreshToken: string): Promise<Tokens | null> {
    for (const wait of AGAIN_AFTER_MS) {
      try {
        return await this.calls.refresh(refreshToken);
      } catch (error) {
        if (!(error instanceof NoAnswerError)) throw error;
        await this.pause(wait);
      }
    }
    return await this.calls.refresh(refreshToken);
  }

  async #take(tokens: Tokens, keep: boolean): Promise<[Kept, Access]> {
    const user = userOf(tokens.access_token, tokens.id_token);
    const kept = { refreshToken: tokens.refresh_token, user, kept: keep };
    const access = { token: tokens.access_token, until: this.now() + tokens.expires_in * 1000 };
    await this.vault.write(kept);
    this.#access = access;
    this.#set({ status: "in", user });
    return [kept, access];
  }

  async #end(ended: boolean, kept: Kept | null): Promise<void> {
    await this.vault.clear();
    this.#leaveHere(ended);
    if (kept) this.tabs.tell({ kind: "out", ended, of: kept.user.id });
  }

  #leaveHere(ended: boolean): void {
    this.#access = null;
    const left = this.state.status === "in";
    this.#set({ status: "out", ended });
    if (left) for (const ending of this.#endings) ending();
  }

  async #hear(message: Told): Promise<void> {
    if (message.kind === "out") {
      if (this.state.status !== "in" || this.state.user.id !== message.of) return;
      await this.vault.clear(); // what lies in this tab's own storage the other cannot reach
      this.#leaveHere(message.ended);
      return;
    }
    const own = await this.vault.read();
    if (message.kind === "in") {
      // Somebody logged in elsewhere: who is logged out here comes along, somebody else does not stay.
      if (!own?.kept) return;
      if (this.state.status === "in" && this.state.user.id === own.user.id) return;
      this.#leaveHere(false);
      this.#set({ status: "in", user: own.user });
      return;
    }
    if (own?.refreshToken === message.was || own?.refreshToken === message.kept.refreshToken) {
      // A tab that was duplicated has a copy of the token, which is good no more.
      if (own.refreshToken === message.was) await this.vault.write(message.kept);
      this.#access = message.access;
      this.#set({ status: "in", user: message.kept.user });
    }
  }

  #set(state: State): void {
    const same =
      state.status === this.state.status && JSON.stringify(state) === JSON.stringify(this.state);
    if (same) return;
    this.state = state;
    for (const listener of this.#listeners) listener();
  }
}
