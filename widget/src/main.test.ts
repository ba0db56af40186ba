import { afterEach, expect, it, vi } from "vitest";

import { mount, open, unmount, until } from "./testing/mount";

afterEach(() => {
  unmount();
  Reflect.deleteProperty(document, "currentScript");
});

async function load(line: string): Promise<Element | null> {
  document.body.innerHTML = line;
  const script = document.querySelector("script");
  Object.defineProperty(document, "currentScript", { value: script, configurable: true });
  vi.resetModules();
  await import("./main");
  return document.querySelector("zhaohui-chat");
}

it("needs one line: the script puts the element in, with its attributes", async () => {
  vi.stubGlobal("fetch", vi.fn());
  const src = "https://a.example/webhooks/website/zhaohui.js";
  const element = await load(`<script src="${src}" data-chat-title="某局" type="x"></script>`);
  expect(element?.getAttribute("chat-title")).toBe("某局");
  expect(fetch).not.toHaveBeenCalled(); // nothing is asked of the server before a click
});

it("leaves a page alone that has the element already", async () => {
  const script = `<script src="https://a.example/zhaohui.js" type="x"></script>`;
  await load(`<zhaohui-chat></zhaohui-chat>${script}`);
  expect(document.querySelectorAll("zhaohui-chat")).toHaveLength(1);
});

it.each([
  [{}, "余杭找回"],
  [{ "chat-title": "某局" }, "某局"],
])("has the title of the site's tenant unless the page %o says another", async (given, title) => {
  const mounted = mount(given as Record<string, string>);
  mounted.server.title = "余杭找回";
  mounted.part("launcher").click();
  await until(() => expect(mounted.text()).toContain("您好"));
  expect(mounted.one("#title").textContent).toBe(title);
});

it("takes title, avatar, position and theme from attributes, also later", async () => {
  const { element, one } = await open({ "chat-title": "某局", avatar: "/a.png", position: "left" });
  expect(one("#title").textContent).toBe("某局");
  expect(one<HTMLImageElement>("img").getAttribute("alt")).toBe("");
  expect(one(".app").className).toBe("app light left");
  element.setAttribute("theme", "dark");
  element.setAttribute("accent", "#ff0");
  expect(one(".app").className).toBe("app dark left");
  expect(one(".app").style.getPropertyValue("--on-accent")).toBe("#000000");
});

it("is open again after a reload, without taking the focus", async () => {
  const first = await open();
  first.element.remove();
  const second = mount();
  await until(() => expect(second.text()).toContain("您好"));
  expect(second.focused()).toBeNull();
  second.part("close").click();
  await until(() => second.part("launcher"));
  second.element.remove();
  expect(mount().all('[data-part="launcher"]')).toHaveLength(1);
});

it("keeps nothing in storage but the token and whether it was open", async () => {
  const widget = await open();
  await widget.write("我的秘密");
  widget.part("send").click();
  await until(() => expect(widget.server.posts()).toHaveLength(1));
  expect({ ...localStorage }).toEqual({ "zhaohui:http://server": "token-1" });
  expect({ ...sessionStorage }).toEqual({ "zhaohui-open:http://server": "1" });
});
