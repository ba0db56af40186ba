import { afterEach, beforeEach, expect, it, vi } from "vitest";

import { strings } from "../strings";
import { TestServer } from "../testing/server";
import { Api } from "../transport/api";
import { TokenStore } from "../transport/token";
import { Talk } from "./talk";

let server: TestServer;
let talk: Talk;

beforeEach(() => {
  server = new TestServer();
  talk = new Talk(new Api("http://server", server.fetch), new TokenStore("key", "local"));
});

afterEach(() => {
  talk.stop();
  localStorage.clear();
});

const state = () => talk.store.get();
const texts = () => state().messages.map((it) => it.text);
const requests = (path: string) => server.sent.filter((it) => it.path === path);
const until = (check: () => boolean) =>
  vi.waitFor(() => expect(check()).toBe(true), { timeout: 4000, interval: 10 });

it("deletes the talk of the stored token before the session is open", async () => {
  localStorage.setItem("key", "token-1");
  const go = server.hold("/session");
  talk.start();
  const deleted = talk.deleteTalk();
  go();
  await deleted;
  expect(requests("/talk").map((it) => it.token)).toEqual(["token-1"]);
  expect(state().notice).toBe(strings.notices.deleted);
  await until(() => localStorage.getItem("key") === "token-2" && state().link === "up");
});

it("does not say that a talk is deleted when its session could not be opened", async () => {
  localStorage.setItem("key", "token-1");
  server.sessionRefused = true;
  await talk.deleteTalk();
  expect(state().notice).toBe(strings.notices.notDeleted);
  expect(localStorage.getItem("key")).toBe("token-1");
});

it("takes no session that arrives after it was stopped", async () => {
  const go = server.hold("/session");
  talk.start();
  talk.stop();
  go();
  await new Promise((resolve) => setTimeout(resolve, 30));
  expect(server.sent.map((it) => it.path)).toEqual(["/session"]);
  expect(localStorage.getItem("key")).toBeNull();
});

/** Another tab begins another talk. */
function otherTab(): void {
  server.newToken();
  server.add({ from: "assistant", text: "另一个" }, true);
  localStorage.setItem("key", server.token);
}

const tellStorage = () =>
  window.dispatchEvent(new StorageEvent("storage", { key: "key", newValue: server.token }));

it("goes over to the talk that another tab has begun", async () => {
  talk.start();
  await until(() => state().link === "up" && texts().includes("您好"));
  otherTab();
  tellStorage();
  await until(() => texts().join() === "另一个");
  await until(() => requests("/events").some((it) => it.token === "token-2"));
  expect(requests("/session")).toHaveLength(1);
});

it("finds the other tab's talk when the window is opened again", async () => {
  talk.start();
  await until(() => state().link === "up");
  talk.stop();
  otherTab();
  tellStorage();
  talk.start();
  await until(() => texts().join() === "另一个");
  expect(requests("/session")).toHaveLength(1);
});

it("takes the other tab's token even while its own session is being opened", async () => {
  const go = server.hold("/session");
  talk.start();
  localStorage.setItem("key", "token-5");
  window.dispatchEvent(new StorageEvent("storage", { key: "key", newValue: "token-5" }));
  server.token = "token-5";
  server.sessionToken = "token-6";
  go();
  await until(() => texts().includes("您好"));
  expect(localStorage.getItem("key")).toBe("token-5");
});

it("leaves another tab's token where it is when it deletes its own talk", async () => {
  talk.start();
  await until(() => state().link === "up");
  localStorage.setItem("key", "token-9");
  await talk.deleteTalk();
  await until(() => requests("/session").length === 2);
  expect(requests("/session")[1]?.body).toEqual({ token: "token-9" });
});
