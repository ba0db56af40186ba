/**
 * Keeps the page in touch with the server: a stream of events where the way allows one, else
 * asking again and again. After any break it resumes where it was.
 *
 * A stream counts only once something has come by it. Until then the history is asked, too: a
 * proxy, a virus scanner or a script of the page may hold a stream back until it is whole, with or
 * without its headers. Of several tabs one has the stream and tells the others; a hidden tab has
 * none.
 */

import type { ServerEvent } from "./sse";
import { Refused } from "./api";
import { canStream, readStream } from "./stream";
import type { Tabs } from "./tabs";

const POLL = 2_500;
const POLL_BESIDE = 5_000; // while another tab has the stream, which tells what comes
const POLL_HIDDEN = 30_000;
const POLL_AWAITING = 1_000; // for an answer that no stream brings,
const AWAITING = 10_000; // and for so long after the message
const LONGEST_PAUSE = 15_000;
const FIRST_BYTE = 10_000; // the server sends it at once; later, the stream is given up
const STREAM_PAUSE = 30_000; // without a stream after one was refused, if no time is given
const REPLACED_PAUSE = 60_000; // without a stream after another tab's has taken its place
const HELD_PAUSES = [60_000, 600_000]; // without a stream after one or more that were held back
const MAX_LATE = 2; // answers in a row that were in the history and not yet in the stream
// Events of the browser's window, at which it is looked at once.
const MOMENTS = ["online", "offline", "pageshow", "pagehide"];
const MAX_SESSIONS = 3; // sessions refused in a row until we slow down

/** What the connection keeps going. */
export interface Line {
  /**
   * Opens a session where there is none, fetches what was missed, sends what waits; gives up when
   * it is `stopped` meanwhile.
   */
  catchUpAndSend(repeat: boolean, stopped: AbortSignal): Promise<void>;
  /** Fetches what was missed. */
  catchUp(): Promise<void>;
  open(signal: AbortSignal): Promise<Response>;
  /** Whether there is anything of the conversation yet. */
  hasMessages(): boolean;
  /** Whether an answer to a message of this tab is awaited. */
  isAwaiting(): boolean;
  onEvent(event: ServerEvent): void;
  onUp(): void;
  onDown(error: unknown): void;
  onSessionGone(): void;
}

export class Connection {
  private running: AbortController | null = null;
  private stream: AbortController | null = null;
  private retryNow: () => void = () => undefined;
  private isProven = false; // something has come by the stream
  private held = 0; // streams in a row of which nothing came
  private late = 0;
  private noStreamBefore = 0; // on the clock of `Date`
  private eagerUntil = 0;
  private away = false; // the page is left; it may come back from the browser's cache

  constructor(
    private readonly line: Line,
    private readonly tabs: Tabs,
    private readonly random: () => number = Math.random,
  ) {}

  start(): void {
    // Also when it runs: `document.open` takes listeners away, and none is added twice.
    for (const name of MOMENTS) window.addEventListener(name, this.onMoment);
    document.addEventListener("visibilitychange", this.kick); // also after a sleep
    if (this.running) return;
    this.running = new AbortController();
    void this.run(this.running.signal);
  }

  stop(): void {
    this.running?.abort();
    this.running = null;
    for (const name of MOMENTS) window.removeEventListener(name, this.onMoment);
    document.removeEventListener("visibilitychange", this.kick);
    this.kick();
  }

  /** Looks after the connection at once: something has happened that may have broken it. */
  kick = (): void => {
    this.stream?.abort();
    this.retryNow();
  };

  /** A message was sent: where no stream brings its answer, that is asked for more often. */
  hurry(): void {
    this.eagerUntil = Date.now() + AWAITING;
    this.lookNow();
  }

  /** Looks at once, unless a stream brings what there is. */
  lookNow(): void {
    if (!this.stream || !this.isProven) this.retryNow();
  }

  /** An answer was found in the history that the stream has not brought. */
  onLate(): void {
    if (!this.stream) return;
    this.late += 1;
    if (this.late < MAX_LATE) return;
    this.onHeld();
    this.stream.abort();
  }

  private readonly onMoment = (event: Event): void => {
    if (event.type === "pagehide") this.away = true;
    if (event.type === "pageshow") this.away = false;
    this.kick();
  };

