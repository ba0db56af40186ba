import { afterEach, beforeEach, expect, it, vi } from "vitest";

import { TestServer } from "../testing/server";
import { Api } from "../transport/api";
import { TokenStore } from "../transport/token";
import { Conversation } from "./conversation";

let server: TestServer;
let conversation: Conversation;

beforeEach(async () => {
  server = new TestServer();
  const api = new Api("http://server", server.fetch);
  conversation = new Conversation(api, new TokenStore("key", "none"));
  conversation.start();
  await until(() => state().link === "up");
});

afterEach(() => {
  conversation.stop();
  vi.useRealTimers();
});

const state = () => conversation.store.get();
const posted = () => server.posts().map((post) => post.text);
const until = (check: () => boolean) =>
  vi.waitFor(() => expect(check()).toBe(true), { timeout: 4000, interval: 10 });

it("sends what is written while an earlier message is sent again", async () => {
  server.down = true;
  server.breakStreams();
  conversation.outbox.say("一");
  await until(() => state().link === "down");
  const go = server.hold("/messages");
  server.down = false;
  window.dispatchEvent(new Event("online"));
  await until(() => posted().includes("一"));
  conversation.outbox.say("二");
  go();
  await until(() => posted().includes("二"));
});

it("sends what waits as soon as the link is up", async () => {
  conversation.store.set({ drafts: [{ id: "1", text: "一", state: "waiting", echoed: false }] });
  conversation.onUp();
  await until(() => posted().includes("一"));
});

it("sends nothing of a deleted conversation into the next one", async () => {
  const go = server.hold("/messages");
  conversation.outbox.say("一");
  conversation.outbox.say("二");
  await until(() => posted().includes("一"));
  await conversation.deleteConversation();
  const histories = () => server.sent.filter((request) => request.path === "/history");
  await until(() => histories().some((request) => request.token === "token-2"));
  go();
  await until(() => state().link === "up");
  expect(posted()).toEqual(["一"]);
});

it("waits for an answer longer than the server does", async () => {
  vi.useFakeTimers();
  conversation.outbox.say("一");
  await vi.advanceTimersByTimeAsync(99_000);
  expect(state().drafts).toMatchObject([{ state: "accepted" }]);
  await vi.advanceTimersByTimeAsync(60_000);
  expect(state().drafts).toMatchObject([{ state: "failed", taken: true }]);
});
