import { afterEach, beforeEach, expect, it, vi } from "vitest";

import { strings } from "../strings";
import { TestServer } from "../testing/server";
import { Api } from "../transport/api";
import { TokenStore } from "../transport/token";
import { Conversation } from "./conversation";

let server: TestServer;
let conversation: Conversation;

beforeEach(() => {
  server = new TestServer();
  const api = new Api("http://server", server.fetch);
  conversation = new Conversation(api, new TokenStore("key", "local"));
});

afterEach(() => {
  conversation.stop();
  localStorage.clear();
});

const state = () => conversation.store.get();
const texts = () => state().messages.map((message) => message.text);
const requests = (path: string) => server.sent.filter((request) => request.path === path);
const until = (check: () => boolean) =>
  vi.waitFor(() => expect(check()).toBe(true), { timeout: 4000, interval: 10 });

it("deletes the conversation of the stored token before the session is open", async () => {
  localStorage.setItem("key", "token-1");
  const go = server.hold("/session");
  conversation.start();
  const deleted = conversation.deleteConversation();
  go();
  await deleted;
  expect(requests("/conversation").map((request) => request.token)).toEqual(["token-1"]);
  expect(state().notice).toBe(strings.notices.deleted);
  await until(() => localStorage.getItem("key") === "token-2" && state().link === "up");
});

it("does not say that a conversation is deleted when its session could not be opened", async () => {
  localStorage.setItem("key", "token-1");
  server.sessionRefused = true;
  await conversation.deleteConversation();
  expect(state().notice).toBe(strings.notices.notDeleted);
  expect(localStorage.getItem("key")).toBe("token-1");
});

it("takes no session that arrives after it was stopped", async () => {
  const go = server.hold("/session");
  conversation.start();
  conversation.stop();
  go();
  await new Promise((resolve) => setTimeout(resolve, 30));
  expect(server.sent.map((request) => request.path)).toEqual(["/session"]);
  expect(localStorage.getItem("key")).toBeNull();
});

/** Another tab begins another conversation. */
function otherTab(): void {
  server.newToken();
  server.add({ from: "assistant", text: "另一个" }, true);
  localStorage.setItem("key", server.token);
}

const tellStorage = () =>
  window.dispatchEvent(new StorageEvent("storage", { key: "key", newValue: server.token }));

it("goes over to the conversation that another tab has begun", async () => {
  conversation.start();
  await until(() => state().link === "up" && texts().includes("您好"));
  otherTab();
  tellStorage();
  await until(() => texts().join() === "另一个");
  await until(() => requests("/events").some((request) => request.token === "token-2"));
  expect(requests("/session")).toHaveLength(1);
});

it("finds the other tab's conversation when the widget is opened again", async () => {
  conversation.start();
  await until(() => state().link === "up");
  conversation.stop();
  otherTab();
  tellStorage();
  conversation.start();
  await until(() => texts().join() === "另一个");
  expect(requests("/session")).toHaveLength(1);
});

it("takes the other tab's token even while its own session is being opened", async () => {
  const go = server.hold("/session");
  conversation.start();
  localStorage.setItem("key", "token-5");
  window.dispatchEvent(new StorageEvent("storage", { key: "key", newValue: "token-5" }));
  server.token = "token-5";
  server.sessionToken = "token-6";
  go();
  await until(() => texts().includes("您好"));
  expect(localStorage.getItem("key")).toBe("token-5");
});

it("leaves another tab's token where it is when it deletes its own conversation", async () => {
  conversation.start();
  await until(() => state().link === "up");
  localStorage.setItem("key", "token-9");
  await conversation.deleteConversation();
  await until(() => requests("/session").length === 2);
  expect(requests("/session")[1]?.body).toEqual({ token: "token-9" });
});
