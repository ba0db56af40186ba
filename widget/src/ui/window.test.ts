import { afterEach, expect, it } from "vitest";

import { open, unmount, until, type Mounted } from "../testing/mount";

afterEach(unmount);

const press = (target: HTMLElement, init: KeyboardEventInit): boolean =>
  target.dispatchEvent(
    new KeyboardEvent("keydown", { bubbles: true, cancelable: true, composed: true, ...init }),
  );

async function answer(window: Mounted, text: string, more: object = {}): Promise<void> {
  window.server.add({ from: "assistant", text, ...more });
  await until(() => expect(window.text()).toContain(text));
}

it("opens with the focus in the field, closes by Escape with the focus on the launcher", async () => {
  const window = await open();
  expect(window.focused()).toBe(window.part("input"));
  press(window.part("input"), { key: "Escape" });
  await until(() => expect(window.focused()).toBe(window.part("launcher")));
  expect(window.element.hasAttribute("open")).toBe(false);
});

it("does not close by the Escape that ends a composition", async () => {
  const window = await open();
  press(window.part("input"), { key: "Escape", isComposing: true });
  press(window.part("input"), { key: "Escape", keyCode: 229 });
  expect(window.element.hasAttribute("open")).toBe(true);
});

it("keeps what is written and not sent when it is closed and opened again", async () => {
  const window = await open();
  await window.write("写了一半");
  window.part("close").click();
  await until(() => window.part("launcher"));
  window.part("launcher").click();
  await until(() => expect(window.part<HTMLTextAreaElement>("input").value).toBe("写了一半"));
});

it("sends by Enter, but not amid a composition and not with Shift", async () => {
  const window = await open();
  await window.write("收不到");
  const field = window.part("input");
  press(field, { key: "Enter", isComposing: true });
  press(field, { key: "Enter", keyCode: 229 });
  press(field, { key: "Enter", shiftKey: true });
  await new Promise((resolve) => setTimeout(resolve, 30));
  expect(window.server.posts()).toEqual([]);
  press(field, { key: "Enter" });
  await until(() => expect(window.server.posts()).toMatchObject([{ text: "收不到" }]));
  await until(() => expect(window.part<HTMLTextAreaElement>("input").value).toBe(""));
});

it("sends nothing when there is nothing but blanks", async () => {
  const window = await open();
  await window.write("  \n ");
  window.part("send").click();
  expect(window.server.posts()).toEqual([]);
});

it("sends the payload of a reply once, and keeps the focus with the replies", async () => {
  const window = await open();
  await answer(window, "行吗？", { buttons: [{ title: "行", payload: "/affirm" }] });
  const reply = window.part("reply");
  reply.click();
  reply.click();
  await until(() => expect(window.all('[data-part="reply"]')).toEqual([]));
  expect(window.focused()?.getAttribute("role")).toBe("group");
  await until(() => expect(window.server.posts().length).toBeGreaterThan(0));
  expect(window.server.posts()).toMatchObject([{ payload: "/affirm", title: "行" }]);
});

it("shows HTML and script as text, from either side", async () => {
  const window = await open();
  const attack = `<img src=x onerror="alert(1)"><script>alert(2)</script> javascript:alert(3)`;
  await answer(window, attack, { buttons: [{ title: "<b>x</b>", payload: "/a" }] });
  await answer(window, attack + "2", { card: { kind: "constructor", title: attack } });
  window.server.add({ from: "person", text: `<i>我</i> http://evil.example/` });
  await until(() => expect(window.text()).toContain("<i>我</i>"));
  expect(window.all("img, script, b, .bubble i, .bubble a")).toEqual([]);
});

it("names what was hidden in place of the placeholder", async () => {
  const window = await open();
  window.server.add({ from: "person", text: "密码是[hidden:password]" });
  await until(() => expect(window.one(".placeholder").textContent).toBe("密码已遮住"));
});

