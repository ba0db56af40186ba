import type { RefObject } from "preact";
import { useEffect } from "preact/hooks";

const KEYBOARD = 100; // CSS pixels; bars of the browser take less
const GAP = 8;

/** Fits the widget into what the screen keyboard leaves of the screen. */
export function useVisibleHeight(box: RefObject<HTMLElement>, fills: boolean): void {
  useEffect(() => {
    const view = window.visualViewport;
    const style = box.current?.style;
    if (!view || !style) return;
    const fit = (): void => {
      const zoomed = view.scale > 1.01;
      const covered = window.innerHeight - view.height - view.offsetTop;
      const isLifted = !fills && !zoomed && covered > KEYBOARD;
      style.height = zoomed || !fills ? "" : `${view.height}px`;
      style.top = zoomed || !fills ? "" : `${view.offsetTop}px`;
      style.bottom = isLifted ? `${covered + GAP}px` : "";
      style.maxHeight = isLifted ? `${view.height - 2 * GAP}px` : "";
    };
    fit();
    view.addEventListener("resize", fit);
    view.addEventListener("scroll", fit);
    return () => {
      view.removeEventListener("resize", fit);
      view.removeEventListener("scroll", fit);
      style.height = style.top = style.bottom = style.maxHeight = "";
    };
  }, [box, fills]);
}

/** Keeps the page behind a widget that fills the screen where it is. */
export function usePageHeld(box: RefObject<HTMLElement>, fills: boolean): void {
  useEffect(() => {
    const element = box.current;
    if (!element || !fills) return;
    const page = document.documentElement.style;
    const [before, priority] = [page.getPropertyValue("overflow"), page.getPropertyPriority("overflow")];
    page.setProperty("overflow", "hidden", "important");
    // A page that scrolls in an element of its own, and phones that do not heed the above.
    const hold = (event: Event): void => {
      const isPinch = "touches" in event && (event as TouchEvent).touches.length > 1;
      const inside = event.composedPath();
      const scrolls = inside.slice(0, inside.indexOf(element)).some(
        (node) => node instanceof HTMLElement && canScroll(node),
      );
      if (!isPinch && !scrolls && event.cancelable) event.preventDefault();
    };
    element.addEventListener("wheel", hold, { passive: false });
    element.addEventListener("touchmove", hold, { passive: false });
    return () => {
      element.removeEventListener("wheel", hold);
      element.removeEventListener("touchmove", hold);
      if (page.getPropertyValue("overflow") === "hidden") {
        page.setProperty("overflow", before, priority);
      }
    };
  }, [box, fills]);
}

function canScroll(element: HTMLElement): boolean {
  if (element.scrollHeight <= element.clientHeight) return false;
  return /auto|scroll/.test(getComputedStyle(element).overflowY);
}
