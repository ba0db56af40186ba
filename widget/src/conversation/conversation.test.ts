import { afterEach, beforeEach, expect, it, vi } from "vitest";

import { TestServer } from "../testing/server";
import { Api } from "../transport/api";
import { TokenStore } from "../transport/token";
import { isAwaiting } from "./state";
import { Conversation } from "./conversation";

let server: TestServer;
let conversation: Conversation;

beforeEach(async () => {
  server = new TestServer();
  const api = new Api("http://server", server.fetch);
  conversation = new Conversation(api, new TokenStore("key", "local"));
  conversation.start();
  await until(() => texts().includes("您好"));
});

afterEach(() => {
  conversation.stop();
  vi.useRealTimers();
  localStorage.clear();
});

const state = () => conversation.store.get();
const texts = () => state().messages.map((message) => message.text);
const until = (check: () => boolean) =>
  vi.waitFor(() => expect(check()).toBe(true), { timeout: 4000, interval: 10 });

it("opens a session, is greeted, and keeps nothing but the token", () => {
  expect(state()).toMatchObject({ link: "up", keptDays: 7 });
  expect([localStorage.length, sessionStorage.length]).toEqual([1, 0]);
  expect(localStorage.getItem("key")).toBe("token-1");
});

it("sends a text, shows it at once, and takes the answer", async () => {
  conversation.outbox.say("收不到验证码");
  expect(state().drafts).toMatchObject([{ text: "收不到验证码", echoed: false }]);
  await until(() => texts().includes("收不到验证码"));
  const id = server.posts()[0]?.id as string;
  server.add({ from: "assistant", text: "别急", replyTo: id });
  await until(() => state().drafts.length === 0);
  expect(texts()).toEqual(["您好", "收不到验证码", "别急"]);
});

it("awaits nothing more when one answer is to several texts", async () => {
  for (const text of ["在吗", "密码忘了"]) conversation.outbox.say(text);
  await until(() => server.posts().length === 2 && isAwaiting(state()));
  const repliesTo = server.posts().map((post) => post.id as string);
  server.add({ from: "assistant", text: "别急", replyTo: repliesTo[1] as string, repliesTo });
  await until(() => texts().includes("别急"));
  expect(state().drafts).toEqual([]);
  expect(isAwaiting(state())).toBe(false);
});

it("keeps what was written offline, and sends it once, under the same id, in order", async () => {
  server.down = true;
  server.breakStreams();
  conversation.outbox.say("一");
  conversation.outbox.say("二");
  await until(() => state().link === "down");
  expect(state().drafts.map((draft) => draft.state)).toEqual(["waiting", "waiting"]);
  const ids = state().drafts.map((draft) => draft.id);
  server.down = false;
  window.dispatchEvent(new Event("online"));
  await until(() => texts().includes("二"));
  expect(server.posts().map((post) => post.id)).toEqual(ids);
  expect(texts()).toEqual(["您好", "一", "二"]);
});

it("repeats a message whose reply was lost, and shows it once", async () => {
  server.loseReply = true;
  conversation.outbox.say("一");
  await until(() => server.posts().length === 2);
  const [first, second] = server.posts();
  expect(first?.id).toBe(second?.id);
  expect(texts().filter((text) => text === "一")).toHaveLength(1);
  expect(state().drafts.filter((draft) => !draft.echoed)).toEqual([]);
});

it("finds in the history what the stream has lost", async () => {
  server.add({ from: "assistant", text: "漏掉的" }, true);
  server.breakStreams();
  await until(() => texts().includes("漏掉的"));
});

it("goes on in a new session when the old one is gone, with what was not answered", async () => {
  server.newToken();
  conversation.outbox.say("还在吗");
  await until(() => texts().includes("还在吗"));
  expect(texts()).not.toContain("您好");
  expect(localStorage.getItem("key")).toBe("token-2");
  expect(state().notice).not.toBe("");
});

it("shows a refusal with its words; retrying uses the same id", async () => {
  server.refusal = { status: 429, error: "too_fast", message: "请 20 秒后再试。" };
  conversation.outbox.say("一");
  await until(() => state().drafts[0]?.state === "failed");
  expect(state().drafts[0]?.problem).toBe("请 20 秒后再试。");
  server.refusal = null;
  conversation.outbox.retry(state().drafts[0]?.id ?? "");
  await until(() => texts().includes("一"));
  expect(server.posts()[0]?.id).toBe(server.posts()[1]?.id);
});

it("gives a refused text back", async () => {
  server.refusal = { status: 413, error: "too_large", message: "太长了。" };
  conversation.outbox.say("很长");
  await until(() => state().drafts[0]?.state === "failed");
  expect(conversation.outbox.takeBack(state().drafts[0]?.id ?? "")).toBe("很长");
  expect(state().drafts).toEqual([]);
});

it("deletes the conversation on the server and begins a new one", async () => {
  await conversation.deleteConversation();
  const deletions = server.sent.filter((request) => request.method === "DELETE");
  expect(deletions.map((request) => request.path)).toContain("/conversation");
  await until(() => state().link === "up" && texts().includes("您好"));
  expect(localStorage.getItem("key")).toBe("token-2");
});

it("says so when the conversation could not be deleted", async () => {
  server.down = true;
  await conversation.deleteConversation();
  expect(state().notice).not.toBe("");
  expect(texts()).toEqual(["您好"]);
});

it("begins anew when another tab has deleted the conversation", async () => {
  server.newToken();
  server.event("gone", {});
  await until(() => localStorage.getItem("key") === "token-2" && texts().includes("您好"));
});

it("shows the other tab's messages, each once", async () => {
  server.add({ from: "person", text: "另一个窗口", id: "other" });
  server.event("message", { seq: 2, from: "person", text: "另一个窗口" });
  await until(() => texts().includes("另一个窗口"));
  expect(texts()).toEqual(["您好", "另一个窗口"]);
});

it("knows when the assistant is typing", async () => {
  server.event("typing", { on: true });
  await until(() => state().typing);
  server.event("typing", { on: false });
  await until(() => !state().typing);
});

it("looks into the history for an answer that the stream does not bring", async () => {
  conversation.outbox.say("一");
  await until(() => texts().includes("一"));
  const replyTo = server.posts()[0]?.id as string;
  server.add({ from: "assistant", text: "答", replyTo }, true);
  await vi.waitFor(() => expect(texts()).toContain("答"), { timeout: 4900 });
});

it("sends a double click once", async () => {
  conversation.outbox.click("/affirm", "行");
  conversation.outbox.click("/affirm", "行");
  await until(() => texts().includes("行"));
  expect(server.posts()).toHaveLength(1);
});
