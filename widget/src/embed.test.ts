/** What a page may do to the element, and what it keeps. */

import { afterEach, expect, it, vi } from "vitest";

import { strings } from "./strings";
import { mount, open, unmount, until } from "./testing/mount";

const SRC = "https://a.example/webhooks/website/zhaohui.js";

afterEach(() => {
  unmount();
  vi.restoreAllMocks();
  Reflect.deleteProperty(document, "currentScript");
  document.documentElement.removeAttribute("style");
});

const elements = () => Array.from(document.querySelectorAll("zhaohui-chat"));
const settle = () => new Promise((resolve) => setTimeout(resolve, 5));

async function load(page: string, current = true): Promise<void> {
  document.body.innerHTML = page;
  const script = current ? document.querySelector("script") : null;
  Object.defineProperty(document, "currentScript", { value: script, configurable: true });
  vi.resetModules();
  await import("./main");
  await settle();
}

it.each([
  ["the body", () => document.documentElement.replaceChild(newBody(), document.body)],
  ["what is in the body", () => (document.body.innerHTML = "<p>新的一页</p>")],
  [
    "what is in the body, one by one",
    () => [...document.body.children].forEach((child) => child.replaceWith("x")),
  ],
  ["only the element", () => document.body.removeChild(elements()[0]!)],
])("stays in a page that exchanges %s", async (_, exchange) => {
  await load(`<p>一页</p><script src="${SRC}" type="x"></script>`);
  const [before] = elements();
  for (let times = 0; times < 3; times += 1) {
    exchange();
    await settle();
    expect(elements()).toEqual([before]);
  }
});

it("stays when first the body and then what is in it is exchanged", async () => {
  await load(`<script src="${SRC}" type="x"></script>`);
  const [before] = elements();
  document.documentElement.replaceChild(newBody(), document.body);
  await settle();
  document.body.innerHTML = "<p>又一页</p>";
  await settle();
  expect(elements()).toEqual([before]);
});

function newBody(): HTMLElement {
  const body = document.createElement("body");
  body.innerHTML = "<p>新的一页</p>";
  return body;
}

it("is gone for good when the page calls remove", async () => {
  await load(`<script src="${SRC}" type="x"></script>`);
  elements()[0]!.remove();
  await settle();
  document.body.innerHTML = "<p>新的一页</p>";
  await settle();
  expect(elements()).toEqual([]);
});

it("leaves it at one where a saved copy of the page brings its own", async () => {
  await load(`<script src="${SRC}" type="x"></script>`);
  document.body.innerHTML = "<zhaohui-chat></zhaohui-chat>";
  await settle();
  expect(elements()).toHaveLength(1);
});

it("gives up in a page that removes whatever it does not know", async () => {
  await load(`<script src="${SRC}" type="x"></script>`);
  let removed = 0;
  const guard = new MutationObserver(() => {
    for (const element of elements()) {
      removed += 1;
      document.body.removeChild(element);
    }
  });
  guard.observe(document.body, { childList: true });
  document.body.removeChild(elements()[0]!);
  await settle();
  guard.disconnect();
  expect(removed).toBeGreaterThan(0);
  expect(removed).toBeLessThan(10);
});

it("works as a module, which has no current script", async () => {
  const warn = vi.spyOn(console, "warn").mockImplementation(() => undefined);
  await load(`<script src="${SRC}" type="x" data-chat-title="某局"></script>`, false);
  expect(elements()[0]?.getAttribute("chat-title")).toBe("某局");
  expect(warn).not.toHaveBeenCalled();
});

it("says in the console when it cannot know where the assistant is", async () => {
  const warn = vi.spyOn(console, "warn").mockImplementation(() => undefined);
  await load("<p></p>", false);
  expect(elements()).toEqual([]);
  expect(warn).toHaveBeenCalledWith(strings.noServer);
});

it("says nothing when the element in the page names the server", async () => {
  const warn = vi.spyOn(console, "warn").mockImplementation(() => undefined);
  await load('<zhaohui-chat server="https://a.example"></zhaohui-chat>', false);
  expect(warn).not.toHaveBeenCalled();
});

it("keeps conversation, place and typed text when the page moves it", async () => {
  const widget = await open({ storage: "none" });
  await widget.write("写了一半");
  const field = widget.part("input");
  const log = widget.one("[role=log]");
  log.scrollTop = 120;
  log.dispatchEvent(new Event("scroll"));
  const section = document.body.appendChild(document.createElement("section"));
  log.scrollTop = 0; // as a browser does
  section.append(widget.element);
  await settle();
  expect(widget.part("input")).toBe(field);
  expect(widget.part<HTMLTextAreaElement>("input").value).toBe("写了一半");
  expect(log.scrollTop).toBe(120);
  expect(widget.server.sent.filter((request) => request.path === "/session")).toHaveLength(1);
});

it("keeps the typed text when it is taken out and put in again later, also without storage", async () => {
  const widget = await open({ storage: "none" });
  await widget.write("写了一半");
  document.body.removeChild(widget.element);
  await settle();
  document.body.append(widget.element);
  await until(() => expect(widget.part<HTMLTextAreaElement>("input").value).toBe("写了一半"));
  expect(widget.text()).toContain("您好");
});

it.each([
  ["local", "写了一半"],
  ["session", "写了一半"],
  ["none", ""],
])("has the typed text again in the next page of the tab (storage %s)", async (storage, text) => {
  const first = await open({ storage });
  await first.write("写了一半");
  expect(JSON.stringify({ ...sessionStorage }).includes("写了一半")).toBe(text !== "");
  first.element.remove();
  await settle();
  const second = mount({ storage });
  await until(() => expect(second.part<HTMLTextAreaElement>("input").value).toBe(text));
});

it("takes no typed text from storage where nothing is to be kept there", async () => {
  sessionStorage.setItem("zhaohui-draft:http://server", "别人写的");
  const widget = await open({ storage: "none" });
  expect(widget.part<HTMLTextAreaElement>("input").value).toBe("");
});

it("forgets the typed text once it is sent", async () => {
  const widget = await open();
  await widget.write("写完了");
  expect(JSON.stringify({ ...sessionStorage })).toContain("写完了");
  widget.part("send").click();
  await until(() => expect(widget.server.posts()).toHaveLength(1));
  expect(JSON.stringify({ ...sessionStorage })).not.toContain("写完了");
});

it("holds the page behind a widget that fills the screen, and lets it go", async () => {
  vi.stubGlobal("matchMedia", (media: string) => ({
    matches: media.includes("max-width"),
    addEventListener: () => undefined,
    removeEventListener: () => undefined,
  }));
  const page = document.documentElement.style;
  page.setProperty("overflow", "scroll");
  const widget = await open();
  await until(() => expect(page.overflow).toBe("hidden"));
  const wheel = new WheelEvent("wheel", { bubbles: true, cancelable: true, composed: true });
  widget.one(".head").dispatchEvent(wheel);
  expect(wheel.defaultPrevented).toBe(true);
  widget.part("close").click();
  await until(() => expect(page.overflow).toBe("scroll"));
});

it("leaves the page alone beside a widget that does not", async () => {
  const widget = await open();
  expect(document.documentElement.style.overflow).toBe("");
  const wheel = new WheelEvent("wheel", { bubbles: true, cancelable: true, composed: true });
  widget.one(".head").dispatchEvent(wheel);
  expect(wheel.defaultPrevented).toBe(false);
});
