/** Something on the way holds streams of events back; every answer is there within 5 s. */

import { afterEach, beforeEach, expect, it, vi } from "vitest";

import { TestServer } from "../testing/server";
import { Api } from "../transport/api";
import { TokenStore } from "../transport/token";
import { Conversation } from "./conversation";

const SECONDS = 5_000;
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

const texts = () => conversation.store.get().messages.map((message) => message.text);
const count = (path: string) => server.sent.filter((request) => request.path === path).length;
const pass = (milliseconds: number) => vi.advanceTimersByTimeAsync(milliseconds);

it.each(["whole", "body", "headers", "later"] as const)(
  "brings the greeting and every answer where streams are held (%s)",
  async (holds) => {
    server.holdsStreams = holds;
    server.greetsAfter = 6_000;
    conversation.start();
    await pass(server.greetsAfter + SECONDS);
    expect(texts()).toEqual(["您好"]);
    for (let number = 1; number <= 5; number += 1) {
      conversation.outbox.say(`问 ${number}`);
      await pass(1_700);
      const replyTo = server.posts()[number - 1]?.id as string;
      server.add({ from: "assistant", text: `答 ${number}`, replyTo }, true);
      await pass(SECONDS);
      expect(texts()).toContain(`答 ${number}`);
      await pass(20_000);
    }
    expect(conversation.store.get()).toMatchObject({ link: "up", drafts: [] });
    expect(count("/events")).toBeLessThan(6); // it is tried again, seldom
    expect(count("/history")).toBeLessThan(100); // in 145 s
  },
);

it("finds by itself what came unasked where no stream comes through", async () => {
  server.holdsStreams = "headers";
  conversation.start();
  await pass(30_000);
  server.add({ from: "assistant", text: "还有一句" }, true);
  await pass(SECONDS);
  expect(texts()).toContain("还有一句");
});

it("goes back to the stream when that comes through again", async () => {
  server.holdsStreams = "body";
  conversation.start();
  await pass(20_000);
  server.holdsStreams = "no";
  await pass(60_000);
  const looks = count("/history");
  await pass(20_000);
  expect(count("/history")).toBe(looks);
  server.add({ from: "assistant", text: "还在" });
  await pass(10);
  expect(texts()).toContain("还在");
});
