/** Lays a text out: paragraphs, lists, warnings; and finds the part of it that a card draws. */

export interface Block {
  kind: "paragraph" | "bullets" | "numbers" | "warning";
  lines: string[];
}

const BULLET = /^[·•]\s*/;
const NUMBER = /^\d+\.\s*/;
const WARNING = /^⚠\ufe0f?\s*/;

/** Returns the blocks of `text`. Bullets and warnings lose their mark, which is drawn instead. */
export function toBlocks(text: string): Block[] {
  const blocks: Block[] = [];
  for (const paragraph of text.split(/\n{2,}/)) {
    let lines: string[] = [];
    let last = "";
    for (const line of paragraph.split("\n")) {
      if (line.trim() === "") continue;
      const [kind, mark] = kindOf(line);
      if (last !== kind) blocks.push({ kind, lines: (lines = []) });
      last = kind;
      lines.push(line.replace(mark, ""));
    }
  }
  return blocks;
}

function kindOf(line: string): [Block["kind"], RegExp | string] {
  if (WARNING.test(line)) return ["warning", WARNING];
  if (BULLET.test(line)) return ["bullets", BULLET];
  if (NUMBER.test(line)) return ["numbers", ""];
  return ["paragraph", ""];
}

/** A text in three: what stands before a card, what the card draws, what stands after it. */
export interface Around {
  before: string;
  drawn: string;
  after: string;
}

/**
 * Finds the paragraphs of `text` that a card draws: from the one that holds all pieces of the
 * first group to the one that holds all of the last. Returns null when there are none: then the
 * whole text is shown, so that no word is lost.
 */
export function around(text: string, groups: string[][]): Around | null {
  const paragraphs = text.split(/\n{2,}/);
  const places = groups.map((pieces) =>
    pieces.length === 0 || pieces.includes("")
      ? -1
      : paragraphs.findIndex((paragraph) => pieces.every((piece) => paragraph.includes(piece))),
  );
  const [first, last] = [places[0] ?? -1, places[places.length - 1] ?? -1];
  if (places.includes(-1) || last < first) return null;
  return {
    before: paragraphs.slice(0, first).join("\n\n"),
    drawn: paragraphs.slice(first, last + 1).join("\n\n"),
    after: paragraphs.slice(last + 1).join("\n\n"),
  };
}
