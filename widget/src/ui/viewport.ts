import type { RefObject } from "preact";
import { useEffect } from "preact/hooks";

/** Fits a window that fills the screen into what the screen keyboard leaves of it. */
export function useVisibleHeight(box: RefObject<HTMLElement>, fills: boolean): void {
  useEffect(() => {
    const view = window.visualViewport;
    const style = box.current?.style;
    if (!view || !style || !fills) return;
    const fit = (): void => {
      const zoomed = view.scale > 1.01;
      style.height = zoomed ? "" : `${view.height}px`;
      style.top = zoomed ? "" : `${view.offsetTop}px`;
    };
    fit();
    view.addEventListener("resize", fit);
    view.addEventListener("scroll", fit);
    return () => {
      view.removeEventListener("resize", fit);
      view.removeEventListener("scroll", fit);
      style.height = style.top = "";
    };
  }, [box, fills]);
}
