/** The conversation: its session, what comes in, its end and its beginning anew. */

import { strings } from "../strings";
import { Api, Refused } from "../transport/api";
import { Connection, type Line } from "../transport/connection";
import type { ServerEvent } from "../transport/sse";
import { Tabs } from "../transport/tabs";
import type { TokenStore } from "../transport/token";
import { isFields, readMessage, type Message } from "../protocol";
import { newId } from "./id";
import { Outbox } from "./outbox";
import { lastSeq, nothingYet, withMessages, type ConversationState } from "./state";
import { Store } from "./store";

export class Conversation implements Line {
  readonly store = new Store<ConversationState>(nothingYet);
  readonly outbox: Outbox;
  private readonly connection: Connection;
  private greeted = false;
  private interrupted = false;
  /** The id of a picture that was on its way when the page was left. */
  private leftPicture = "";
  private unwatch: (() => void) | null = null;

  constructor(
    private readonly api: Api,
    private readonly tokens: TokenStore,
  ) {
    this.outbox = new Outbox(api, this.store, this);
    const tabs = new Tabs(
      tokens.key,
      tokens.isShared,
      () => api.token,
      (event) => this.onEvent(event),
      () => this.connection.lookNow(),
    );
    this.connection = new Connection(this, tabs);
  }

  /** Says that a picture is lost, unless the server turns out to have it. */
  missPicture(id: string): void {
    this.leftPicture = id;
  }

  start(): void {
    if (this.state.link === "idle") this.store.set({ link: "connecting" });
    if (this.api.token) this.adopt(this.tokens.read());
    this.unwatch?.();
    this.unwatch = this.tokens.watch((token) => this.adopt(token));
    this.connection.start();
  }

  stop(): void {
    this.connection.stop();
    this.unwatch?.();
    this.unwatch = null;
    this.store.set({ link: "idle", typing: false });
  }

  async giveFeedback(seq: number, helpful: boolean, word: string): Promise<boolean> {
    try {
      await this.api.giveFeedback(seq, helpful, word);
      return true;
    } catch {
      return false;
    }
  }

  /** Deletes the conversation on the server, then begins a new one. */
  async deleteConversation(): Promise<void> {
    this.connection.stop();
    this.outbox.abort();
    let token: string | null = null;
    try {
      if (!this.api.token && this.tokens.read()) await this.openSession();
      token = this.api.token;
      if (token) await this.api.deleteConversation();
    } catch (error) {
      const gone = token !== null && error instanceof Refused && error.status === 401;
      if (!gone) {
        this.store.set({ notice: strings.notices.notDeleted });
        this.connection.start();
        return;
      }
    }
    if (this.tokens.read() === token) this.tokens.write(null); // else it is another tab's
    this.forget();
    this.store.set({ ...nothingYet, link: "connecting", notice: strings.notices.deleted });
    this.connection.start();
  }

  // What the connection and the outbox ask for

  async catchUpAndSend(repeat: boolean, stopped: AbortSignal): Promise<void> {
    if (!this.api.token) await this.openSession(stopped);
    if (stopped.aborted) return;
    await this.catchUp();
    if (stopped.aborted) return;
    const left = this.leftPicture;
    this.leftPicture = "";
    if (left && this.state.messages.every((message) => message.id !== left)) {
      this.store.set({ notice: strings.picture.lost });
    }
    if (this.state.messages.length === 0) {
      if (this.interrupted) this.store.set({ notice: strings.notices.newConversation });
      const first = repeat || !this.greeted;
      if (first && this.state.drafts.length === 0) await this.api.greet(newId());
      this.greeted = true;
    }
    this.interrupted = false;
    await this.outbox.deliver(repeat);
  }

  reconnect(): void {
    this.connection.kick();
  }

  hurry(): void {
    this.connection.hurry();
  }

  onLate(): void {
    this.connection.onLate();
  }

  hasMessages(): boolean {
    return this.state.messages.length > 0;
  }

  isAwaiting(): boolean {
    return this.state.drafts.some((draft) => draft.state === "accepted");
  }

  open(signal: AbortSignal): Promise<Response> {
    return this.api.events(lastSeq(this.state), signal);
  }

  onEvent({ name, data }: ServerEvent): void {
    const value = parse(data);
    if (name === "gone") {
      this.onSessionGone();
      this.connection.kick();
    } else if (name === "typing") {
      this.store.set({ typing: isFields(value) && value.on === true });
    } else if (name === "message") {
      const message = readMessage(value);
      if (!message) return;
      // Another tab's stream may be ahead of what this tab has fetched.
      const ahead = message.seq > lastSeq(this.state) + 1;
      if (ahead) this.catchUp().catch(() => this.reconnect());
      else this.take([message]);
    }
  }

  onUp(): void {
    if (this.state.link !== "up") this.store.set({ link: "up", typing: false, problem: "" });
    void this.outbox.deliver(false).catch(() => this.reconnect()); // written since `catchUpAndSend`
  }

  onDown(error: unknown): void {
    const problem = error instanceof Refused ? error.message : "";
    this.store.set({ link: "down", typing: false, problem });
  }

  /** The conversation is no longer there: what was not answered goes into the next one. */
  onSessionGone(): void {
    this.interrupted = this.state.messages.length > 0;
    const drafts = this.state.drafts.map((draft) => ({ ...draft, echoed: false, taken: false }));
    this.forget();
    this.store.set({ messages: [], drafts, typing: false });
  }

  /** Opens a session, or renews that of the stored token. */
  private async openSession(stopped?: AbortSignal): Promise<void> {
    const session = await this.api.openSession(this.tokens.read());
    if (stopped?.aborted) return;
    const { keptDays, maxPictureBytes, title } = session;
    this.store.set({ keptDays, maxPictureBytes, title });
    if (this.api.token) return; // another tab was faster
    this.api.token = session.token;
    this.tokens.write(session.token);
  }

  /** Goes over to the session of another tab. */
  private adopt(token: string | null): void {
    if (!token || token === this.api.token) return;
    this.onSessionGone();
    this.api.token = token;
    this.reconnect();
  }

  private get state(): ConversationState {
    return this.store.get();
  }

  private forget(): void {
    this.api.token = null;
    this.greeted = false;
  }

  private take(messages: Message[]): void {
    this.store.set(withMessages(this.state, messages));
  }

  /** Fetches what the stream has not brought. */
  async catchUp(): Promise<void> {
    const { token } = this.api;
    const missed = await this.api.history(lastSeq(this.state));
    if (token === this.api.token) this.take(missed); // else they are of a conversation that is gone
  }
}

function parse(data: string): unknown {
  try {
    return JSON.parse(data);
  } catch {
    return null;
  }
}
