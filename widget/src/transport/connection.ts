/**
 * Keeps the page in touch with the server: a stream of events where the way allows one, else
 * asking again and again. After any break it resumes where it was.
 */

import type { ServerEvent } from "./sse";
import { Refused } from "./api";
import { canStream, readStream } from "./stream";

const POLL = 2_500;
const LONGEST_PAUSE = 15_000;
const BLIND_STREAMS = 2; // streams without a byte (a proxy holds them back) until we poll
const STREAM_PAUSE = 30_000; // without a stream after one was refused, if no time is told
const MOMENTS = ["online", "offline", "pageshow"]; // of the window, at which to look at once
const MOST_SESSIONS = 3; // sessions refused in a row until we slow down

/** What the connection keeps going. */
export interface Line {
  /**
   * Opens a session where there is none, fetches what was missed, sends what waits; gives up when
   * it is `stopped` meanwhile.
   */
  resume(repeat: boolean, stopped: AbortSignal): Promise<void>;
  open(signal: AbortSignal): Promise<Response>;
  onEvent(event: ServerEvent): void;
  onUp(): void;
  onDown(error: unknown): void;
  onSessionGone(): void;
}

export class Connection {
  private running: AbortController | null = null;
  private stream: AbortController | null = null;
  private wake: () => void = () => undefined;
  private blind = 0;
  private noStreamBefore = 0; // on the clock of `Date`

  constructor(
    private readonly line: Line,
    private readonly random: () => number = Math.random,
  ) {}

  start(): void {
    if (this.running) return;
    this.running = new AbortController();
    for (const name of MOMENTS) window.addEventListener(name, this.kick);
    document.addEventListener("visibilitychange", this.onVisibility);
    void this.run(this.running.signal);
  }

  stop(): void {
    this.running?.abort();
    this.running = null;
    for (const name of MOMENTS) window.removeEventListener(name, this.kick);
    document.removeEventListener("visibilitychange", this.onVisibility);
    this.kick();
  }

  /** Looks after the connection at once: something has happened that may have broken it. */
  kick = (): void => {
    this.stream?.abort();
    this.wake();
  };

  private readonly onVisibility = (): void => {
    if (!document.hidden) this.kick(); // after a sleep the stream may be dead without a word
  };

  private async run(stopped: AbortSignal): Promise<void> {
    let failures = 0;
    let refused = 0;
    let repeat = true;
    while (!stopped.aborted) {
      try {
        await this.line.resume(repeat, stopped);
        if (stopped.aborted) return;
        failures = refused = 0;
        this.line.onUp();
        repeat = await this.listen();
      } catch (error) {
        if (stopped.aborted) return;
        repeat = true;
        if (error instanceof Refused && error.status === 401) {
          this.line.onSessionGone();
          refused += 1;
          if (refused < MOST_SESSIONS) continue;
        }
        failures += 1;
        this.line.onDown(error);
        const milliseconds = this.pauseAfter(failures, error);
        // No kick cuts short what the server wants: it would be refused once more.
        if (error instanceof Refused && error.isTooOften) await wait(milliseconds, stopped);
        else await this.pause(milliseconds);
      }
    }
  }

  /** Hears what comes; returns whether something may have been lost on the way. */
  private async listen(): Promise<boolean> {
    const mayStream = this.blind < BLIND_STREAMS && Date.now() >= this.noStreamBefore;
    if (!mayStream || !canStream()) {
      await this.pause(POLL);
      return false;
    }
    const stream = (this.stream = new AbortController());
    let silent = false;
    const onSilence = (): void => {
      silent = true;
      stream.abort();
    };
    try {
      const response = await this.line.open(stream.signal);
      const came = await readStream(response, onSilence, (it) => this.line.onEvent(it));
      if (came) this.blind = 0;
      else if (silent || !stream.signal.aborted) this.blind += 1;
    } catch (error) {
      if (!stream.signal.aborted) {
        if (!(error instanceof Refused && error.isTooOften)) throw error;
        this.noStreamBefore = Date.now() + (error.retryAfter * 1000 || STREAM_PAUSE);
        await this.pause(POLL);
        return false;
      }
    }
    await this.pause(200); // a server that ends each stream at once is not stormed
    return true;
  }

  private pauseAfter(failures: number, error: unknown): number {
    const told = error instanceof Refused ? error.retryAfter * 1000 : 0;
    const grown = Math.min(LONGEST_PAUSE, 500 * 2 ** failures);
    const jitter = 0.75 + this.random() / 2; // tabs that were refused together come apart
    return Math.max(told + 1000 * this.random(), grown * jitter);
  }

  private pause(milliseconds: number): Promise<void> {
    return new Promise((resolve) => {
      const timer = setTimeout(resolve, milliseconds);
      this.wake = () => {
        clearTimeout(timer);
        resolve();
      };
    });
  }
}

/** Waits so long, or until the signal. */
function wait(milliseconds: number, until: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (until.aborted) return resolve();
    const timer = setTimeout(resolve, milliseconds);
    until.addEventListener("abort", () => {
      clearTimeout(timer);
      resolve();
    });
  });
}
