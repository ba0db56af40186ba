/** The talk: sends what the person writes, takes in what comes, and loses nothing of either. */

import { strings } from "../strings";
import { Api, Refused } from "../transport/api";
import { Connection, type Line } from "../transport/connection";
import type { ServerEvent } from "../transport/sse";
import type { TokenStore } from "../transport/token";
import { isFields, readMessage, type Message, type Outgoing } from "../wire";
import { newId } from "./id";
import { isOnItsWay, lastSeq, nothingYet, withMessages, type Draft, type TalkState } from "./state";
import { Store } from "./store";

const LOOK_AGAIN = 4_000; // an answer that the stream has lost is in the history
const MOST_LOOKS = 15;

export class Talk implements Line {
  readonly store = new Store<TalkState>(nothingYet);
  private readonly connection = new Connection(this);
  private delivering: Promise<void> = Promise.resolve();
  private greeted = false;
  private interrupted = false;

  constructor(
    private readonly api: Api,
    private readonly tokens: TokenStore,
  ) {}

  start(): void {
    if (this.state.link === "idle") this.store.set({ link: "connecting" });
    this.connection.start();
  }

  stop(): void {
    this.connection.stop();
    this.store.set({ link: "idle", typing: false });
  }

  say(text: string): void {
    this.push({ id: newId(), text });
  }

  click(payload: string, title: string): void {
    this.push({ id: newId(), payload, title });
  }

  /** Sends once more what was refused, under the same id. */
  retry(id: string): void {
    this.change(id, { state: "waiting" });
    this.deliverSoon();
  }

  /** Takes a refused message back; returns its text. */
  takeBack(id: string): string {
    const draft = this.state.drafts.find((it) => it.id === id);
    this.store.set({ drafts: this.state.drafts.filter((it) => it.id !== id) });
    return draft?.text ?? "";
  }

  async giveFeedback(seq: number, helpful: boolean, word: string): Promise<boolean> {
    try {
      await this.api.giveFeedback(seq, helpful, word);
      return true;
    } catch {
      return false;
    }
  }

  /** Deletes the talk on the server, then begins a new one. */
  async deleteTalk(): Promise<void> {
    this.connection.stop();
    try {
      await this.api.deleteTalk();
    } catch (error) {
      if (!(error instanceof Refused && error.status === 401)) {
        this.store.set({ notice: strings.notices.notDeleted });
        this.connection.start();
        return;
      }
    }
    this.tokens.write(null);
    this.forget();
    this.store.set({ ...nothingYet, link: "connecting", notice: strings.notices.deleted });
    this.connection.start();
  }

  // What the connection asks for

  async resume(repeat: boolean): Promise<void> {
    if (!this.api.token) {
      const session = await this.api.openSession(this.tokens.read());
      this.tokens.write(session.token);
      this.store.set({ keptDays: session.keptDays });
    }
    await this.catchUp();
    if (this.state.messages.length === 0) {
      if (this.interrupted) this.store.set({ notice: strings.notices.newTalk });
      const first = repeat || !this.greeted;
      if (first && this.state.drafts.length === 0) await this.api.greet(newId());
      this.greeted = true;
    }
    this.interrupted = false;
    await this.deliver(repeat);
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
      if (message) this.take([message]);
    }
  }

  onUp(): void {
    if (this.state.link !== "up") this.store.set({ link: "up", typing: false, problem: "" });
  }

  onDown(error: unknown): void {
    const problem = error instanceof Refused ? error.message : "";
    this.store.set({ link: "down", typing: false, problem });
  }

  /** The talk is no longer there: what was not answered goes into the next one. */
  onSessionGone(): void {
    this.interrupted = this.state.messages.length > 0;
    const drafts = this.state.drafts.map((it) => ({ ...it, echoed: false }));
    this.forget();
    this.store.set({ messages: [], drafts, typing: false });
  }

  private get state(): TalkState {
    return this.store.get();
  }

  private forget(): void {
    this.api.token = null;
    this.greeted = false;
  }

  private take(messages: Message[]): void {
    this.store.set(withMessages(this.state, messages));
  }

  private async catchUp(): Promise<void> {
    const { token } = this.api;
    const missed = await this.api.history(lastSeq(this.state));
    if (token === this.api.token) this.take(missed); // else they are of a talk that is gone
  }

  private push(message: Outgoing): void {
    if (isOnItsWay(this.state, message)) return; // a double click
    const draft: Draft = { ...message, state: "waiting", echoed: false };
    this.store.set({ drafts: [...this.state.drafts, draft], notice: "" });
    this.deliverSoon();
  }

  private deliverSoon(): void {
    if (this.state.link === "up") this.deliver(false).catch(() => this.connection.kick());
    else this.connection.kick();
  }

  /** Sends what waits, one after the other; with `repeat` also what is not answered yet. */
  private deliver(repeat: boolean): Promise<void> {
    const states = repeat ? ["waiting", "sending", "accepted"] : ["waiting"];
    const turn = this.delivering.then(async () => {
      for (const draft of this.state.drafts) {
        if (states.includes(draft.state)) await this.send(draft);
      }
    });
    this.delivering = turn.catch(() => undefined);
    return turn;
  }

  private async send(draft: Draft): Promise<void> {
    const { id, text, payload, title } = draft;
    this.change(id, { state: "sending" });
    try {
      await this.api.send(payload === undefined ? { id, text } : { id, payload, title });
      this.change(id, { state: "accepted" });
      void this.lookForAnswer(id);
    } catch (error) {
      const refused = error instanceof Refused && error.status !== 401;
      if (refused) return this.fail(id, error.message || strings.notices.refused);
      this.change(id, { state: "waiting" });
      throw error;
    }
  }

  /** Looks into the history for an answer that does not come by the stream. */
  private async lookForAnswer(id: string): Promise<void> {
    for (let look = 0; look < MOST_LOOKS; look += 1) {
      await new Promise((resolve) => setTimeout(resolve, LOOK_AGAIN));
      if (this.state.link === "idle") return;
      const draft = this.state.drafts.find((it) => it.id === id);
      if (draft?.state !== "accepted") return;
      if (this.state.link === "up") await this.catchUp().catch(() => this.connection.kick());
    }
    this.fail(id, strings.notices.noAnswer);
  }

  private fail(id: string, problem: string): void {
    this.change(id, { state: "failed", problem, after: lastSeq(this.state) });
  }

  private change(id: string, change: Partial<Draft>): void {
    const drafts = this.state.drafts.map((it) => (it.id === id ? { ...it, ...change } : it));
    this.store.set({ drafts });
  }
}

function parse(data: string): unknown {
  try {
    return JSON.parse(data);
  } catch {
    return null;
  }
}
