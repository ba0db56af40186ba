import { expect, it } from "vitest";

import { EventParser } from "./sse";

it("reads events that come in pieces", () => {
  const parser = new EventParser();
  expect(parser.push("id: 3\nevent: mess")).toEqual([]);
  expect(parser.push('age\ndata: {"a"')).toEqual([]);
  expect(parser.push(":1}\n\n")).toEqual([{ name: "message", data: '{"a":1}' }]);
});

it("skips comments and takes several events at once, also with CRLF", () => {
  const parser = new EventParser();
  const text = ": beat\r\n\r\nevent: typing\r\ndata: 1\r\n\r\ndata: 2\r\ndata: 3\r\n\r\n";
  expect(parser.push(text)).toEqual([
    { name: "typing", data: "1" },
    { name: "message", data: "2\n3" },
  ]);
});

it("is not confused by a CRLF that is cut in two", () => {
  const parser = new EventParser();
  expect([...parser.push("data: 1\r"), ...parser.push("\ndata: 2\r\n\r\n")]).toEqual([
    { name: "message", data: "1\n2" },
  ]);
});

it("takes the line separators of Unicode for what they are here: text", () => {
  const text = "1\u2028" + "2\u2029" + "3";
  expect(new EventParser().push(`data: ${text}\n\n`)).toEqual([{ name: "message", data: text }]);
});
