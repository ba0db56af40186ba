import { expect, it } from "vitest";

import page from "../../docs/messages.md?raw";
import { BLOCKS, isBlock, readMessage, type Block } from "./protocol";

const EXAMPLES = Array.from(
  page.matchAll(/```json block\n([\s\S]*?)```/g),
  (match) => JSON.parse(match[1] ?? "") as Block,
);
const assistant = { seq: 2, from: "assistant" };

it("takes a message and leaves out what is malformed in it", () => {
  const buttons = [{ title: "好", payload: "/a" }, { title: 3 }, null];
  const answered = { reply_to: "x", replies_to: ["w", 4, "x"] };
  const whole = { ...assistant, text: 5, buttons, blocks: [{ type: "paragraph" }] };
  expect(readMessage({ ...whole, ...answered })).toEqual({
    seq: 2,
    from: "assistant",
    text: "",
    buttons: buttons.slice(0, 1),
    blocks: [{ type: "paragraph", text: "" }],
    replyTo: "x",
    repliesTo: ["w", "x"],
  });
});

it.each([null, 3, [], {}, { seq: "1", from: "person" }, { seq: 1, from: "admin" }])(
  "takes no %j",
  (value) => {
    expect(readMessage(value)).toBeNull();
  },
);

it.each(EXAMPLES.map((block) => [block.type, block] as const))(
  "takes the example of a %s in docs/messages.md, and nothing that differs",
  (type, block) => {
    expect(readMessage({ ...assistant, text: "", blocks: [block] })?.blocks).toEqual([block]);
    for (const field of Object.keys(block) as (keyof Block)[]) {
      const wrong = typeof block[field] === "string" ? 3 : "x";
      const mayBeText = type === "cause" && (field as string) === "picture";
      expect([field, isBlock({ ...block, [field]: mayBeText ? 3 : wrong })]).toEqual([field, false]);
    }
  },
);

it("knows the fields of the examples, and no other", () => {
  const shown: Record<string, Set<string>> = {};
  for (const block of EXAMPLES) {
    const fields = (shown[block.type] ??= new Set());
    Object.keys(block).forEach((field) => fields.add(field));
  }
  const sorted = (fields: Iterable<string>): string[] => Array.from(fields).sort();
  const known = Object.entries(BLOCKS).map(([type, checks]) => [type, sorted(Object.keys(checks))]);
  expect(Object.entries(shown).map(([type, fields]) => [type, sorted(fields)])).toEqual(known);
});

it.each([
  undefined, // as in a conversation that is older than the blocks
  [],
  "blocks",
  [{ type: "paragraph", text: "一" }, { type: "constructor", text: "二" }],
  [{ type: "note" }],
])("draws the text where the blocks are %j", (blocks) => {
  const message = readMessage({ ...assistant, text: "整段话", blocks, card: { kind: "step" } });
  expect(message?.blocks).toEqual([{ type: "paragraph", text: "整段话" }]);
});

it("has no blocks of a person", () => {
  const blocks = [{ type: "note", text: "便条" }];
  expect(readMessage({ seq: 1, from: "person", text: "我", blocks })?.blocks).toEqual([]);
});