  private async run(stopped: AbortSignal): Promise<void> {
    let failures = 0;
    let refused = 0;
    let repeat = true;
    while (!stopped.aborted) {
      try {
        await this.line.catchUpAndSend(repeat, stopped);
        if (stopped.aborted) return;
        failures = refused = 0;
        this.line.onUp();
        repeat = await this.listen();
        if (stopped.aborted && !this.running) this.tabs.leave();
      } catch (error) {
        if (stopped.aborted) return;
        repeat = true;
        if (error instanceof Refused && error.status === 401) {
          this.line.onSessionGone();
          refused += 1;
          if (refused < MAX_SESSIONS) continue;
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
    if (this.away) this.tabs.leave(); // an open channel keeps a page out of the browser's cache
    else this.tabs.join();
    if (this.isHidden() || !canStream() || Date.now() < this.noStreamBefore) {
      await this.pause(this.pollPause(this.isHidden() ? POLL_HIDDEN : POLL));
      return false;
    }
    const stream = (this.stream = new AbortController());
    let broken = false;
    let release: (() => void) | null = null;
    try {
      release = await this.tabs.take();
      if (release && !stream.signal.aborted) broken = await this.hear(stream);
    } finally {
      stream.abort();
      if (this.stream === stream) this.stream = null; // else it was started again
      release?.();
    }
    if (!release) await this.pause(this.pollPause(this.tabs.isHearing ? POLL_BESIDE : POLL));
    else await this.pause(broken ? 200 : this.pollPause(POLL)); // a server that ends each stream
    return broken; // at once is not stormed
  }

  /** Reads a stream to its end; returns whether something may have been lost on the way. */
  private async hear(stream: AbortController): Promise<boolean> {
    this.isProven = false;
    let silent = false;
    let over = false;
    let failure: unknown = null;
    const onBytes = (): void => {
      this.isProven = true;
      this.held = 0;
    };
    const onSilence = (): void => {
      silent = true;
      stream.abort();
    };
    const reading = this.line
      .open(stream.signal)
      .then((response) => readStream(response, onSilence, this.onEvent, onBytes))
      .catch((error: unknown) => (failure = error))
      .then(() => (over = true));
    // A script of the page in place of `fetch` may not heed the signal.
    const aborted = new Promise((resolve) => stream.signal.addEventListener("abort", resolve));
    const end = Promise.race([reading, aborted]);
    const began = Date.now();
    while (!this.isProven || !this.line.hasMessages()) {
      await Promise.race([end, this.pause(this.pollPause(POLL))]);
      if (over || stream.signal.aborted) break;
      if (!this.isProven && Date.now() - began >= FIRST_BYTE) onSilence();
      else if (!this.isProven || !this.line.hasMessages()) await this.line.catchUp();
    }
    await end;
    if (failure !== null && !stream.signal.aborted) {
      if (!(failure instanceof Refused && failure.isTooOften)) throw failure;
      this.noStreamBefore = Date.now() + (failure.retryAfter * 1000 || STREAM_PAUSE);
      return false;
    }
    if (!this.isProven && (silent || !stream.signal.aborted)) this.onHeld();
    return true;
  }

  private readonly onEvent = (event: ServerEvent): void => {
    if (event.name === "replaced") {
      this.noStreamBefore = Date.now() + REPLACED_PAUSE;
      return;
    }
    this.line.onEvent(event);
    this.tabs.tell(event);
  };

  private onHeld(): void {
    this.noStreamBefore = Date.now() + (HELD_PAUSES[this.held] ?? HELD_PAUSES[1]!);
    this.held = 1;
    this.late = 0;
  }

  private isHidden(): boolean {
    return document.hidden || this.away;
  }

  private pollPause(usual: number): number {
    return this.line.isAwaiting() && Date.now() < this.eagerUntil ? POLL_AWAITING : usual;
  }

  private pauseAfter(failures: number, error: unknown): number {
    const wanted = error instanceof Refused ? error.retryAfter * 1000 : 0;
    const grown = Math.min(LONGEST_PAUSE, 500 * 2 ** failures);
    const jitter = 0.75 + this.random() / 2; // tabs that were refused together come apart
    return Math.max(wanted + 1000 * this.random(), grown * jitter);
  }

  private pause(milliseconds: number): Promise<void> {
    return new Promise((resolve) => {
      const timer = setTimeout(resolve, milliseconds);
      this.retryNow = () => {
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
