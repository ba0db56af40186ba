import { afterEach, beforeEach, expect, it, vi } from "vitest";

import { open, unmount } from "../testing/mount";

/** What the browser tells of the part of the page that is visible; jsdom knows none. */
class View extends EventTarget {
  height = window.innerHeight;
  offsetTop = 0;
  scale = 1;

  become(height: number, scale = 1): void {
    Object.assign(this, { height, scale });
    this.dispatchEvent(new Event("resize"));
  }
}

let view: View;

beforeEach(() => {
  view = new View();
  Object.defineProperty(window, "visualViewport", { value: view, configurable: true });
});

afterEach(() => {
  unmount();
  Reflect.deleteProperty(window, "visualViewport");
});

it("fits a widget that fills the screen into what the keyboard leaves", async () => {
  vi.stubGlobal("matchMedia", (media: string) => ({
    matches: media.includes("max-width"),
    addEventListener: () => undefined,
    removeEventListener: () => undefined,
  }));
  const { one } = await open();
  view.become(300);
  expect(one(".widget").style.height).toBe("300px");
  view.become(300, 2); // the reader zooms: the widget stays as it is
  expect(one(".widget").style.height).toBe("");
});

it("lifts a widget in the corner above the keyboard, as on a tablet", async () => {
  const { one } = await open();
  const { style } = one(".widget");
  view.become(window.innerHeight - 60); // bars of the browser
  expect(style.bottom).toBe("");
  view.become(400);
  expect([style.bottom, style.maxHeight]).toEqual([`${window.innerHeight - 400 + 8}px`, "384px"]);
  view.become(window.innerHeight);
  expect([style.bottom, style.maxHeight]).toEqual(["", ""]);
});
