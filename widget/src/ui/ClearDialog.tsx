import { useEffect, useRef } from "preact/hooks";

import { strings } from "../strings";

const words = strings.clear;

interface Props {
  onConfirm: () => void;
  onCancel: () => void;
}

/** Asks before the conversation is deleted. */
export function ClearDialog({ onConfirm, onCancel }: Props) {
  const cancel = useRef<HTMLButtonElement>(null);
  useEffect(() => cancel.current?.focus(), []);
  return (
    <div class="veil">
      <div
        class="ask"
        role="alertdialog"
        aria-modal="true"
        aria-labelledby="clear-question"
        aria-describedby="clear-explain"
      >
        <h2 id="clear-question">{words.question}</h2>
        <p id="clear-explain">{words.explain}</p>
        <button type="button" class="danger" data-part="confirm" onClick={onConfirm}>
          {words.confirm}
        </button>
        <button ref={cancel} type="button" class="plain" data-part="cancel" onClick={onCancel}>
          {words.cancel}
        </button>
      </div>
    </div>
  );
}
