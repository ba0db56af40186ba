/** A server for unit tests: the contract in memory, with a switch for each kind of trouble. */

import { isFields, type Message } from "../protocol";

interface Sent {
  method: string;
  path: string;
  body: Record<string, unknown>;
  token: string;
}

export class TestServer {
  down = false;
  /** The next POST of a message reaches the server, but its reply is lost. */
  loseReply = false;
  /**
   * Something on the way holds streams back until they are whole: `whole` ends them at once, with
   * `body` only the headers arrive, with `headers` nothing does, `later` lets the first bytes pass.
   */
  holdsStreams: "no" | "whole" | "body" | "headers" | "later" = "no";
  /** What it would have above the widget. */
  title = "";
  /** Milliseconds until the greeting is there. */
  greetsAfter = 0;
  refusal: { status: number; error: string; message: string } | null = null;
  /** What is read on a picture. */
  readOnPicture = "验证码已过期";
  /** The largest picture that the server says it takes. */
  maxPictureBytes: number | null = 8_000_000;
  readonly pictures: { id: string; picture: Blob }[] = [];
  /** Paths whose requests are refused with 429, and how many seconds they have to wait. */
  readonly busy = new Map<string, number>();
  /** Whether those seconds stand in the header only, as in the answer of a proxy. */
  busyLikeProxy = false;
  /** Paths whose requests are answered only when the promise is fulfilled. */
  readonly held = new Map<string, Promise<void>>();
  sessionRefused = false;
  /** What a new session gets, if not the token of the conversation. */
  sessionToken: string | null = null;
  messages: Message[] = [];
  sent: Sent[] = [];
  token = "token-1";
  private greeted = false;
  private readonly ids = new Set<string>();
  private readonly streams = new Set<ReadableStreamDefaultController<Uint8Array>>();

  fetch = async (input: RequestInfo | URL, init: RequestInit = {}): Promise<Response> => {
    if (this.down) throw new TypeError("network");
    const url = new URL(String(input), "http://server");
    const path = url.pathname;
    const token = new Headers(init.headers).get("Authorization")?.replace("Bearer ", "") ?? "";
    const isPicture = init.body instanceof Blob;
    const parsed: unknown = init.body && !isPicture ? JSON.parse(String(init.body)) : {};
    const body = isFields(parsed) ? parsed : {};
    this.sent.push({ method: init.method ?? "GET", path, body, token });
    const seconds = this.busy.get(path);
    if (seconds !== undefined) return this.refuse(seconds);
    if (path === "/session") return this.session();
    if (token !== this.token) return reply(401, { error: "no_session", message: "" });
    const aborted = new Promise<never>((_, reject) =>
      init.signal?.addEventListener("abort", () => reject(new DOMException("", "AbortError"))),
    );
    aborted.catch(() => undefined);
    await Promise.race([this.held.get(path), aborted]);
    if (this.down) throw new TypeError("network");
    const after = Number(url.searchParams.get("after"));
    if (path === "/history") {
      const messages = this.messages.filter((message) => message.seq > after);
      return reply(200, { messages: messages.map(toJson) });
    }
    if (path === "/events" && this.holdsStreams === "headers") return new Promise(() => undefined);
    if (path === "/events") return this.stream(after, init.signal);
    if (path === "/messages") return this.take(body);
    if (isPicture) return this.takePicture(url.searchParams.get("id") ?? "", init.body as Blob);
    if (path === "/conversation") this.newToken();
    return reply(200, {});
  };

  /** Holds the requests of a path; returns how to let them go. */
  hold(path: string): () => void {
    let go = (): void => undefined;
    this.held.set(path, new Promise((resolve) => (go = resolve)));
    return () => {
      this.held.delete(path);
      go();
    };
  }

  /** Puts a message into the conversation and, unless `quiet`, onto the streams. */
  add(message: Pick<Message, "from" | "text"> & Partial<Message>, quiet = false): void {
    const whole = { seq: this.messages.length + 1, buttons: [], blocks: [], ...message };
    this.messages.push(whole);
    if (!quiet) this.event("message", toJson(whole));
  }

  event(name: string, data: object): void {
    this.streams.forEach((stream) => stream.enqueue(encode(eventText(name, data))));
  }

