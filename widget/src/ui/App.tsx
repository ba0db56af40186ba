import { useEffect, useRef, useState } from "preact/hooks";

import { useChoice } from "../picture/choice";
import { strings } from "../strings";
import type { Conversation } from "../conversation/conversation";
import { colourVariables } from "../theme/theme";
import { ChatWidget } from "./ChatWidget";
import { useMedia } from "./hooks";
import { Icon } from "./Icon";

export interface AppProps {
  conversation: Conversation;
  open: boolean;
  /** The person opened it just now; not so after a reload. */
  takeFocus: boolean;
  /** What was typed and not sent when the page was left. */
  draft: string;
  onDraft: (text: string) => void;
  /** Tells the id of a picture that the server does not have yet, or "". */
  onUnsentPicture: (id: string) => void;
  /** Changes when the element was moved in the page. */
  moved: number;
  /** As the page wishes it; null if it does not say. */
  title: string | null;
  avatar: string | null;
  accent: string | null;
  header: string | null;
  theme: string | null;
  position: string | null;
  onOpen: () => void;
  onClose: () => void;
}

/** The launcher, or the widget that it opens. */
export function App(props: AppProps) {
  const { open, theme, position } = props;
  const [text, setText] = useState(props.draft);
  const onText = (typed: string): void => {
    setText(typed);
    props.onDraft(typed);
  };
  const choosing = useChoice();
  const prefersDark = useMedia("(prefers-color-scheme: dark)");
  const dark = theme === "dark" || (theme !== "light" && prefersDark);
  const launcher = useRef<HTMLButtonElement>(null);
  const wasOpen = useRef(open);

  useEffect(() => {
    if (wasOpen.current && !open) launcher.current?.focus();
    wasOpen.current = open;
  }, [open]);

  return (
    <div
      class={`app ${dark ? "dark" : "light"} ${position === "left" ? "left" : "right"}`}
      style={colourVariables(props.accent, props.header, dark ? "dark" : "light")}
      lang="zh-CN"
    >
      {open ? (
        <ChatWidget
          conversation={props.conversation}
          title={props.title}
          avatar={props.avatar}
          text={text}
          onText={onText}
          choosing={choosing}
          onUnsentPicture={props.onUnsentPicture}
          takeFocus={props.takeFocus}
          moved={props.moved}
          onClose={props.onClose}
        />
      ) : (
        <button
          ref={launcher}
          type="button"
          class="launcher"
          data-part="launcher"
          aria-haspopup="dialog"
          onClick={props.onOpen}
        >
          {props.avatar ? <img class="avatar" src={props.avatar} alt="" /> : <Icon name="chat" />}
          <span>{strings.launcher}</span>
        </button>
      )}
    </div>
  );
}
