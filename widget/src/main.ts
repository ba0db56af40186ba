/** What the script does when a page loads it: defines the element, and puts one in if need be. */

import { ATTRIBUTES, setDefaultServer, ZhaohuiChat } from "./element";
import { strings } from "./strings";

const NAME = "zhaohui-chat";
const FILE = /\/zhaohui\.js([?#]|$)/;
const SOON = 200; // milliseconds; a person goes from page to page more slowly
const MAX_QUICK = 5; // times that the element is put back soon after the last
const script = ownScript();
const address = script?.src || loadedAddress();

if (address) setDefaultServer(new URL(".", address).href.replace(/\/$/, ""));
if (!customElements.get(NAME)) customElements.define(NAME, ZhaohuiChat);

if (document.readyState === "loading") document.addEventListener("DOMContentLoaded", embed);
else embed();

/** The element of this script. A module has no `currentScript`, but it runs once it is parsed. */
function ownScript(): HTMLScriptElement | null {
  const current = document.currentScript;
  if (current instanceof HTMLScriptElement && current.src) return current;
  const all = Array.from(document.querySelectorAll<HTMLScriptElement>("script[src]"));
  return all.find((element) => FILE.test(element.src)) ?? null;
}

/** Where the script came from when no element names it: `import("…/zhaohui.js")`. */
function loadedAddress(): string {
  const entries = window.performance?.getEntriesByType?.("resource") ?? [];
  return entries.find((entry) => FILE.test(entry.name))?.name ?? "";
}

/** The one-line embed: a page without an element gets one, with the script's data attributes. */
function embed(): void {
  const present = document.querySelector(NAME);
  if (!address && !present?.hasAttribute("server")) console.warn(strings.noServer);
  if (!address || present) return;
  const element = document.createElement(NAME) as ZhaohuiChat;
  for (const name of ATTRIBUTES) {
    const value = script?.getAttribute(`data-${name}`);
    if (value != null) element.setAttribute(name, value);
  }
  document.body.append(element);
  keepInPage(element);
}

/**
 * Puts the element back when a page exchanges its body or what is in it: Turbo, htmx and the like
 * do on navigation. `element.remove()` takes it out for good.
 */
function keepInPage(element: ZhaohuiChat): void {
  let quick = 0;
  let last = 0;
  const observer = new MutationObserver(() => {
    if (!document.body) return;
    // There may be new ones, also by `document.write`.
    observer.observe(document.documentElement, { childList: true });
    observer.observe(document.body, { childList: true });
    if (document.querySelector(NAME)) return; // also one out of a saved copy of the page
    const now = Date.now();
    quick = now - last < SOON ? quick + 1 : 0;
    last = now;
    // A page that removes what it does not know would have us at it for ever.
    if (element.isRemoved || quick > MAX_QUICK) observer.disconnect();
    else document.body.append(element);
  });
  observer.observe(document, { childList: true });
  observer.observe(document.documentElement, { childList: true });
  observer.observe(document.body, { childList: true });
}
