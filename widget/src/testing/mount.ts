/** Puts the element before a test server into the page, and finds things in it. */

import { expect, vi } from "vitest";

import { ZhaohuiChat } from "../element";
import { TestServer } from "./server";

export interface Mounted {
  server: TestServer;
  element: ZhaohuiChat;
  one: <T extends HTMLElement>(selector: string) => T;
  all: (selector: string) => HTMLElement[];
  part: <T extends HTMLElement>(name: string) => T;
  text: () => string;
  focused: () => Element | null;
  write: (text: string) => Promise<void>;
}

export const until = (check: () => void): Promise<void> =>
  vi.waitFor(check, { timeout: 3000, interval: 5 });

export function mount(attributes: Record<string, string> = {}): Mounted {
  const server = new TestServer();
  vi.stubGlobal("fetch", server.fetch);
  if (!customElements.get("zhaohui-chat")) customElements.define("zhaohui-chat", ZhaohuiChat);
  const element = document.createElement("zhaohui-chat") as ZhaohuiChat;
  element.setAttribute("server", "http://server");
  for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, value);
  document.body.append(element);
  const root = element.shadowRoot!;
  const all = (selector: string) => Array.from(root.querySelectorAll<HTMLElement>(selector));
  const one = <T extends HTMLElement>(selector: string): T => {
    const found = root.querySelector<T>(selector);
    if (!found) throw new Error(`no ${selector}`);
    return found;
  };
  const part = <T extends HTMLElement>(name: string): T => one<T>(`[data-part="${name}"]`);
  const write = async (text: string): Promise<void> => {
    const field = part<HTMLTextAreaElement>("input");
    field.value = text;
    field.dispatchEvent(new InputEvent("input", { bubbles: true }));
    await until(() => expect(part<HTMLTextAreaElement>("input").value).toBe(text));
  };
  return {
    server,
    element,
    one,
    all,
    part,
    text: () => root.querySelector(".app")?.textContent ?? "",
    focused: () => root.activeElement,
    write,
  };
}

/** Opens the widget by its launcher, and waits for the greeting. */
export async function open(attributes: Record<string, string> = {}): Promise<Mounted> {
  const mounted = mount(attributes);
  mounted.part("launcher").click();
  await until(() => expect(mounted.text()).toContain("您好"));
  await until(() => expect(mounted.one("[role=dialog]").dataset.link).toBe("up"));
  return mounted;
}

export function unmount(): void {
  document.querySelectorAll("zhaohui-chat").forEach((element) => element.remove());
  document.body.replaceChildren();
  localStorage.clear();
  sessionStorage.clear();
  vi.unstubAllGlobals();
}
