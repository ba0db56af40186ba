/**
 * Keeps what happens inside the window inside. Events leave a shadow tree with the custom element
 * as their target: a page that cancels keys, wheel or copying "outside input fields" takes our
 * field for none, and a page that keeps the focus in a dialog of its own takes it out of ours.
 */

const KEPT = [
  "keydown keypress keyup beforeinput input",
  "compositionstart compositionupdate compositionend",
  "copy cut paste selectstart contextmenu dragstart dragover drop",
  "wheel mousewheel DOMMouseScroll touchstart touchmove touchend touchcancel",
  "pointerdown pointerup mousedown mouseup click dblclick auxclick",
]
  .join(" ")
  .split(" ");
const FOCUS = ["focus", "blur", "focusin", "focusout"];
const ON_THE_WAY_DOWN = { capture: true, passive: true };

/** What a listener of the page can call or set to keep an event from us. */
const POWERS = ["preventDefault", "stopPropagation", "stopImmediatePropagation"] as const;

/** Begins for the shadow tree `root`; returns how to end it. */
export function contain(root: ShadowRoot): () => void {
  const isOurs = (event: Event): boolean => event.composedPath().includes(root);
  // On the window we are before every listener of the document, on the way down.
  const shield = (event: Event): void => {
    if (!isOurs(event)) return;
    for (const name of POWERS) Object.defineProperty(event, name, own(() => undefined));
    Object.defineProperty(event, "returnValue", own(true));
  };
  // In the tree itself the event is as it was.
  const unshield = (event: Event): void => {
    for (const name of [...POWERS, "returnValue"]) Reflect.deleteProperty(event, name);
  };
  const stop = (event: Event): void => event.stopPropagation();
  const keepFocus = (event: Event): void => {
    if (isOurs(event)) event.stopImmediatePropagation();
  };
  for (const name of KEPT) {
    window.addEventListener(name, shield, ON_THE_WAY_DOWN);
    root.addEventListener(name, unshield, ON_THE_WAY_DOWN);
    root.addEventListener(name, stop, { passive: true });
  }
  for (const name of FOCUS) window.addEventListener(name, keepFocus, true);
  return () => {
    for (const name of KEPT) {
      window.removeEventListener(name, shield, true);
      root.removeEventListener(name, unshield, true);
      root.removeEventListener(name, stop);
    }
    for (const name of FOCUS) window.removeEventListener(name, keepFocus, true);
  };
}

function own(value: unknown): PropertyDescriptor {
  return { value, writable: true, configurable: true };
}
