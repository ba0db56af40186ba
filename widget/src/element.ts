/** The custom element: attributes in, the widget out, in a shadow tree of its own. */

import { h, render } from "preact";

import {
  draftOf,
  pictureOf,
  rememberDraft,
  rememberOpen,
  rememberPicture,
  wasOpen,
} from "./remember";
import { applyStyles } from "./styles";
import { Conversation } from "./conversation/conversation";
import { avatarSource } from "./theme/theme";
import { Api } from "./transport/api";
import { TokenStore, type Keeping } from "./transport/token";
import { App } from "./ui/App";
import { contain } from "./ui/contain";

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

/** What a dialog of the page sets on everything beside it; the help stays in reach there, too. */
const OBSTACLES = ["inert", "aria-hidden"];

const PROBE = "zhaohui-probe";

/** Where the script came from: the server of elements that name none. */
let defaultServer = "";

export function setDefaultServer(server: string): void {
  defaultServer = server;
}

export class ZhaohuiChat extends HTMLElement {
  static readonly observedAttributes = [...ATTRIBUTES, ...OBSTACLES];

  private readonly root = this.attachShadow({ mode: "open" });
  private readonly place = this.root.appendChild(document.createElement("div"));
  private conversation: Conversation | null = null;
  private server = "";
  private takeFocus = false;
  private draft = "";
  private moved = 0;
  private leaving = 0;
  private removed = false;
  private endContain: (() => void) | null = null;
  private heard = false;
  private readonly onProbe = (): void => {
    this.heard = true;
  };

  connectedCallback(): void {
    clearTimeout(this.leaving);
    this.removed = false;
    const server = (this.getAttribute("server") ?? defaultServer).replace(/\/+$/, "");
    if (this.conversation && this.server === server) this.moved += 1;
    else this.begin(server);
    // `document.open` takes listeners away: here, in the page and on the window.
    if (!this.hasListeners()) render(null, this.place);
    this.endContain?.();
    this.endContain = contain(this.root);
    this.draw();
    if (this.hasAttribute("open")) this.conversation?.start();
  }

  disconnectedCallback(): void {
    // Not at once: a page that moves the element takes it out, and puts it in again.
    this.leaving = window.setTimeout(() => {
      this.conversation?.stop();
      this.endContain?.();
      this.endContain = null;
      render(null, this.place);
    });
  }

  attributeChangedCallback(name: string, _: string | null, value: string | null): void {
    if (OBSTACLES.includes(name)) {
      if (value !== null) this.removeAttribute(name);
      return;
    }
    if (!this.conversation || !this.isConnected) return;
    if (name === "open") {
      const open = this.hasAttribute("open");
      rememberOpen(this.server, open);
      open ? this.conversation.start() : this.conversation.stop();
    }
    this.draw();
  }

  /** Whether the page has taken the element out by calling `remove`. */
  get isRemoved(): boolean {
    return this.removed;
  }

  override remove(): void {
    this.removed = true;
    super.remove();
  }

  /** Opens the widget and takes the focus into it. */
  open(): void {
    this.takeFocus = true;
    this.setAttribute("open", "");
  }

  close(): void {
    this.removeAttribute("open");
  }

  /** Whether what listens in the shadow tree still does. */
  private hasListeners(): boolean {
    this.heard = false;
    this.root.dispatchEvent(new Event(PROBE));
    this.root.addEventListener(PROBE, this.onProbe);
    return this.heard;
  }

  private begin(server: string): void {
    applyStyles(this.root);
    this.conversation?.stop();
    this.server = server;
    const kept = this.keeping();
    this.conversation = new Conversation(new Api(server), new TokenStore(`zhaohui:${server}`, kept));
    this.draft = kept === "none" ? "" : draftOf(server);
    if (kept !== "none") this.conversation.missPicture(pictureOf(server));
    this.keepPicture(""); // it is missed once
    if (wasOpen(server)) this.setAttribute("open", "");
  }

  private keepDraft(text: string): void {
    this.draft = text;
    if (this.keeping() !== "none") rememberDraft(this.server, text);
  }

  private keepPicture(id: string): void {
    if (this.keeping() !== "none") rememberPicture(this.server, id);
  }

  private keeping(): Keeping {
    const value = this.getAttribute("storage");
    return value === "session" || value === "none" ? value : "local";
  }

  private draw(): void {
    if (!this.conversation) return;
    const app = h(App, {
      conversation: this.conversation,
      open: this.hasAttribute("open"),
      takeFocus: this.takeFocus,
      draft: this.draft,
      onDraft: (text) => this.keepDraft(text),
      onUnsentPicture: (id) => this.keepPicture(id),
      moved: this.moved,
      title: this.getAttribute("chat-title"),
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
