import { expect, it } from "vitest";

import { layOut } from "./layout";

it("lays out paragraphs, lists and warnings", () => {
  expect(layOut("⚠️ 不要发。\n\n开头：\n· 一\n· 二\n结尾\n\n1. 甲\n2. 乙")).toEqual([
    { kind: "warning", lines: ["不要发。"] },
    { kind: "paragraph", lines: ["开头："] },
    { kind: "bullets", lines: ["一", "二"] },
    { kind: "paragraph", lines: ["结尾"] },
    { kind: "numbers", lines: ["1. 甲", "2. 乙"] },
  ]);
});
