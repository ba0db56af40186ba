import { afterEach, expect, it, vi } from "vitest";

import { open, unmount, until, type Mounted } from "../testing/mount";

afterEach(() => {
  unmount();
  vi.restoreAllMocks();
});

/** The entries that a screen reader is told of while `during` runs: those added to the live log. */
async function additions(widget: Mounted, during: () => Promise<void>): Promise<string[]> {
  const added: string[] = [];
  const observer = new MutationObserver((records) => {
    for (const { addedNodes } of records) {
      addedNodes.forEach((node) => {
        const isAside = node instanceof Element && node.closest(".dots, .replies, .feedback");
        if (!isAside && node.textContent) added.push(node.textContent);
      });
    }
  });
  observer.observe(widget.one("[role=log]"), { childList: true, subtree: true });
  await during();
  await new Promise((resolve) => setTimeout(resolve, 20));
  observer.disconnect();
  return added;
}

it("adds one's own message once: sent, confirmed and answered", async () => {
  const widget = await open();
  const added = await additions(widget, async () => {
    await widget.write("收不到验证码");
    widget.part("send").click();
    await until(() => expect(widget.server.messages).toHaveLength(2));
    await until(() => expect(widget.all("[data-state]")).toEqual([]));
    const replyTo = widget.server.posts()[0]?.id as string;
    widget.server.add({ from: "assistant", text: "别急", replyTo });
    await until(() => expect(widget.text()).toContain("别急"));
  });
  expect(added.filter((text) => text.includes("收不到验证码"))).toHaveLength(1);
  expect(added.filter((text) => text.includes("别急"))).toHaveLength(1);
});

it("adds several messages once each, when they wait for the network and are sent in turn", async () => {
  const widget = await open();
  const added = await additions(widget, async () => {
    widget.server.down = true;
    widget.server.breakStreams();
    for (const text of ["甲乙", "丙丁"]) {
      await widget.write(text);
      widget.part("send").click();
    }
    await until(() => expect(widget.all('[data-state="waiting"]')).toHaveLength(2));
    widget.server.down = false;
    globalThis.window.dispatchEvent(new Event("online"));
    await until(() => expect(widget.server.messages).toHaveLength(3));
    await until(() => expect(widget.all("[data-state]")).toEqual([]));
  });
  for (const text of ["甲乙", "丙丁"]) {
    expect(added.filter((otherText) => otherText.includes(text))).toHaveLength(1);
  }
});

/** Gives the log a height, which jsdom does not know, and puts the reader somewhere in it. */
function scrolled(widget: Mounted, top: number): HTMLElement {
  const log = widget.one("[role=log]");
  Object.defineProperty(log, "scrollHeight", { value: 2000, configurable: true });
  Object.defineProperty(log, "clientHeight", { value: 400, configurable: true });
  for (const place of [1600, top]) {
    log.scrollTop = place;
    log.dispatchEvent(new Event("scroll"));
  }
  return log;
}

it("leaves a reader who has scrolled up in place, and offers what is new", async () => {
  const widget = await open();
  const log = scrolled(widget, 300);
  widget.server.add({ from: "assistant", text: "新的回答" });
  await until(() => expect(widget.part("newest").textContent).toContain("新消息"));
  expect(log.scrollTop).toBe(300);
  widget.part("newest").click();
  expect(log.scrollTop).toBe(2000);
  await until(() => expect(widget.all('[data-part="newest"]')).toEqual([]));
  expect(widget.focused()).toBe(log);
});

it("takes the offer back when the reader scrolls to the end alone", async () => {
  const widget = await open();
  scrolled(widget, 300);
  widget.server.add({ from: "assistant", text: "新的回答" });
  await until(() => widget.part("newest"));
  scrolled(widget, 1600);
  await until(() => expect(widget.all('[data-part="newest"]')).toEqual([]));
});

it("follows a reader at the end, and a person who writes", async () => {
  const widget = await open();
  const log = scrolled(widget, 1590);
  widget.server.add({ from: "assistant", text: "新的回答" });
  await until(() => expect(log.scrollTop).toBe(2000));
  scrolled(widget, 300);
  await widget.write("我来说");
  widget.part("send").click();
  await until(() => expect(log.scrollTop).toBe(2000));
  expect(widget.all('[data-part="newest"]')).toEqual([]);
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
  const widget = await open();
  const log = scrolled(widget, 1600);
  Object.defineProperty(log, "clientHeight", { value: 160, configurable: true });
  log.dispatchEvent(new Event("scroll"));
  resized.forEach((callback) => callback());
  expect(log.scrollTop).toBe(2000);
  scrolled(widget, 300);
  resized.forEach((callback) => callback());
  expect(log.scrollTop).toBe(300);
});
