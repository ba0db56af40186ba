import type { ComponentChildren } from "preact";

import type { Block } from "../../protocol";
import { Icon } from "../Icon";

interface Props {
  type: Block["type"];
  /** Says in a word what is in the frame. */
  head?: { icon: "shield" | "check"; text: string };
  children: ComponentChildren;
}

/** What sets a block off from the text around it. */
export function Frame({ type, head, children }: Props) {
  return (
    <div class={`block block-${type}`} data-block={type}>
      {head && (
        <p class="block-head">
          <Icon name={head.icon} />
          {head.text}
        </p>
      )}
      {children}
    </div>
  );
}
