/** Where the keyboard goes. */

const REACHABLE = "button, a[href], input:not([hidden]), textarea, [tabindex='0']";

/** Keeps Tab inside `box` while it covers the whole screen. */
export function keepInside(box: HTMLElement, event: KeyboardEvent): void {
  const all = Array.from(box.querySelectorAll<HTMLElement>(REACHABLE));
  const [first, last] = [all[0], all[all.length - 1]];
  const now = (box.getRootNode() as ShadowRoot).activeElement;
  const leaving = event.shiftKey ? now === first || !all.includes(now as HTMLElement) : now === last;
  if (!leaving) return;
  event.preventDefault();
  (event.shiftKey ? last : first)?.focus();
}

/** Tells whether focus in a field would bring up a keyboard over half of the screen. */
export function hasScreenKeyboard(): boolean {
  return window.matchMedia?.("(pointer: coarse)").matches ?? false;
}
