/**
 * Keeps what happens inside the widget inside. Events leave a shadow tree with the custom element
 * as their target: a page that cancels keys, wheel or copying "outside input fields" takes our
 * field for none, and a page that keeps the focus in a dialog of its own takes it out of ours.
 *
 * On their way down, events pass listeners of the page that are older than ours, on the browser's
 * window as well. So it is the methods by which they would be cancelled that tell whose listener
 * calls them.
 */

const KEPT = [
  "keydown keypress keyup beforeinput input",
  "compositionstart compositionupdate compositionend",
  "copy cut paste selectstart contextmenu",
  "dragstart drag dragenter dragover dragleave dragend drop",
  "wheel mousewheel DOMMouseScroll touchstart touchmove touchend touchcancel",
  "pointerdown pointerup mousedown mouseup click dblclick auxclick",
]
  .join(" ")
  .split(" ");
const FOCUS = ["focus", "blur", "focusin", "focusout"];

const roots = new Set<ShadowRoot>();
let isGuarding = false;

/** Begins for the shadow tree `root`; returns how to end it. */
export function contain(root: ShadowRoot): () => void {
  const stop = (event: Event): void => event.stopPropagation();
  let isTaking = false;
  const keepFocus = (event: Event): void => {
    if (isTaking || event.composedPath().includes(root)) stopForPage.call(event);
  };
  // A page may take the focus back when a field of its own loses it. Who clicks on ours wants it.
  const takeFocus = (event: Event): void => {
    const field = (event.target as Element).closest<HTMLElement>("input, textarea");
    const take = (): void => {
      if (!field?.isConnected || root.activeElement === field) return;
      isTaking = true; // the page does not hear of it, or it would do the same again
      field.focus({ preventScroll: true });
      isTaking = false;
    };
    take();
    setTimeout(take); // after what the page puts off
  };
  roots.add(root);
  guardEvents();
  for (const name of KEPT) root.addEventListener(name, stop, { passive: true });
  root.addEventListener("click", takeFocus);
  for (const name of FOCUS) window.addEventListener(name, keepFocus, true);
  return () => {
    roots.delete(root);
    for (const name of KEPT) root.removeEventListener(name, stop);
    root.removeEventListener("click", takeFocus);
    for (const name of FOCUS) window.removeEventListener(name, keepFocus, true);
  };
}

/** Stops an event for good, for every listener. */
const stopForPage = Event.prototype.stopImmediatePropagation;

/** Whether a listener outside one of our trees has an event that happened inside. */
function isFromOutside(event: Event): boolean {
  if (roots.size === 0) return false;
  const path = event.composedPath();
  const root = path.findIndex((node) => roots.has(node as ShadowRoot));
  return root >= 0 && path.indexOf(event.currentTarget!) > root;
}

/** Makes of no effect what the page's listeners call or set to keep our events from us. */
function guardEvents(): void {
  if (isGuarding) return;
  isGuarding = true;
  for (const name of ["preventDefault", "stopPropagation", "stopImmediatePropagation"] as const) {
    const original = Event.prototype[name];
    Event.prototype[name] = function (this: Event): void {
      if (!isFromOutside(this)) original.call(this);
    };
  }
  for (const name of ["returnValue", "cancelBubble"] as const) {
    const property = Object.getOwnPropertyDescriptor(Event.prototype, name);
    const set = property?.set;
    if (!set) continue;
    Object.defineProperty(Event.prototype, name, {
      ...property,
      set(this: Event, value: boolean) {
        if (!isFromOutside(this)) set.call(this, value);
      },
    });
  }
}