  get openStreams(): number {
    return this.streams.size;
  }

  endStreams(): void {
    this.streams.forEach((stream) => stream.close());
    this.streams.clear();
  }

  breakStreams(): void {
    this.streams.forEach((stream) => stream.error(new TypeError("network")));
    this.streams.clear();
  }

  newToken(): void {
    this.token = `token-${Number(this.token.slice(6)) + 1}`;
    this.messages = [];
    this.greeted = false;
  }

  posts(): Record<string, unknown>[] {
    return this.sent
      .filter((request) => request.path === "/messages" && !request.body.event)
      .map((request) => request.body);
  }

  private refuse(seconds: number): Response {
    const headers = { "Retry-After": String(seconds) };
    if (this.busyLikeProxy) return new Response("<h1>429</h1>", { status: 429, headers });
    const body = { error: "too_many_requests", message: "请稍候", retry_after: seconds };
    return new Response(JSON.stringify(body), { status: 429, headers });
  }

  private async session(): Promise<Response> {
    await this.held.get("/session");
    if (this.sessionRefused) return reply(401, { error: "no_session", message: "" });
    const title = this.title ? { title: this.title } : {};
    const token = this.sessionToken ?? this.token;
    return reply(200, { token, kept_days: 7, ...title, ...this.limits() });
  }

  private limits(): object {
    return this.maxPictureBytes === null ? {} : { max_picture_bytes: this.maxPictureBytes };
  }

  private takePicture(id: string, picture: Blob): Response {
    this.pictures.push({ id, picture });
    if (this.refusal) return reply(this.refusal.status, this.refusal);
    const isNew = !this.ids.has(id);
    this.ids.add(id);
    if (isNew) this.add({ from: "person", text: this.readOnPicture, id, picture: true });
    if (this.loseReply) {
      this.loseReply = false;
      throw new TypeError("network");
    }
    return reply(200, { accepted: true, id });
  }

  private take(body: Record<string, unknown>): Response {
    if (this.refusal) return reply(this.refusal.status, this.refusal);
    const id = String(body.id);
    if (!this.ids.has(id)) {
      this.ids.add(id);
      const greeting = { from: "assistant", text: "您好", replyTo: id } as const;
      if (body.event && this.greeted) return reply(200, { accepted: true, id });
      if (body.event) this.greeted = true;
      if (body.event && this.greetsAfter) setTimeout(() => this.add(greeting), this.greetsAfter);
      else if (body.event) this.add(greeting);
      else this.add({ from: "person", text: String(body.text ?? body.title), id });
    }
    if (this.loseReply) {
      this.loseReply = false;
      throw new TypeError("network");
    }
    return reply(200, { accepted: true, id });
  }

  private stream(after: number, signal: AbortSignal | null | undefined): Response {
    if (this.holdsStreams === "whole") return new Response("");
    if (this.holdsStreams === "body") return new Response(new ReadableStream());
    if (this.holdsStreams === "later") {
      return new Response(
        new ReadableStream({ start: (controller) => controller.enqueue(encode(": hello\n\n")) }),
      );
    }
    const body = new ReadableStream<Uint8Array>({
      start: (controller) => {
        this.streams.add(controller);
        controller.enqueue(encode(": hello\n\n"));
        for (const message of this.messages.filter(({ seq }) => seq > after)) {
          controller.enqueue(encode(eventText("message", toJson(message))));
        }
        signal?.addEventListener("abort", () => {
          if (this.streams.delete(controller)) controller.error(new DOMException("", "AbortError"));
        });
      },
    });
    return new Response(body, { headers: { "Content-Type": "text/event-stream" } });
  }
}

function toJson({ replyTo, repliesTo, ...message }: Message): object {
  return {
    ...message,
    ...(replyTo === undefined ? {} : { reply_to: replyTo }),
    ...(repliesTo === undefined ? {} : { replies_to: repliesTo }),
  };
}

function eventText(name: string, data: object): string {
  return `event: ${name}\ndata: ${JSON.stringify(data)}\n\n`;
}

function encode(text: string): Uint8Array {
  return new TextEncoder().encode(text);
}

function reply(status: number, body: object): Response {
  return new Response(JSON.stringify(body), { status });
}
