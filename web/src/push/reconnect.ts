/** Keeps a socket open: a new ticket each time, longer and longer pauses while it does not open, pings in between. */

export interface Line {
  /** An open socket's address; null where nobody is logged in, and nothing more is to be tried. */
  address(): Promise<string | null>;
  open(address: string): WebSocket;
  random(): number;
}

export interface Hears {
  /** It opened: what was said meanwhile was missed. */
  opened(): void;
  closed(): void;
  said(message: unknown): void;
}

/** The gateway closes a socket on which nothing is said for ten minutes (docs/push.md). */
const PING_MS = 4 * 60_000;
const LONGEST_PAUSE_MS = 60_000;
/** A socket that lived this long was a good one: the next may come soon. */
const GOOD_AFTER_MS = 30_000;

export class Reconnecting {
  #socket: WebSocket | null = null;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #ping: ReturnType<typeof setInterval> | undefined;
  #tries = 0;
  #on = false;
  #round = 0;

  constructor(
    readonly line: Line,
    readonly hears: Hears,
  ) {}

  start(): void {
    if (this.#on) return;
    this.#on = true;
    this.#tries = 0;
    void this.#connect();
  }

  stop(): void {
    this.#on = false;
    this.#round += 1;
    clearTimeout(this.#timer);
    clearInterval(this.#ping);
    const socket = this.#socket;
    this.#socket = null;
    socket?.close(1000);
    if (socket) this.hears.closed();
  }

  /** Tries now instead of after the pause: the device is online again, or somebody looks again. */
  hurry(): void {
    if (!this.#on || this.#socket) return;
    this.#tries = 0;
    clearTimeout(this.#timer);
    void this.#connect();
  }

  async #connect(): Promise<void> {
    const round = ++this.#round;
    let address: string | null;
    try {
      address = await this.line.address();
    } catch {
      if (round === this.#round) this.#later();
      return;
    }
    if (round !== this.#round || !this.#on) return;
    if (address === null) {
      this.#on = false;
      return;
    }
    const socket = this.line.open(address);
    this.#socket = socket;
    let since = Number.POSITIVE_INFINITY;
    socket.onopen = () => {
      since = Date.now();
      this.#ping = setInterval(() => socket.send('{"action":"ping"}'), PING_MS);
      this.hears.opened();
    };
    socket.onmessage = (event: MessageEvent<unknown>) => {
      const message = parsed(event.data);
      if (message !== undefined) this.hears.said(message);
    };
    socket.onclose = () => {
      if (this.#socket !== socket) return;
      this.#socket = null;
      clearInterval(this.#ping);
      if (Date.now() - since > GOOD_AFTER_MS) this.#tries = 0;
      this.hears.closed();
      this.#later();
    };
  }

  #later(): void {
    if (!this.#on) return;
    const longest = Math.min(LONGEST_PAUSE_MS, 1000 * 2 ** this.#tries);
    this.#tries += 1;
    this.#timer = setTimeout(() => void this.#connect(), longest * (0.5 + this.line.random() / 2));
  }
}

function parsed(text: unknown): unknown {
  try {
    return typeof text === "string" ? (JSON.parse(text) as unknown) : undefined;
  } catch {
    return undefined;
  }
}
