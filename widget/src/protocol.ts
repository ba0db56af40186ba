/** What goes over the network; everything that comes in passes through `readMessage`. */

export interface Button {
  title: string;
  payload: string;
}

/** A card as an action sends it; the fields depend on `kind`, and each is checked where drawn. */
export interface Card {
  kind: string;
  [field: string]: unknown;
}

export interface Message {
  seq: number;
  id?: string;
  /** On an answer: the id of the message it answers. */
  replyTo?: string;
  /** On an answer: the ids of all messages that were read together and that it answers. */
  repliesTo?: string[];
  from: "person" | "assistant";
  text: string;
  /** On a message of a person: the text was read on a picture. */
  picture?: boolean;
  buttons: Button[];
  card?: Card;
}

export interface Session {
  token: string;
  keptDays: number | null;
  /** Of a picture; 0 where none are taken, null where the server does not say. */
  maxPictureBytes: number | null;
}

/** What a person sends: a text, a click or a picture, under an id that makes it safe to repeat. */
export interface Outgoing {
  id: string;
  text?: string | undefined;
  payload?: string | undefined;
  title?: string | undefined;
  picture?: Blob | undefined;
}

type Fields = Record<string, unknown>;

export function isFields(value: unknown): value is Fields {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** Returns the message in `value`, or null when it is none. */
export function readMessage(value: unknown): Message | null {
  if (!isFields(value)) return null;
  const { seq, id, reply_to: replyTo, replies_to: repliesTo, from, text, buttons, card, picture } = value;
  if (typeof seq !== "number" || (from !== "person" && from !== "assistant")) return null;
  const message: Message = {
    seq,
    from,
    text: typeof text === "string" ? text : "",
    buttons: Array.isArray(buttons) ? buttons.filter(isButton) : [],
  };
  if (typeof id === "string") message.id = id;
  if (typeof replyTo === "string") message.replyTo = replyTo;
  if (Array.isArray(repliesTo)) message.repliesTo = repliesTo.filter(isText);
  if (picture === true) message.picture = true;
  if (isFields(card) && typeof card.kind === "string") message.card = card as Card;
  return message;
}

function isText(value: unknown): value is string {
  return typeof value === "string";
}

function isButton(value: unknown): value is Button {
  return isFields(value) && typeof value.title === "string" && typeof value.payload === "string";
}

/** Returns the field `name` of a card as text, or "" when it is none. */
export function textOf(card: Card, name: string): string {
  const value = card[name];
  return typeof value === "string" ? value : "";
}

/** Returns the field `name` of a card as a list of texts. */
export function listOf(card: Card, name: string): string[] {
  const value = card[name];
  return Array.isArray(value) ? value.filter(isText) : [];
}

/** Returns the field `name` of a card as a number, or 0 when it is none. */
export function numberOf(card: Card, name: string): number {
  const value = card[name];
  return typeof value === "number" ? value : 0;
}
