/** The custom element: attributes in, the window out, in a shadow tree of its own. */

import { h, render } from "preact";

import { rememberOpen, wasOpen } from "./remember";
import { strings } from "./strings";
import { applyStyles } from "./styles";
import { Talk } from "./talk/talk";
import { avatarSource } from "./theme/theme";
import { Api } from "./transport/api";
import { TokenStore, type Keeping } from "./transport/token";
import { App } from "./ui/App";

export const ATTRIBUTES = [
  "server",
  "chat-title",
  "accent",
  "header",
  "avatar",
  "theme",
  "position",
  "storage",
  "open",
] as const;

/** Where the script came from: the server of elements that name none. */
let defaultServer = "";

export function setDefaultServer(server: string): void {
  defaultServer = server;
}

export class ZhaohuiChat extends HTMLElement {
  static readonly observedAttributes = ATTRIBUTES;

  private readonly root = this.attachShadow({ mode: "open" });
  private readonly place = this.root.appendChild(document.createElement("div"));
  private talk: Talk | null = null;
  private server = "";
  private takeFocus = false;

  connectedCallback(): void {
    applyStyles(this.root);
    this.server = (this.getAttribute("server") ?? defaultServer).replace(/\/+$/, "");
    const tokens = new TokenStore(`zhaohui:${this.server}`, keeping(this.getAttribute("storage")));
    if (wasOpen(this.server)) this.setAttribute("open", "");
    this.talk = new Talk(new Api(this.server), tokens);
    this.draw();
    if (this.hasAttribute("open")) this.talk.start();
  }

  disconnectedCallback(): void {
    this.talk?.stop();
    this.talk = null;
    render(null, this.place);
  }

  attributeChangedCallback(name: string): void {
    if (!this.talk) return;
    if (name === "open") {
      const open = this.hasAttribute("open");
      rememberOpen(this.server, open);
      open ? this.talk.start() : this.talk.stop();
    }
    this.draw();
  }

  /** Opens the window and takes the focus into it. */
  open(): void {
    this.takeFocus = true;
    this.setAttribute("open", "");
  }

  close(): void {
    this.removeAttribute("open");
  }

  private draw(): void {
    if (!this.talk) return;
    const app = h(App, {
      talk: this.talk,
      open: this.hasAttribute("open"),
      takeFocus: this.takeFocus,
      title: this.getAttribute("chat-title") || strings.title,
      avatar: avatarSource(this.getAttribute("avatar")),
      accent: this.getAttribute("accent"),
      header: this.getAttribute("header"),
      theme: this.getAttribute("theme"),
      position: this.getAttribute("position"),
      onOpen: () => this.open(),
      onClose: () => this.close(),
    });
    render(app, this.place);
  }
}

function keeping(value: string | null): Keeping {
  return value === "session" || value === "none" ? value : "local";
}
