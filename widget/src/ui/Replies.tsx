import { useRef } from "preact/hooks";

import { strings } from "../strings";
import type { Button } from "../protocol";

interface Props {
  buttons: Button[];
  onClick: (button: Button) => void;
}

/**
 * The likely next moves. The group stays when its buttons go, and keeps the focus: the next Tab
 * leads to the next answer's buttons.
 */
export function Replies({ buttons, onClick }: Props) {
  const group = useRef<HTMLDivElement>(null);
  return (
    <div ref={group} class="replies" role="group" tabIndex={-1} aria-label={strings.replies}>
      {buttons.map((choice) => (
        <button
          key={choice.payload}
          type="button"
          class="reply"
          data-part="reply"
          onClick={() => {
            group.current?.focus({ preventScroll: true });
            onClick(choice);
          }}
        >
          {choice.title}
        </button>
      ))}
    </div>
  );
}
