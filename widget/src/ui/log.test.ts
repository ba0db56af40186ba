import { afterEach, expect, it, vi } from "vitest";

import { open, unmount, until, type Mounted } from "../testing/mount";

afterEach(() => {
  unmount();
  vi.restoreAllMocks();
});

/** The entries that a screen reader is told of while `during` runs: those added to the live log. */
async function additions(window: Mounted, during: () => Promise<void>): Promise<string[]> {
  const added: string[] = [];
  const observer = new MutationObserver((records) => {
    for (const { addedNodes } of records) {
      addedNodes.forEach((node) => {
        const isAside = node instanceof Element && node.closest(".dots, .replies, .feedback");
        if (!isAside && node.textContent) added.push(node.textContent);
      });
    }
  });
  observer.observe(window.one("[role=log]"), { childList: true, subtree: true });
  await during();
  await new Promise((resolve) => setTimeout(resolve, 20));
  observer.disconnect();
  return added;
}

it("adds one's own message once: sent, confirmed and answered", async () => {
  const window = await open();
  const added = await additions(window, async () => {
    await window.write("收不到验证码");
    window.part("send").click();
    await until(() => expect(window.server.messages).toHaveLength(2));
    await until(() => expect(window.all("[data-state]")).toEqual([]));
    const replyTo = window.server.posts()[0]?.id as string;
    window.server.add({ from: "assistant", text: "别急", replyTo });
    await until(() => expect(window.text()).toContain("别急"));
  });
  expect(added.filter((text) => text.includes("收不到验证码"))).toHaveLength(1);
  expect(added.filter((text) => text.includes("别急"))).toHaveLength(1);
});

it("adds several messages once each, when they wait for the network and are sent in turn", async () => {
  const window = await open();
  const added = await additions(window, async () => {
    window.server.down = true;
    window.server.breakStreams();
    for (const text of ["甲乙", "丙丁"]) {
      await window.write(text);
      window.part("send").click();
    }
    await until(() => expect(window.all('[data-state="waiting"]')).toHaveLength(2));
    window.server.down = false;
    globalThis.window.dispatchEvent(new Event("online"));
    await until(() => expect(window.server.messages).toHaveLength(3));
    await until(() => expect(window.all("[data-state]")).toEqual([]));
  });
  for (const text of ["甲乙", "丙丁"]) {
    expect(added.filter((it) => it.includes(text))).toHaveLength(1);
  }
});

/** Gives the log a height, which jsdom does not know, and puts the reader somewhere in it. */
function scrolled(window: Mounted, top: number): HTMLElement {
  const log = window.one("[role=log]");
  Object.defineProperty(log, "scrollHeight", { value: 2000, configurable: true });
  Object.defineProperty(log, "clientHeight", { value: 400, configurable: true });
  for (const place of [1600, top]) {
    log.scrollTop = place;
    log.dispatchEvent(new Event("scroll"));
  }
  return log;
}

it("leaves a reader who has scrolled up in place, and offers what is new", async () => {
  const window = await open();
  const log = scrolled(window, 300);
  window.server.add({ from: "assistant", text: "新的回答" });
  await until(() => expect(window.part("newest").textContent).toContain("新消息"));
  expect(log.scrollTop).toBe(300);
  window.part("newest").click();
  expect(log.scrollTop).toBe(2000);
  await until(() => expect(window.all('[data-part="newest"]')).toEqual([]));
  expect(window.focused()).toBe(log);
});

it("takes the offer back when the reader scrolls to the end alone", async () => {
  const window = await open();
  scrolled(window, 300);
  window.server.add({ from: "assistant", text: "新的回答" });
  await until(() => window.part("newest"));
  scrolled(window, 1600);
  await until(() => expect(window.all('[data-part="newest"]')).toEqual([]));
});

it("follows a reader at the end, and whoever writes", async () => {
  const window = await open();
  const log = scrolled(window, 1590);
  window.server.add({ from: "assistant", text: "新的回答" });
  await until(() => expect(log.scrollTop).toBe(2000));
  scrolled(window, 300);
  await window.write("我来说");
  window.part("send").click();
  await until(() => expect(log.scrollTop).toBe(2000));
  expect(window.all('[data-part="newest"]')).toEqual([]);
});

it("keeps the end in view when the room for it shrinks, but not for a reader further up", async () => {
  const resized: (() => void)[] = [];
  class Observer {
    constructor(callback: () => void) {
      resized.push(callback);
    }
    observe(): void {}
    disconnect(): void {}
  }
  vi.stubGlobal("ResizeObserver", Observer);
  const window = await open();
  const log = scrolled(window, 1600);
  Object.defineProperty(log, "clientHeight", { value: 160, configurable: true });
  log.dispatchEvent(new Event("scroll"));
  resized.forEach((callback) => callback());
  expect(log.scrollTop).toBe(2000);
  scrolled(window, 300);
  resized.forEach((callback) => callback());
  expect(log.scrollTop).toBe(300);
});
