import { afterEach, expect, it } from "vitest";

import { open, unmount, until, type Mounted } from "../testing/mount";

afterEach(unmount);

const press = (target: HTMLElement, init: KeyboardEventInit): boolean =>
  target.dispatchEvent(
    new KeyboardEvent("keydown", { bubbles: true, cancelable: true, composed: true, ...init }),
  );

async function answer(widget: Mounted, text: string, more: object = {}): Promise<void> {
  widget.server.add({ from: "assistant", text, ...more });
  await until(() => expect(widget.text()).toContain(text));
}

it("opens with the focus in the field, closes by Escape with the focus on the launcher", async () => {
  const widget = await open();
  expect(widget.focused()).toBe(widget.part("input"));
  press(widget.part("input"), { key: "Escape" });
  await until(() => expect(widget.focused()).toBe(widget.part("launcher")));
  expect(widget.element.hasAttribute("open")).toBe(false);
});

it("does not close by the Escape that ends a composition", async () => {
  const widget = await open();
  press(widget.part("input"), { key: "Escape", isComposing: true });
  press(widget.part("input"), { key: "Escape", keyCode: 229 });
  expect(widget.element.hasAttribute("open")).toBe(true);
});

it("keeps what is written and not sent when it is closed and opened again", async () => {
  const widget = await open();
  await widget.write("写了一半");
  widget.part("close").click();
  await until(() => widget.part("launcher"));
  widget.part("launcher").click();
  await until(() => expect(widget.part<HTMLTextAreaElement>("input").value).toBe("写了一半"));
});

it("sends by Enter, but not amid a composition and not with Shift", async () => {
  const widget = await open();
  await widget.write("收不到");
  const field = widget.part("input");
  press(field, { key: "Enter", isComposing: true });
  press(field, { key: "Enter", keyCode: 229 });
  press(field, { key: "Enter", shiftKey: true });
  await new Promise((resolve) => setTimeout(resolve, 30));
  expect(widget.server.posts()).toEqual([]);
  press(field, { key: "Enter" });
  await until(() => expect(widget.server.posts()).toMatchObject([{ text: "收不到" }]));
  await until(() => expect(widget.part<HTMLTextAreaElement>("input").value).toBe(""));
});

it("sends nothing when there is nothing but blanks", async () => {
  const widget = await open();
  await widget.write("  \n ");
  widget.part("send").click();
  expect(widget.server.posts()).toEqual([]);
});

it("sends the payload of a reply once, and keeps the focus with the replies", async () => {
  const widget = await open();
  await answer(widget, "行吗？", { buttons: [{ title: "行", payload: "/affirm" }] });
  const reply = widget.part("reply");
  reply.click();
  reply.click();
  await until(() => expect(widget.all('[data-part="reply"]')).toEqual([]));
  expect(widget.focused()?.getAttribute("role")).toBe("group");
  await until(() => expect(widget.server.posts().length).toBeGreaterThan(0));
  expect(widget.server.posts()).toMatchObject([{ payload: "/affirm", title: "行" }]);
});

it("shows HTML and script as text, from either side", async () => {
  const widget = await open();
  const attack = `<img src=x onerror="alert(1)"><script>alert(2)</script> javascript:alert(3)`;
  await answer(widget, attack, { buttons: [{ title: "<b>x</b>", payload: "/a" }] });
  await answer(widget, attack + "2", { blocks: [{ type: "constructor", text: attack }] });
  widget.server.add({ from: "person", text: `<i>我</i> http://evil.example/` });
  await until(() => expect(widget.text()).toContain("<i>我</i>"));
  expect(widget.all("img, script, b, .bubble i, .bubble a")).toEqual([]);
});

it("names what was hidden in place of the placeholder", async () => {
  const widget = await open();
  widget.server.add({ from: "person", text: "密码是[hidden:password]" });
  await until(() => expect(widget.one(".placeholder").textContent).toBe("密码已遮住"));
});

