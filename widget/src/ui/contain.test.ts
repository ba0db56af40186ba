import { afterEach, expect, it } from "vitest";

import { open, unmount, until } from "../testing/mount";

afterEach(unmount);

const TYPES: Record<string, () => Event> = {
  Backspace: () => new KeyboardEvent("keydown", { ...whole, key: "Backspace" }),
  blank: () => new KeyboardEvent("keypress", { ...whole, key: " " }),
  arrow: () => new KeyboardEvent("keydown", { ...whole, key: "ArrowUp" }),
  keyup: () => new KeyboardEvent("keyup", { ...whole, key: "a" }),
  beforeinput: () => new InputEvent("beforeinput", whole),
  input: () => new InputEvent("input", whole),
  composition: () => new CompositionEvent("compositionstart", whole),
  paste: () => new Event("paste", whole),
  copy: () => new Event("copy", whole),
  select: () => new Event("selectstart", whole),
  menu: () => new MouseEvent("contextmenu", whole),
  drag: () => new Event("dragenter", whole),
  wheel: () => new WheelEvent("wheel", whole),
  touch: () => new Event("touchmove", whole),
  mousedown: () => new MouseEvent("mousedown", whole),
  click: () => new MouseEvent("click", whole),
};
const whole = { bubbles: true, cancelable: true, composed: true };

const PLACES: Record<string, EventTarget> = { window, document };
const ON_THE_WAY_DOWN = Object.keys(TYPES).flatMap((type) =>
  Object.keys(PLACES).flatMap((place) => [[type, place, true] as const, [type, place, false] as const]),
);

it.each(ON_THE_WAY_DOWN)("lets no listener cancel or hear: %s (%s, older: %s)", async (...given) => {
  const [name, place, isOlder] = given;
  const event = TYPES[name]!();
  const heard: string[] = [];
  const bubbling = (event: Event): void => {
    heard.push(event.type);
    event.preventDefault();
  };
  const onTheWayDown = (event: Event): void => {
    event.preventDefault();
    Event.prototype.preventDefault.call(event);
    event.returnValue = false;
    event.cancelBubble = true;
    event.stopImmediatePropagation();
  };
  const add = (): void => {
    PLACES[place]!.addEventListener(event.type, bubbling);
    PLACES[place]!.addEventListener(event.type, onTheWayDown, true);
  };
  if (isOlder) add();
  const { part } = await open();
  if (!isOlder) add();
  let reached = false;
  part("input").addEventListener(event.type, () => (reached = true), { once: true });
  part("input").dispatchEvent(event);
  PLACES[place]!.removeEventListener(event.type, bubbling);
  PLACES[place]!.removeEventListener(event.type, onTheWayDown, true);
  expect([heard, reached, event.defaultPrevented]).toEqual([[], true, false]);
});

it("leaves the page's own events alone", async () => {
  await open();
  const cancel = (event: Event): void => event.preventDefault();
  document.addEventListener("keydown", cancel, true);
  const event = new KeyboardEvent("keydown", { ...whole, key: "a" });
  document.body.dispatchEvent(event);
  document.removeEventListener("keydown", cancel, true);
  expect(event.defaultPrevented).toBe(true);
});

it("still sends by Enter where the page stops that key on its way down", async () => {
  const widget = await open();
  const stop = (event: Event): void => event.stopImmediatePropagation();
  document.addEventListener("keydown", stop, true);
  await widget.write("收不到");
  const enter = new KeyboardEvent("keydown", { ...whole, key: "Enter" });
  widget.part("input").dispatchEvent(enter);
  document.removeEventListener("keydown", stop, true);
  expect(enter.defaultPrevented).toBe(true); // by the field itself: no line break
  await until(() => expect(widget.server.posts()).toMatchObject([{ text: "收不到" }]));
});

it.each(["focusin", "focus"])("keeps the focus though the page wants it back (%s)", async (type) => {
  const widget = await open();
  const own = document.body.appendChild(document.createElement("input"));
  own.focus();
  const trap = (event: Event): void => {
    if (event.target !== own) own.focus();
  };
  document.addEventListener(type, trap, true);
  widget.part("input").focus();
  document.removeEventListener(type, trap, true);
  expect(widget.focused()).toBe(widget.part("input"));
});

it.each(["inert", "aria-hidden"])("stays in reach beside a dialog of the page (%s)", async (name) => {
  const { element } = await open();
  element.setAttribute(name, "true");
  expect(element.hasAttribute(name)).toBe(false);
});