it("says when the network is gone, keeps the message, and sends it when it is back", async () => {
  const window = await open();
  window.server.down = true;
  window.server.breakStreams();
  await until(() => expect(window.one("[role=dialog]").dataset.link).toBe("down"));
  expect(window.part("status").textContent).toContain("重新连接");
  await window.write("等一下");
  window.part("send").click();
  await until(() => expect(window.one('[data-state="waiting"]').textContent).toContain("自动发送"));
  window.server.down = false;
  globalThis.window.dispatchEvent(new Event("online"));
  await until(() => expect(window.server.messages).toMatchObject([{}, { text: "等一下" }]));
  await until(() => expect(window.part("status").textContent).toBe(""));
});

it("shows a refusal in the server's words, and gives the text back", async () => {
  const window = await open();
  window.server.refusal = { status: 429, error: "too_fast", message: "请 20 秒后再试。" };
  await window.write("快");
  window.part("send").click();
  await until(() => expect(window.one('[data-state="failed"]').textContent).toContain("20 秒"));
  window.part("edit").click();
  await until(() => expect(window.part<HTMLTextAreaElement>("input").value).toBe("快"));
});

it("moves the focus to the field when a refused message is sent again", async () => {
  const window = await open();
  window.server.refusal = { status: 429, error: "too_fast", message: "请 20 秒后再试。" };
  await window.write("快");
  window.part("send").click();
  await until(() => window.part("retry"));
  window.server.refusal = null;
  window.part("retry").focus();
  window.part("retry").click();
  await until(() => expect(window.all('[data-part="retry"]')).toEqual([]));
  expect(window.focused()).toBe(window.part("input"));
});

it("does not give back what the server has taken", async () => {
  const window = await open();
  await window.write("一");
  window.part("send").click();
  await until(() => expect(window.server.messages).toHaveLength(2));
  await until(() => expect(window.all("[data-state]")).toEqual([]));
  window.server.refusal = { status: 429, error: "too_fast", message: "请 20 秒后再试。" };
  window.server.breakStreams(); // the message is sent again
  await until(() => window.part("retry"));
  expect(window.all('[data-part="edit"]')).toEqual([]);
});

it("asks whether an answer helped, then for a word", async () => {
  const window = await open();
  expect(window.all('[data-part="helpful"]')).toEqual([]); // the greeting is not asked about
  await answer(window, "回答");
  window.part("not-helpful").click();
  await until(() => window.part("word"));
  const word = window.part<HTMLInputElement>("word");
  word.value = "没说清";
  word.dispatchEvent(new InputEvent("input", { bubbles: true }));
  await until(() => expect(window.part<HTMLInputElement>("word").value).toBe("没说清"));
  window.part("submit-word").focus();
  window.part("submit-word").click();
  await until(() => expect(window.all('[data-part="word"]')).toEqual([]));
  expect(window.focused()?.className).toBe("said");
  const sent = window.server.sent.filter((it) => it.path === "/feedback").map((it) => it.body);
  expect(sent).toEqual([
    { seq: 2, helpful: false },
    { seq: 2, helpful: false, word: "没说清" },
  ]);
});

it("asks before it deletes the talk, then deletes it on the server", async () => {
  const window = await open();
  window.part("delete").click();
  await until(() => expect(window.focused()).toBe(window.part("cancel")));
  press(window.part("cancel"), { key: "Escape" });
  await until(() => expect(window.all("[role=alertdialog]")).toEqual([]));
  expect(window.server.token).toBe("token-1");
  window.part("delete").click();
  await until(() => window.part("confirm"));
  window.part("confirm").click();
  await until(() => expect(window.server.token).toBe("token-2"));
  await until(() => expect(window.part("status").textContent).toContain("已清除"));
  expect(window.focused()).toBe(window.part("input"));
});

it("says how long talks are kept, and never to send secrets", async () => {
  const window = await open();
  expect(window.one(".small-print").textContent).toMatch(/保留 7 天.*密码、验证码/);
});
