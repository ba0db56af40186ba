import { expect, it } from "vitest";

import { readMessage } from "./protocol";

it("takes a message and leaves out what is malformed in it", () => {
  const buttons = [{ title: "好", payload: "/a" }, { title: 3 }, null];
  const answered = { reply_to: "x", replies_to: ["w", 4, "x"] };
  const whole = { seq: 2, from: "assistant", text: 5, buttons, card: { kind: 1 } };
  expect(readMessage({ ...whole, ...answered })).toEqual({
    seq: 2,
    from: "assistant",
    text: "",
    buttons: buttons.slice(0, 1),
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
