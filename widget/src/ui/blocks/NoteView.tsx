import { useRef, useState } from "preact/hooks";

import type { NoteBlock } from "../../protocol";
import { strings } from "../../strings";
import { Icon } from "../Icon";

/** The note for the bureau, with a button that copies it. */
export function NoteView({ block: { text } }: { block: NoteBlock }) {
  const box = useRef<HTMLParagraphElement>(null);
  const [said, setSaid] = useState("");

  const copy = async (): Promise<void> => {
    try {
      await navigator.clipboard.writeText(text);
      setSaid(strings.block.copied);
    } catch {
      select(box.current);
      setSaid(strings.block.selectToCopy); // no clipboard on plain http, or it is not allowed
    }
  };

  return (
    <div class="note" data-block="note" role="group" aria-label={strings.block.note}>
      <p class="over">{strings.block.note}</p>
      <p ref={box} data-part="note">
        {text}
      </p>
      <button type="button" class="small" data-part="copy" onClick={copy}>
        <Icon name="copy" />
        {strings.block.copy}
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
