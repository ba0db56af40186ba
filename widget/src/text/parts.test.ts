import { expect, it } from "vitest";

import { answerParts, dial, personParts } from "./parts";

const links = (text: string): string[] =>
  answerParts(text).flatMap((part) => ("href" in part ? [part.href] : []));

it.each([
  ["官网：scjgj.beijing.gov.cn（北京市市场监督管理局）", ["https://scjgj.beijing.gov.cn"]],
  ["见 https://www.gov.cn/a/b.html。", ["https://www.gov.cn/a/b.html"]],
  ["从外地拨 0571-12345", ["tel:057112345"]],
  ["12315 热线；12345 热线；请拨 110。", ["tel:12315", "tel:12345", "tel:110"]],
  ["javascript:alert(1) data:text/html,x ftp://a.gov/", []],
  ["123456 和 9-12345 和 110101 和 12345-6", []],
  ["a@mail.gov.cn 和 gov.cn.evil.com 和 x.gov.cn.evil.com", []],
  ["网址以 gov.cn 结尾", []],
])("finds the links of %s", (text, found) => {
  expect(links(text)).toEqual(found);
});

it("loses no character", () => {
  const text = "官网 a.gov.cn，拨 12345；<b>110</b> a@b.gov.cn";
  expect(answerParts(text).map((part) => part.text).join("")).toBe(text);
});

it("makes no link of what a person wrote, and names what was hidden", () => {
  expect(personParts("看 http://evil.com 密码是[hidden:password]，[hidden:constructor]")).toEqual([
    { kind: "text", text: "看 http://evil.com 密码是" },
    { kind: "placeholder", text: "密码已遮住" },
    { kind: "text", text: "，" },
    { kind: "placeholder", text: "内容已遮住" },
  ]);
});

it("dials digits only", () => {
  expect(dial("0571-12345")).toBe("tel:057112345");
});