it("says when the network is gone, keeps the message, and sends it when it is back", async () => {
  const widget = await open();
  widget.server.down = true;
  widget.server.breakStreams();
  await until(() => expect(widget.one("[role=dialog]").dataset.link).toBe("down"));
  expect(widget.part("status").textContent).toContain("重新连接");
  await widget.write("等一下");
  widget.part("send").click();
  await until(() => expect(widget.one('[data-state="waiting"]').textContent).toContain("自动发送"));
  widget.server.down = false;
  globalThis.window.dispatchEvent(new Event("online"));
  await until(() => expect(widget.server.messages).toMatchObject([{}, { text: "等一下" }]));
  await until(() => expect(widget.part("status").textContent).toBe(""));
});

it("shows a refusal in the server's words, and gives the text back", async () => {
  const widget = await open();
  widget.server.refusal = { status: 429, error: "too_fast", message: "请 20 秒后再试。" };
  await widget.write("快");
  widget.part("send").click();
  await until(() => expect(widget.one('[data-state="failed"]').textContent).toContain("20 秒"));
  widget.part("edit").click();
  await until(() => expect(widget.part<HTMLTextAreaElement>("input").value).toBe("快"));
});

it("moves the focus to the field when a refused message is sent again", async () => {
  const widget = await open();
  widget.server.refusal = { status: 429, error: "too_fast", message: "请 20 秒后再试。" };
  await widget.write("快");
  widget.part("send").click();
  await until(() => widget.part("retry"));
  widget.server.refusal = null;
  widget.part("retry").focus();
  widget.part("retry").click();
  await until(() => expect(widget.all('[data-part="retry"]')).toEqual([]));
  expect(widget.focused()).toBe(widget.part("input"));
});

it("does not give back what the server has taken", async () => {
  const widget = await open();
  await widget.write("一");
  widget.part("send").click();
  await until(() => expect(widget.server.messages).toHaveLength(2));
  await until(() => expect(widget.all("[data-state]")).toEqual([]));
  widget.server.refusal = { status: 429, error: "too_fast", message: "请 20 秒后再试。" };
  widget.server.breakStreams(); // the message is sent again
  await until(() => widget.part("retry"));
  expect(widget.all('[data-part="edit"]')).toEqual([]);
});

it("asks whether an answer helped, then for a word", async () => {
  const widget = await open();
  expect(widget.all('[data-part="helpful"]')).toEqual([]); // the greeting is not asked about
  await answer(widget, "回答");
  widget.part("not-helpful").click();
  await until(() => widget.part("word"));
  const word = widget.part<HTMLInputElement>("word");
  word.value = "没说清";
  word.dispatchEvent(new InputEvent("input", { bubbles: true }));
  await until(() => expect(widget.part<HTMLInputElement>("word").value).toBe("没说清"));
  widget.part("submit-word").focus();
  widget.part("submit-word").click();
  await until(() => expect(widget.all('[data-part="word"]')).toEqual([]));
  expect(widget.focused()?.className).toBe("said");
  const feedback = widget.server.sent.filter((request) => request.path === "/feedback");
  const sent = feedback.map((request) => request.body);
  expect(sent).toEqual([
    { seq: 2, helpful: false },
    { seq: 2, helpful: false, word: "没说清" },
  ]);
});

it("asks before it deletes the conversation, then deletes it on the server", async () => {
  const widget = await open();
  widget.part("delete").click();
  await until(() => expect(widget.focused()).toBe(widget.part("cancel")));
  press(widget.part("cancel"), { key: "Escape" });
  await until(() => expect(widget.all("[role=alertdialog]")).toEqual([]));
  expect(widget.server.token).toBe("token-1");
  widget.part("delete").click();
  await until(() => widget.part("confirm"));
  widget.part("confirm").click();
  await until(() => expect(widget.server.token).toBe("token-2"));
  await until(() => expect(widget.part("status").textContent).toContain("已清除"));
  expect(widget.focused()).toBe(widget.part("input"));
});

it("says how long conversations are kept, and never to send secrets", async () => {
  const widget = await open();
  expect(widget.one(".small-print").textContent).toMatch(/保留 7 天.*密码、验证码/);
});
