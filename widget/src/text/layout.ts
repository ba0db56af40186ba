/** Lays a text out: paragraphs, lists, warnings. */

export interface Section {
  kind: "paragraph" | "bullets" | "numbers" | "warning";
  lines: string[];
}

const BULLET = /^[·•]\s*/;
const NUMBER = /^\d+\.\s*/;
const WARNING = /^⚠\ufe0f?\s*/;

/**
 * Returns the sections of `text`. Bullets and warnings lose their sign, which is drawn instead.
 * Signs of warnings stand in texts that are older than the blocks.
 */
export function layOut(text: string): Section[] {
  const sections: Section[] = [];
  for (const paragraph of text.split(/\n{2,}/)) {
    let lines: string[] = [];
    let last = "";
    for (const line of paragraph.split("\n")) {
      if (line.trim() === "") continue;
      const [kind, mark] = kindOf(line);
      if (last !== kind) sections.push({ kind, lines: (lines = []) });
      last = kind;
      lines.push(line.replace(mark, ""));
    }
  }
  return sections;
}

function kindOf(line: string): [Section["kind"], RegExp | string] {
  if (WARNING.test(line)) return ["warning", WARNING];
  if (BULLET.test(line)) return ["bullets", BULLET];
  if (NUMBER.test(line)) return ["numbers", ""];
  return ["paragraph", ""];
}
