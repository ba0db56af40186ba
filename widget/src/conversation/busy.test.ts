/** A server that refuses for a while (429) is not stormed, and nothing is lost meanwhile. */

import { afterEach, beforeEach, expect, it, vi } from "vitest";

import { TestServer } from "../testing/server";
import { Api } from "../transport/api";
import { TokenStore } from "../transport/token";
import { Conversation } from "./conversation";

let server: TestServer;
let conversation: Conversation;

beforeEach(() => {
  vi.useFakeTimers();
  server = new TestServer();
  const api = new Api("http://server", server.fetch);
  conversation = new Conversation(api, new TokenStore("key", "none"));
});

afterEach(() => {
  conversation.stop();
  vi.useRealTimers();
});

const state = () => conversation.store.get();
const texts = () => state().messages.map((message) => message.text);
const count = (path: string) => server.sent.filter((request) => request.path === path).length;
const pass = (milliseconds: number) => vi.advanceTimersByTimeAsync(milliseconds);

it("asks for the history while it may not have a stream, then for a stream again", async () => {
  server.busy.set("/events", 60);
  conversation.start();
  await pass(5_000);
  expect(state()).toMatchObject({ link: "up", problem: "" });
  expect(count("/events")).toBe(1);
  server.add({ from: "assistant", text: "没有流也收到" }, true);
  await pass(3_000);
  expect(texts()).toContain("没有流也收到");
  await pass(50_000);
  expect(count("/events")).toBe(1);
  expect(count("/history")).toBeLessThan(30); // a look each 2.5 s
  server.busy.clear();
  await pass(8_000);
  expect(count("/events")).toBe(2);
  const looks = count("/history");
  await pass(20_000);
  expect(count("/history")).toBe(looks); // the stream brings what comes
});

it("waits half a minute if no time is given", async () => {
  server.busy.set("/events", 0);
  conversation.start();
  await pass(28_000);
  expect(count("/events")).toBe(1);
  await pass(10_000);
  expect(count("/events")).toBe(2);
});

it.each(["/session", "/history"])("waits as long as %s wants, whatever happens", async (path) => {
  server.busy.set(path, 20);
  conversation.start();
  await pass(100);
  expect(state()).toMatchObject({ link: "down", problem: "请稍候" });
  for (let second = 0; second < 19; second += 1) {
    window.dispatchEvent(new Event("online"));
    conversation.outbox.say(`第 ${second} 条`);
    await pass(1_000);
  }
  expect(count(path)).toBe(1);
  server.busy.clear();
  await pass(10_000);
  expect(state().link).toBe("up");
  expect(server.posts()).toHaveLength(19);
});

it("keeps to the header of a proxy, too", async () => {
  server.busyLikeProxy = true;
  server.busy.set("/history", 20);
  conversation.start();
  await pass(19_000);
  expect(count("/history")).toBe(1);
  await pass(3_000);
  expect(count("/history")).toBe(2);
});

it("does not begin anew because a look for an answer was refused", async () => {
  conversation.start();
  await pass(1_000);
  conversation.outbox.say("你好");
  await pass(100);
  server.busy.set("/history", 60);
  const streams = count("/events");
  await pass(30_000);
  expect(state()).toMatchObject({ link: "up", drafts: [{ state: "accepted" }] });
  expect(count("/events")).toBe(streams);
});

it("can be closed and opened while it waits", async () => {
  server.busy.set("/session", 600);
  conversation.start();
  await pass(1_000);
  conversation.stop();
  server.busy.clear();
  conversation.start();
  await pass(1_000);
  expect(state().link).toBe("up");
});

it("does not say that something is deleted or rated when that was refused", async () => {
  conversation.start();
  await pass(1_000);
  server.busy.set("/conversation", 60).set("/feedback", 60);
  expect(await conversation.giveFeedback(1, true, "")).toBe(false);
  await conversation.deleteConversation();
  expect(state().notice).not.toBe("");
  expect(texts()).toContain("您好");
});
