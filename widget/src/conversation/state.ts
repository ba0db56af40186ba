/** What the widget knows of the conversation. It lives in memory only. */

import type { Message, Outgoing } from "../protocol";

/** A message of this page on its way: until it is answered it can be sent again, same id. */
export interface Draft extends Outgoing {
  /** `accepted`: the server has it, its answer is still to come. */
  state: "waiting" | "sending" | "accepted" | "failed";
  /** The history shows it already. */
  echoed: boolean;
  /** The server has it, so it can be sent again, but not taken back. */
  taken?: boolean;
  /** When it failed: the number of the last message before it. */
  after?: number;
  problem?: string;
}

export interface ConversationState {
  link: "idle" | "connecting" | "up" | "down";
  messages: Message[];
  drafts: Draft[];
  typing: boolean;
  /** How many messages were written in this tab. */
  sent: number;
  /** What the person should know now. */
  notice: string;
  /** Why the server refuses to connect, in its words. */
  problem: string;
  keptDays: number | null;
  maxPictureBytes: number | null;
  /** What the server would have above the widget; empty for the usual. */
  title: string;
}

export const nothingYet: ConversationState = {
  link: "idle",
  messages: [],
  drafts: [],
  typing: false,
  sent: 0,
  notice: "",
  problem: "",
  keptDays: null,
  maxPictureBytes: null,
  title: "",
};

/** Tells whether an answer is on its way. */
export function isAwaiting(state: ConversationState): boolean {
  return (
    state.typing ||
    state.drafts.some((draft) => draft.state === "sending" || draft.state === "accepted")
  );
}

/** Tells whether a picture is being sent and read. */
export function isLooking({ drafts }: ConversationState): boolean {
  return drafts.some((draft) => draft.picture && draft.state === "sending");
}

/** Returns the id of a picture that the server does not have yet. */
export function unsentPicture({ drafts }: ConversationState): string {
  return drafts.find((draft) => draft.picture && !draft.taken)?.id ?? "";
}

/** Tells whether the same has been sent a moment ago, and the server does not have it yet. */
export function isOnItsWay(
  state: ConversationState,
  { text, payload, picture }: Outgoing,
): boolean {
  return state.drafts.some(
    (draft) =>
      draft.text === text &&
      draft.payload === payload &&
      draft.picture === picture &&
      (draft.state === "waiting" || draft.state === "sending"),
  );
}

/** Returns the state with what arrived: each message once, in the order of its number. */
export function withMessages(
  state: ConversationState,
  arrived: Message[],
): Partial<ConversationState> {
  const known = new Set(state.messages.map((message) => message.seq));
  const fresh = arrived.filter((message) => !known.has(message.seq) && known.add(message.seq));
  let { drafts, typing } = state;
  for (const message of fresh) {
    if (message.from === "person") {
      drafts = drafts.map((draft) =>
        draft.id === message.id ? { ...draft, state: "accepted", echoed: true, taken: true } : draft,
      );
    } else {
      const answered = [message.replyTo, ...(message.repliesTo ?? [])];
      drafts = drafts.filter((draft) => !answered.includes(draft.id));
      typing = false;
    }
  }
  const messages = [...state.messages, ...fresh].sort((a, b) => a.seq - b.seq);
  return { messages, drafts, typing };
}

export function lastSeq(state: ConversationState): number {
  return state.messages[state.messages.length - 1]?.seq ?? 0;
}

/** Returns the messages and the drafts to show, in order: a refused draft keeps its place. */
export function inOrder({ messages, drafts }: ConversationState): (Message | Draft)[] {
  const failed = drafts.filter((draft) => draft.state === "failed");
  const pending = drafts.filter((draft) => draft.state !== "failed" && !draft.echoed);
  const first = messages[0]?.seq ?? Infinity;
  return [
    ...failed.filter((draft) => (draft.after ?? 0) < first),
    ...messages.flatMap((message, index) => {
      const next = messages[index + 1]?.seq ?? Infinity;
      const here = (draft: Draft) => (draft.after ?? 0) >= message.seq && (draft.after ?? 0) < next;
      return [message, ...failed.filter(here)];
    }),
    ...pending,
  ];
}
