/** The calls of the server's API, one function each. No DOM, no state but the token. */

import { isFields, readMessage, type Message, type Outgoing, type Session } from "../protocol";

const PATIENCE = 15_000; // milliseconds until a call counts as lost
const PICTURE_PATIENCE = 90_000; // the server reads it before it answers

/** The server answered, and refused. Anything else that is thrown is a failing network. */
export class Refused extends Error {
  constructor(
    readonly status: number,
    readonly code: string,
    message: string,
    readonly retryAfter: number,
  ) {
    super(message);
  }

  /** Whether it was asked too often: it may be asked again later. */
  get isTooOften(): boolean {
    return this.status === 429;
  }
}

export class Api {
  token: string | null = null;

  constructor(
    private readonly server: string,
    private readonly fetch: typeof window.fetch = window.fetch.bind(window),
  ) {}

  /** Opens a session, or renews the one of `old`; it is for the caller to use its token. */
  async openSession(old: string | null): Promise<Session> {
    const answer = await this.call("POST", "/session", old ? { token: old } : {});
    if (typeof answer.token !== "string") throw new Error("no token in the answer");
    return {
      token: answer.token,
      keptDays: numberIn(answer.kept_days),
      maxPictureBytes: numberIn(answer.max_picture_bytes),
      title: typeof answer.title === "string" ? answer.title : "",
    };
  }

  /** Returns the messages after number `after`. */
  async history(after: number): Promise<Message[]> {
    const { messages } = await this.call("GET", `/history?after=${after}`);
    const list = Array.isArray(messages) ? messages : [];
    return list.map(readMessage).filter((message): message is Message => message !== null);
  }

  /** Asks for the greeting; a conversation that has begun already is not greeted again. */
  async greet(id: string): Promise<void> {
    await this.call("POST", "/messages", { id, event: "open" });
  }

  async send(message: Outgoing): Promise<void> {
    await this.call("POST", "/messages", message);
  }

  /** Sends a picture; nothing is sent if the signal aborts it. */
  async sendPicture(id: string, picture: Blob, signal: AbortSignal): Promise<void> {
    await this.call("POST", `/pictures?id=${id}`, picture, signal);
  }

  async deleteConversation(): Promise<void> {
    await this.call("DELETE", "/conversation");
  }

  async giveFeedback(seq: number, helpful: boolean, word: string): Promise<void> {
    await this.call("POST", "/feedback", word ? { seq, helpful, word } : { seq, helpful });
  }

  /** Opens the stream of events; it is for the caller to read and to abort. */
  async events(after: number, signal: AbortSignal): Promise<Response> {
    const response = await this.fetch(`${this.server}/events?after=${after}`, {
      headers: { ...this.authorization(), Accept: "text/event-stream" },
      cache: "no-store",
      credentials: "omit",
      signal,
    });
    if (!response.ok) throw await refusal(response);
    return response;
  }

  private async call(
    method: string,
    path: string,
    body?: object,
    signal?: AbortSignal,
  ): Promise<Record<string, unknown>> {
    const patience = new AbortController();
    const end = (): void => patience.abort();
    const isPicture = body instanceof Blob;
    const timer = setTimeout(end, isPicture ? PICTURE_PATIENCE : PATIENCE);
    const type = isPicture ? body.type : "application/json";
    signal?.addEventListener("abort", end);
    try {
      const response = await this.fetch(this.server + path, {
        method,
        headers: { ...this.authorization(), ...(body && { "Content-Type": type }) },
        cache: "no-store",
        credentials: "omit",
        signal: patience.signal,
        ...(body && { body: isPicture ? body : JSON.stringify(body) }),
      });
      if (!response.ok) throw await refusal(response);
      const answer: unknown = await response.json();
      return isFields(answer) ? answer : {};
    } finally {
      clearTimeout(timer);
      signal?.removeEventListener("abort", end);
    }
  }

  private authorization(): Record<string, string> {
    return this.token ? { Authorization: `Bearer ${this.token}` } : {};
  }
}

function numberIn(value: unknown): number | null {
  return typeof value === "number" ? value : null;
}

async function refusal(response: Response): Promise<Error> {
  const answer: unknown = await response.json().catch(() => null);
  // A proxy or a server that is just starting says 5xx without our JSON: as good as no network.
  if (!isFields(answer) || typeof answer.error !== "string") {
    if (response.status >= 500) return new Error(`status ${response.status}`);
    return new Refused(response.status, "", "", secondsIn(response));
  }
  const { error, message, retry_after: wait } = answer;
  return new Refused(
    response.status,
    error,
    typeof message === "string" ? message : "",
    typeof wait === "number" ? wait : secondsIn(response),
  );
}

/** Returns the seconds in `Retry-After`; 0 where it is missing or a date. */
function secondsIn(response: Response): number {
  const seconds = Number(response.headers.get("Retry-After") ?? 0);
  return Number.isFinite(seconds) && seconds > 0 ? seconds : 0;
}
