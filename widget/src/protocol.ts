/** What goes over the network; everything that comes in passes through `readMessage`. */

export interface Button {
  title: string;
  payload: string;
}

/** Where a guide stands: at step `number` of `total`. */
export interface Progress {
  way: string;
  number: number;
  total: number;
}

/** Something said; a line that begins with "· " is an item of a list. */
export interface ParagraphBlock {
  type: "paragraph";
  text: string;
  progress?: Progress;
  /** What is to be typed as the answer, where that is no free text. */
  asks?: "place";
  /** A happy end. */
  tone?: "success";
}

export interface WarningBlock {
  type: "warning";
  /** Of what stands in the person's own message, or of fraud. */
  about: "message" | "fraud";
  text: string;
}

export interface ListBlock {
  type: "list";
  title?: string;
  numbered: boolean;
  items: string[];
}

export interface StepBlock extends Progress {
  type: "step";
  title: string;
  do: string;
  see: string;
  if_not: string;
  /** The name of a drawing. */
  picture: string | null;
}

export interface CauseBlock {
  type: "cause";
  trouble: string;
  number: number;
  total: number;
  title: string;
  remedy: string;
  /** The name of a drawing. */
  picture: string | null;
}

export interface WaysBlock {
  type: "ways";
  ways: { title: string; who: string }[];
}

export interface BureauBlock {
  type: "bureau";
  place: string;
  facts: string[];
  hotlines: string[];
}

export interface NoteBlock {
  type: "note";
  text: string;
}

/** What an answer is made of; `docs/messages.md` says what each kind is. */
export type Block =
  | ParagraphBlock
  | WarningBlock
  | ListBlock
  | StepBlock
  | CauseBlock
  | WaysBlock
  | BureauBlock
  | NoteBlock;

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
  /** Of an answer; where none came, or one that is not known here, the text as a paragraph. */
  blocks: Block[];
}

export interface Session {
  token: string;
  keptDays: number | null;
  /** Of a picture; 0 where none are taken, null where the server does not say. */
  maxPictureBytes: number | null;
  /** What stands above the widget on this site, where the page itself says nothing. */
  title: string;
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
  const { seq, id, reply_to: replyTo, replies_to: repliesTo, from, text, buttons, picture } = value;
  if (typeof seq !== "number" || (from !== "person" && from !== "assistant")) return null;
  const message: Message = {
    seq,
    from,
    text: isText(text) ? text : "",
    buttons: Array.isArray(buttons) ? buttons.filter(isButton) : [],
    blocks: [],
  };
  if (from === "assistant") message.blocks = readBlocks(value.blocks, message.text);
  if (typeof id === "string") message.id = id;
  if (typeof replyTo === "string") message.replyTo = replyTo;
  if (Array.isArray(repliesTo)) message.repliesTo = repliesTo.filter(isText);
  if (picture === true) message.picture = true;
  return message;
}

type Check = (value: unknown) => boolean;
/** A check for each field that `Of` declares: one more or less does not compile. */
type Checks<Of> = { [Field in keyof Of]-?: Check };

const isText = (value: unknown): value is string => typeof value === "string";
const isNumber: Check = (value) => typeof value === "number";
const isFlag: Check = (value) => typeof value === "boolean";
const isTextOrNull: Check = (value) => value === null || isText(value);
const isListOf =
  (check: Check): Check =>
  (value) =>
    Array.isArray(value) && value.every(check);
const isOneOf =
  (...values: string[]): Check =>
  (value) =>
    isText(value) && values.includes(value);
const isOptional =
  (check: Check): Check =>
  (value) =>
    value === undefined || check(value);
const has =
  <Of>(checks: Checks<Of>): Check =>
  (value) =>
    isFields(value) &&
    Object.entries<Check>(checks).every(([field, check]) => check(value[field]));

const isButton = has<Button>({ title: isText, payload: isText }) as (value: unknown) => value is Button;
const progress = { way: isText, number: isNumber, total: isNumber };

/** The fields of each kind of block, with what each has to be. */
export const BLOCKS: { [Type in Block["type"]]: Checks<Extract<Block, { type: Type }>> } = {
  paragraph: {
    type: isText,
    text: isText,
    progress: isOptional(has<Progress>(progress)),
    asks: isOptional(isOneOf("place")),
    tone: isOptional(isOneOf("success")),
  },
  warning: { type: isText, about: isOneOf("message", "fraud"), text: isText },
  list: { type: isText, title: isOptional(isText), numbered: isFlag, items: isListOf(isText) },
  step: {
    type: isText,
    ...progress,
    title: isText,
    do: isText,
    see: isText,
    if_not: isText,
    picture: isTextOrNull,
  },
  cause: {
    type: isText,
    trouble: isText,
    number: isNumber,
    total: isNumber,
    title: isText,
    remedy: isText,
    picture: isTextOrNull,
  },
  ways: { type: isText, ways: isListOf(has({ title: isText, who: isText })) },
  bureau: { type: isText, place: isText, facts: isListOf(isText), hotlines: isListOf(isText) },
  note: { type: isText, text: isText },
};

/** Tells whether a value is a block of a kind that is known, with all that belongs to it. */
export function isBlock(value: unknown): value is Block {
  if (!isFields(value) || !Object.keys(BLOCKS).includes(String(value.type))) return false;
  return has<Fields>(BLOCKS[value.type as Block["type"]])(value);
}

/** Returns the blocks of an answer; its text, which is complete, where they cannot all be drawn. */
function readBlocks(blocks: unknown, text: string): Block[] {
  const drawn = Array.isArray(blocks) && blocks.length > 0 && blocks.every(isBlock);
  return drawn ? blocks : [{ type: "paragraph", text }];
}
