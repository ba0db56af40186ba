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
};

/** Tells whether an answer is on its way. */
export function isAwaiting(state: ConversationState): boolean {
  return state.typing || state.drafts.some((it) => it.state === "sending" || it.state === "accepted");
}

/** Tells whether a picture is being sent and read. */
export function isLooking({ drafts }: ConversationState): boolean {
  return drafts.some((it) => it.picture && it.state === "sending");
}

/** Returns the id of a picture that the server does not have yet. */
export function unsentPicture({ drafts }: ConversationState): string {
  return drafts.find((it) => it.picture && !it.taken)?.id ?? "";
}

/** Tells whether the same has been sent a moment ago, and the server does not have it yet. */
export function isOnItsWay(state: ConversationState, { text, payload, picture }: Outgoing): boolean {
  return state.drafts.some(
    (it) =>
      it.text === text &&
      it.payload === payload &&
      it.picture === picture &&
      (it.state === "waiting" || it.state === "sending"),
  );
}

/** Returns the state with what arrived: each message once, in the order of its number. */
export function withMessages(state: ConversationState, arrived: Message[]): Partial<ConversationState> {
  const known = new Set(state.messages.map((it) => it.seq));
  const fresh = arrived.filter((it) => !known.has(it.seq) && known.add(it.seq));
  let { drafts, typing } = state;
  for (const message of fresh) {
    if (message.from === "person") {
      drafts = drafts.map((it) =>
        it.id === message.id ? { ...it, state: "accepted", echoed: true, taken: true } : it,
      );
    } else {
      const answered = [message.replyTo, ...(message.repliesTo ?? [])];
      drafts = drafts.filter((it) => !answered.includes(it.id));
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
  const failed = drafts.filter((it) => it.state === "failed");
  const pending = drafts.filter((it) => it.state !== "failed" && !it.echoed);
  const first = messages[0]?.seq ?? Infinity;
  return [
    ...failed.filter((it) => (it.after ?? 0) < first),
    ...messages.flatMap((message, index) => {
      const next = messages[index + 1]?.seq ?? Infinity;
      const here = (it: Draft) => (it.after ?? 0) >= message.seq && (it.after ?? 0) < next;
      return [message, ...failed.filter(here)];
    }),
    ...pending,
  ];
}
