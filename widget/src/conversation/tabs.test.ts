/** Several tabs of one conversation: one of them reads the stream, all see what it brings. */

import { afterEach, beforeEach, expect, it, vi } from "vitest";

import { TestLocks } from "../testing/locks";
import { TestServer } from "../testing/server";
import { Api } from "../transport/api";
import { TokenStore, type Keeping } from "../transport/token";
import { Conversation } from "./conversation";

let server: TestServer;
let tabs: Conversation[] = [];

beforeEach(() => {
  server = new TestServer();
  Object.defineProperty(navigator, "locks", { value: new TestLocks(), configurable: true });
});

afterEach(() => {
  tabs.forEach((tab) => tab.stop());
  tabs = [];
  hide(false);
  Reflect.deleteProperty(navigator, "locks");
  localStorage.clear();
  sessionStorage.clear();
});

const until = (check: () => boolean) =>
  vi.waitFor(() => expect(check()).toBe(true), { timeout: 4000, interval: 10 });
const sees = (tab: Conversation, text: string) =>
  tab.store.get().messages.some((message) => message.text === text);

function hide(hidden: boolean): void {
  Object.defineProperty(document, "hidden", { value: hidden, configurable: true });
  document.dispatchEvent(new Event("visibilitychange"));
}

async function openTabs(count: number, keeping: Keeping = "local"): Promise<void> {
  for (let number = 0; number < count; number += 1) {
    const tab = new Conversation(new Api("http://server", server.fetch), new TokenStore("key", keeping));
    tabs.push(tab);
    tab.start();
    await until(() => tab.store.get().link === "up" && sees(tab, "您好"));
  }
}

it("holds one stream for seven tabs, and each sees at once what it brings", async () => {
  await openTabs(7);
  await until(() => server.openStreams === 1);
  const looks = server.sent.filter((request) => request.path === "/history").length;
  server.event("typing", { on: true });
  await until(() => tabs.every((tab) => tab.store.get().typing));
  server.add({ from: "assistant", text: "给大家" });
  await vi.waitFor(() => expect(tabs.every((tab) => sees(tab, "给大家"))).toBe(true), {
    timeout: 500,
  });
  expect(server.sent.filter((request) => request.path === "/history")).toHaveLength(looks);
});

it("hands the stream on when its tab is closed", async () => {
  await openTabs(3);
  await until(() => server.openStreams === 1);
  tabs.shift()?.stop();
  await vi.waitFor(() => expect(server.openStreams).toBe(1), { timeout: 500 });
  server.add({ from: "assistant", text: "还在" });
  await until(() => tabs.every((tab) => sees(tab, "还在")));
});

it("lets go of the stream in a hidden tab, and sees what it missed when it is shown", async () => {
  await openTabs(1);
  await until(() => server.openStreams === 1);
  hide(true);
  await new Promise((resolve) => setTimeout(resolve, 500));
  expect(server.openStreams).toBe(0);
  server.add({ from: "assistant", text: "错过的" }, true);
  hide(false);
  await until(() => server.openStreams === 1 && sees(tabs[0]!, "错过的"));
});

it("lets go when the page is left, and goes on when it comes back from the cache", async () => {
  await openTabs(1);
  await until(() => server.openStreams === 1);
  window.dispatchEvent(new Event("pagehide"));
  await new Promise((resolve) => setTimeout(resolve, 500));
  expect(server.openStreams).toBe(0);
  window.dispatchEvent(new Event("pageshow"));
  await until(() => server.openStreams === 1);
});

it("hears nothing of another conversation", async () => {
  await openTabs(1);
  const other = new BroadcastChannel("key");
  const data = JSON.stringify({ seq: 2, from: "assistant", text: "别人的" });
  other.postMessage({ to: "another", event: { name: "message", data } });
  await new Promise((resolve) => setTimeout(resolve, 100));
  other.close();
  expect(sees(tabs[0]!, "别人的")).toBe(false);
});

it("fetches the whole when another tab's stream is ahead", async () => {
  await openTabs(1);
  server.add({ from: "assistant", text: "第二条" }, true);
  server.add({ from: "assistant", text: "第三条" }, true);
  const other = new BroadcastChannel("key");
  const event = { name: "message", data: JSON.stringify(server.messages[2]) };
  other.postMessage({ to: server.token, event });
  await until(() => sees(tabs[0]!, "第二条") && sees(tabs[0]!, "第三条"));
  other.close();
});

it("keeps to three streams where each tab has a conversation of its own", async () => {
  await openTabs(7, "none");
  await until(() => server.openStreams === 3);
  server.add({ from: "assistant", text: "给大家" });
  await until(() => tabs.every((tab) => sees(tab, "给大家")));
});

it("asks for the history, and for a stream later, when its stream was replaced", async () => {
  Reflect.deleteProperty(navigator, "locks"); // as on plain http
  await openTabs(1);
  await until(() => server.openStreams === 1);
  server.event("replaced", {});
  server.endStreams();
  server.add({ from: "assistant", text: "没有流" }, true);
  await until(() => sees(tabs[0]!, "没有流"));
  expect(server.openStreams).toBe(0);
});
