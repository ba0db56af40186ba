import type { RefObject } from "preact";

import { strings } from "../strings";
import { Icon } from "./Icon";

interface Props {
  heading: RefObject<HTMLHeadingElement>;
  title: string;
  avatar: string | null;
  onClear: () => void;
  onClose: () => void;
}

/** The head of the widget: who is speaking, and the ways out. */
export function Header({ heading, title, avatar, onClear, onClose }: Props) {
  return (
    <div class="head">
      {avatar ? <img class="avatar" src={avatar} alt="" /> : <Icon name="chat" />}
      <div class="names">
        <h2 id="title" ref={heading} tabIndex={-1}>
          {title}
        </h2>
        <p>{strings.subtitle}</p>
      </div>
      <button type="button" class="tool" data-part="delete" onClick={onClear}>
        <Icon name="trash" />
        <span>{strings.clear.action}</span>
      </button>
      <button type="button" class="tool" data-part="close" aria-label={strings.close} onClick={onClose}>
        <Icon name="close" />
      </button>
    </div>
  );
}
