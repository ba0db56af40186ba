/** Cuts a text into plain pieces, links and placeholders. Nothing is ever taken for HTML. */

import { strings } from "../strings";

export type Part =
  | { kind: "text"; text: string }
  | { kind: "placeholder"; text: string }
  | { kind: "web"; text: string; href: string }
  | { kind: "tel"; text: string; href: string };

// No lookbehind: Safari before 16.4 does not know it. What stands before is looked at by hand.
const URL = String.raw`https?:\/\/[A-Za-z0-9.-]+(?::\d+)?(?:\/[\w\-.~%/?#=&+]*[\w/=&+])?`;
const SITE = String.raw`(?:[a-z0-9-]+\.)+gov\.cn(?![\w-]|\.\w)`;
const NUMBER = String.raw`(?:(?:0\d{2,3}-)?(?:12345|12315)|110)(?![\d-])`;
const PLACEHOLDER = String.raw`\[hidden:\w+\]`;

const IN_ANSWER = new RegExp([URL, SITE, NUMBER, PLACEHOLDER].join("|"), "g");
const IN_MESSAGE = new RegExp(PLACEHOLDER, "g");
const INSIDE_A_WORD = /[\w.@/-]$/;

/** The pieces of an answer, with links to the sites and numbers that it names. */
export function answerParts(text: string): Part[] {
  return cut(text, IN_ANSWER);
}

/** The pieces of what a person wrote: never a link, it may lead to a swindler. */
export function personParts(text: string): Part[] {
  return cut(text, IN_MESSAGE);
}

/** Returns the address that dials `number`. */
export function dial(number: string): string {
  return `tel:${number.replace(/\D/g, "")}`;
}

function cut(text: string, pattern: RegExp): Part[] {
  const parts: Part[] = [];
  let end = 0;
  // The patterns have no groups, so the second argument is the place.
  text.replace(pattern, (match, at: number) => {
    const found = toPart(match);
    if (found.kind !== "placeholder" && INSIDE_A_WORD.test(text.slice(0, at))) return match;
    if (at > end) parts.push({ kind: "text", text: text.slice(end, at) });
    parts.push(found);
    end = at + match.length;
    return match;
  });
  if (end < text.length) parts.push({ kind: "text", text: text.slice(end) });
  return parts;
}

function toPart(text: string): Part {
  if (text.startsWith("[")) {
    const hidden = text.slice(text.indexOf(":") + 1, -1);
    return { kind: "placeholder", text: strings.hidden.get(hidden) ?? strings.hiddenOther };
  }
  if (/^https?:/.test(text)) return { kind: "web", text, href: text };
  if (/\.gov\.cn$/.test(text)) return { kind: "web", text, href: `https://${text}` };
  return { kind: "tel", text, href: dial(text) };
}
