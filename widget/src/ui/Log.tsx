import type { ComponentChildren } from "preact";
import { useEffect, useLayoutEffect, useRef, useState } from "preact/hooks";

import { strings } from "../strings";

const NEAR = 48; // CSS pixels from the end that still count as being there

interface Props {
  busy: boolean;
  /** Changes whenever something new is at the end. */
  newest: string;
  /** How many messages were written in this tab: a person who writes wants to see the end. */
  sent: number;
  /** Changes when the element was moved in the page, by which it loses its place. */
  moved: number;
  children: ComponentChildren;
}

/**
 * The conversation. A screen reader reads what is added. The eye is led to where it begins, unless
 * the reader has scrolled up: then a button says that there is something new.
 */
export function Log({ busy, newest, sent, moved, children }: Props) {
  const box = useRef<HTMLDivElement>(null);
  const atEnd = useRef(true);
  const place = useRef(0);
  const lastSent = useRef(sent);
  const lastAnswer = useRef<Element | null>(null);
  const [unseen, setUnseen] = useState<HTMLElement | null>(null);

  const isNearEnd = (view: HTMLElement): boolean =>
    view.scrollHeight - view.scrollTop - view.clientHeight <= NEAR;
  const onScroll = (): void => {
    const view = box.current;
    if (!view) return;
    // Only who scrolls up leaves the end: a view that shrinks scrolls, too, before it is measured.
    if (isNearEnd(view)) atEnd.current = true;
    else if (view.scrollTop < place.current) atEnd.current = false;
    place.current = view.scrollTop;
    if (atEnd.current) setUnseen(null);
  };
  const toEnd = (): void => {
    if (box.current) box.current.scrollTop = box.current.scrollHeight;
    onScroll();
  };
  /** Leads to the end; an answer longer than the widget is read from its first line. */
  const lead = (answer: HTMLElement | null): void => {
    const view = box.current;
    if (!view) return;
    view.scrollTop = view.scrollHeight;
    if (answer) {
      const above = view.getBoundingClientRect().top - answer.getBoundingClientRect().top;
      if (above > 0) view.scrollTop -= above + 8;
    }
    place.current = view.scrollTop;
    atEnd.current = isNearEnd(view);
    setUnseen(null);
  };

  useLayoutEffect(() => {
    const entries = box.current?.querySelectorAll<HTMLElement>(".entry") ?? [];
    const last = entries[entries.length - 1];
    const answer = last?.classList.contains("answer") ? last : null;
    const isOwn = sent !== lastSent.current;
    if (isOwn || atEnd.current) lead(answer);
    else if (answer && answer !== lastAnswer.current) setUnseen((first) => first ?? answer);
    lastSent.current = sent;
    if (answer) lastAnswer.current = answer;
  }, [newest, sent]);

  useLayoutEffect(() => {
    if (moved && box.current) box.current.scrollTop = place.current;
  }, [moved]);

  // A screen keyboard or a growing field takes room: what was at the end stays there.
  useEffect(() => {
    const view = box.current;
    const stay = (): void => {
      if (atEnd.current) toEnd();
    };
    if (!view || typeof ResizeObserver !== "function") {
      window.visualViewport?.addEventListener("resize", stay);
      return () => window.visualViewport?.removeEventListener("resize", stay);
    }
    const observer = new ResizeObserver(stay);
    observer.observe(view);
    return () => observer.disconnect();
  }, []);

  return (
    <div class="conversation">
      <div
        ref={box}
        class="log"
        role="log"
        tabIndex={0}
        aria-label={strings.log}
        aria-live="polite"
        aria-relevant="additions"
        aria-busy={busy}
        onScroll={onScroll}
      >
        {children}
      </div>
      {unseen && (
        <button
          type="button"
          class="newest"
          data-part="newest"
          onClick={() => {
            box.current?.focus({ preventScroll: true }); // the button goes
            lead(unseen);
          }}
        >
          {strings.newest}
        </button>
      )}
    </div>
  );
}
