/**
 * Which tab of a browser reads the stream of events, and how the others hear what comes. A browser
 * opens six connections to a host over HTTP/1.1, for all of its tabs: a stream in each would leave
 * none for the calls.
 */

import type { ServerEvent } from "./sse";

/** The streams of tabs that share no conversation. */
const SEPARATE_STREAMS = 3;
const FREE = "free";

interface Shared {
  to: string;
  event: ServerEvent;
}

export class Tabs {
  private channel: BroadcastChannel | null = null;

  /**
   * `name` is that of the server. Tabs that are `sharing` have one token, and so one conversation.
   * `onFree` tells that another tab has let go of the stream.
   */
  constructor(
    private readonly name: string,
    private readonly sharing: boolean,
    private readonly token: () => string | null,
    private readonly onEvent: (event: ServerEvent) => void,
    private readonly onFree: () => void,
  ) {}

  join(): void {
    if (this.channel || !this.sharing || typeof BroadcastChannel !== "function") return;
    try {
      this.channel = new BroadcastChannel(this.name);
      this.channel.onmessage = ({ data }: MessageEvent<Shared>) => {
        if (data.to !== this.conversation()) return;
        if (data.event.name === FREE) this.onFree();
        else this.onEvent(data.event);
      };
    } catch {
      // Storage is blocked: this tab stands alone.
    }
  }

  /** Whether this tab hears what another tab's stream brings. */
  get isHearing(): boolean {
    return this.channel !== null;
  }

  leave(): void {
    this.channel?.close();
    this.channel = null;
  }

  /** Tells the other tabs of the conversation what the stream has brought. */
  tell(event: ServerEvent): void {
    const to = this.conversation();
    if (to) this.channel?.postMessage({ to, event } satisfies Shared);
  }

  /** Resolves with how to let go of the stream, or null while other tabs hold it. */
  async take(): Promise<(() => void) | null> {
    // Missing on plain http and in old browsers: each visible tab then has a stream of its own,
    // and the server sees to it that they are few.
    if (!navigator.locks) return () => undefined;
    const shared = this.sharing && this.conversation();
    const names = shared
      ? [`${this.name}:${shared}`]
      : Array.from({ length: SEPARATE_STREAMS }, (_, index) => `${this.name}#${index}`);
    for (const name of names) {
      const release = await takeLock(name);
      if (!release) continue;
      return () => {
        release();
        this.tell({ name: FREE, data: "" });
      };
    }
    return null;
  }

  /** The end of the token, its signature: it tells conversations apart, and opens none. */
  private conversation(): string {
    return this.token()?.slice(-16) ?? "";
  }
}

function takeLock(name: string): Promise<(() => void) | null> {
  return new Promise((resolve) => {
    navigator.locks
      .request(name, { ifAvailable: true }, (lock) => {
        if (!lock) return resolve(null);
        return new Promise<void>((release) => resolve(release));
      })
      .catch(() => resolve(() => undefined)); // storage is blocked: no tab knows of another
  });
}
