/** What the script does when a page loads it: defines the element, and puts one in if need be. */

import { ATTRIBUTES, setDefaultServer, ZhaohuiChat } from "./element";

const NAME = "zhaohui-chat";
const script = document.currentScript instanceof HTMLScriptElement ? document.currentScript : null;

if (script) setDefaultServer(new URL(".", script.src).href.replace(/\/$/, ""));
if (!customElements.get(NAME)) customElements.define(NAME, ZhaohuiChat);

if (document.readyState === "loading") document.addEventListener("DOMContentLoaded", embed);
else embed();

/** The one-line embed: a page without an element gets one, with the script's data attributes. */
function embed(): void {
  if (!script || document.querySelector(NAME)) return;
  const element = document.createElement(NAME);
  for (const name of ATTRIBUTES) {
    const value = script.getAttribute(`data-${name}`);
    if (value !== null) element.setAttribute(name, value);
  }
  document.body.append(element);
}
