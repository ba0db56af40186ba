/** What the person sends: each message under one id, in order, until the server has answered it. */

import { strings } from "../strings";
import { Refused, type Api } from "../transport/api";
import type { Outgoing } from "../protocol";
import { newId } from "./id";
import { isOnItsWay, lastSeq, type Draft, type ConversationState } from "./state";
import type { Store } from "./store";

const LOOK_AGAIN = 4_000; // an answer that the stream has lost is in the history
const MAX_LOOKS = 30; // two minutes: the server itself says after 90 s that no answer came

/** The way in, which the outbox asks to be looked after. */
interface WayIn {
  reconnect(): void;
  catchUp(): Promise<void>;
  /** A message is with the server. */
  hurry(): void;
  /** An answer was in the history before it came by the stream. */
  onLate(): void;
}

export class Outbox {
  private delivering: Promise<void> = Promise.resolve();
  private readonly uploads = new Map<string, AbortController>();

  constructor(
    private readonly api: Api,
    private readonly store: Store<ConversationState>,
    private readonly wayIn: WayIn,
  ) {}

  say(text: string): void {
    this.push({ id: newId(), text });
  }

  click(payload: string, title: string): void {
    this.push({ id: newId(), payload, title });
  }

  show(picture: Blob): void {
    this.push({ id: newId(), picture });
  }

  /** Takes back a picture that the server does not have yet. */
  cancel(id: string): void {
    this.store.set({ drafts: this.state.drafts.filter((draft) => draft.id !== id) });
    this.uploads.get(id)?.abort();
  }

  /** Ends what is being sent to a conversation that is deleted. */
  abort(): void {
    this.uploads.forEach((upload) => upload.abort());
  }

  /** Sends once more what was refused, under the same id. */
  retry(id: string): void {
    this.change(id, { state: "waiting" });
    this.deliverSoon();
  }

  /** Takes a refused message back; returns its text. */
  takeBack(id: string): string {
    const draft = this.state.drafts.find((draft) => draft.id === id);
    this.store.set({ drafts: this.state.drafts.filter((draft) => draft.id !== id) });
    return draft?.text ?? "";
  }

  /** Sends what waits, one after the other; with `repeat` also what is not answered yet. */
  deliver(repeat: boolean): Promise<void> {
    const states = repeat ? ["waiting", "sending", "accepted"] : ["waiting"];
    const turn = this.delivering.then(async () => {
      const handled = new Set<string>();
      // Looked up anew in each round: drafts come and go while one is sent.
      const next = (): Draft | undefined =>
        this.state.drafts.find(
          (draft) => states.includes(draft.state) && !handled.has(draft.id) && !isWithServer(draft),
        );
      for (let draft = next(); draft; draft = next()) {
        handled.add(draft.id);
        await this.send(draft);
      }
    });
    this.delivering = turn.catch(() => undefined);
    return turn;
  }

  private get state(): ConversationState {
    return this.store.get();
  }

  private push(message: Outgoing): void {
    if (isOnItsWay(this.state, message)) return; // a double click
    const draft: Draft = { ...message, state: "waiting", echoed: false };
    this.store.set({ drafts: [...this.state.drafts, draft], sent: this.state.sent + 1, notice: "" });
    this.deliverSoon();
  }

  private deliverSoon(): void {
    if (this.state.link === "up") this.deliver(false).catch(() => this.wayIn.reconnect());
    else this.wayIn.reconnect();
  }

  private async send(draft: Draft): Promise<void> {
    const { id, text, payload, title, picture } = draft;
    const upload = new AbortController();
    this.change(id, { state: "sending" });
    try {
      if (picture) {
        this.uploads.set(id, upload);
        await this.api.sendPicture(id, picture, upload.signal);
      } else await this.api.send(payload === undefined ? { id, text } : { id, payload, title });
      this.change(id, { state: "accepted", taken: true });
      this.wayIn.hurry();
      void this.lookForAnswer(id);
    } catch (error) {
      if (upload.signal.aborted) return; // taken back
      const refused = error instanceof Refused && error.status !== 401;
      if (refused) return this.fail(id, error.message || strings.notices.refused);
      // The picture may be in the history although the way back was lost.
      const isThere = picture && this.state.drafts.some((draft) => draft.id === id && draft.echoed);
      this.change(id, { state: isThere ? "accepted" : "waiting" });
      if (isThere) void this.lookForAnswer(id);
      throw error;
    } finally {
      this.uploads.delete(id);
    }
  }

  /** Looks into the history for an answer that does not come by the stream. */
  private async lookForAnswer(id: string): Promise<void> {
    let looks = 0;
    while (looks < MAX_LOOKS) {
      await new Promise((resolve) => setTimeout(resolve, LOOK_AGAIN));
      if (this.state.link === "idle") return;
      const draft = this.state.drafts.find((draft) => draft.id === id);
      if (draft?.state !== "accepted") return;
      if (this.state.link !== "up") continue;
      looks += 1;
      try {
        await this.wayIn.catchUp();
        if (this.state.drafts.every((other) => other.id !== id)) return this.wayIn.onLate();
      } catch (error) {
        const tooOften = error instanceof Refused && error.isTooOften;
        if (!tooOften) this.wayIn.reconnect(); // else the next look comes soon enough
      }
    }
    this.fail(id, strings.notices.noAnswer);
  }

  private fail(id: string, problem: string): void {
    this.change(id, { state: "failed", problem, after: lastSeq(this.state) });
  }

  private change(id: string, change: Partial<Draft>): void {
    const drafts = this.state.drafts.map((draft) =>
      draft.id === id ? { ...draft, ...change } : draft,
    );
    this.store.set({ drafts });
  }
}

/** Whether it need not be sent again, as a text is to be safe: a picture is large. */
function isWithServer(draft: Draft): boolean {
  return draft.picture !== undefined && draft.state === "accepted" && draft.echoed;
}
