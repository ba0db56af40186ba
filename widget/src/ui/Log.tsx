import type { ComponentChildren } from "preact";
import { useLayoutEffect, useRef } from "preact/hooks";

import { strings } from "../strings";

interface Props {
  busy: boolean;
  /** Changes whenever something new is at the end. */
  newest: string;
  children: ComponentChildren;
}

/** The talk. A screen reader reads what is added; the eye is led to where it begins. */
export function Log({ busy, newest, children }: Props) {
  const box = useRef<HTMLDivElement>(null);

  useLayoutEffect(() => {
    const view = box.current;
    const entries = view?.querySelectorAll<HTMLElement>(".entry");
    const last = entries?.[entries.length - 1];
    if (!view) return;
    view.scrollTop = view.scrollHeight;
    // An answer longer than the window is read from its first line.
    if (last?.classList.contains("answer")) {
      const above = view.getBoundingClientRect().top - last.getBoundingClientRect().top;
      if (above > 0) view.scrollTop -= above + 8;
    }
  }, [newest]);

  return (
    <div
      ref={box}
      class="log"
      role="log"
      tabIndex={0}
      aria-label={strings.log}
      aria-live="polite"
      aria-relevant="additions"
      aria-busy={busy}
    >
      {children}
    </div>
  );
}
