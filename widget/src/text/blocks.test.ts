import { expect, it } from "vitest";

import { around, toBlocks } from "./blocks";

it("lays out paragraphs, lists and warnings", () => {
  expect(toBlocks("⚠️ 不要发。\n\n开头：\n· 一\n· 二\n结尾\n\n1. 甲\n2. 乙")).toEqual([
    { kind: "warning", lines: ["不要发。"] },
    { kind: "paragraph", lines: ["开头："] },
    { kind: "bullets", lines: ["一", "二"] },
    { kind: "paragraph", lines: ["结尾"] },
    { kind: "numbers", lines: ["1. 甲", "2. 乙"] },
  ]);
});

it("finds what a card draws, and keeps all else", () => {
  const text = "警告\n\n第 3 步：点它\n做这个\n\n便条\n\n还要吗？";
  expect(around(text, [["点它", "做这个"]])).toEqual({
    before: "警告",
    drawn: "第 3 步：点它\n做这个",
    after: "便条\n\n还要吗？",
  });
  expect(around(text, [["点它"], ["便条"]])?.after).toBe("还要吗？");
});

it.each([[[["没有"]]], [[[""]]], [[[]]], [[["便条"], ["点它"]]]])(
  "gives up rather than lose words: %j",
  (groups) => {
    expect(around("第 3 步：点它\n\n便条", groups)).toBeNull();
  },
);
