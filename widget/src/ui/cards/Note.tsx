import { useRef, useState } from "preact/hooks";

import { strings } from "../../strings";
import { Icon } from "../Icon";

/** The note for the bureau, with a button that copies it. */
export function Note({ text }: { text: string }) {
  const box = useRef<HTMLParagraphElement>(null);
  const [said, setSaid] = useState("");

  const copy = async (): Promise<void> => {
    try {
      await navigator.clipboard.writeText(text);
      setSaid(strings.card.copied);
    } catch {
      select(box.current);
      setSaid(strings.card.selectToCopy); // no clipboard on plain http, or it is not allowed
    }
  };

  return (
    <div class="note" role="group" aria-label={strings.card.note}>
      <p class="over">{strings.card.note}</p>
      <p ref={box} data-part="note">
        {text}
      </p>
      <button type="button" class="small" data-part="copy" onClick={copy}>
        <Icon name="copy" />
        {strings.card.copy}
      </button>
      <span role="status" class="said">
        {said}
      </span>
    </div>
  );
}

function select(element: HTMLElement | null): void {
  if (element) window.getSelection()?.selectAllChildren(element);
}
