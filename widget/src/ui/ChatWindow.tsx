import { useEffect, useRef, useState } from "preact/hooks";

import { strings } from "../strings";
import { inOrder, isAwaiting, type TalkState } from "../talk/state";
import type { Talk } from "../talk/talk";
import { ClearDialog } from "./ClearDialog";
import { Composer } from "./Composer";
import { AnswerEntry, DraftEntry, PersonEntry } from "./Entries";
import { hasScreenKeyboard, keepInside } from "./focus";
import { Header } from "./Header";
import { useMedia, useStore } from "./hooks";
import { Log } from "./Log";
import { Replies } from "./Replies";
import { useVisibleHeight } from "./viewport";

const FILLS_SCREEN = "(max-width: 30em), (max-height: 26em)"; // as in styles/base.css
const SHORT_SCREEN = "(max-height: 26em)";

interface Props {
  talk: Talk;
  title: string;
  avatar: string | null;
  /** What is written and not sent yet; it outlives a closed window. */
  text: string;
  onText: (text: string) => void;
  takeFocus: boolean;
  onClose: () => void;
}

export function ChatWindow({ talk, title, avatar, text, onText, takeFocus, onClose }: Props) {
  const state = useStore(talk.store);
  const [clearing, setClearing] = useState(false);
  const fills = useMedia(FILLS_SCREEN);
  const short = useMedia(SHORT_SCREEN);
  const box = useRef<HTMLElement>(null);
  const field = useRef<HTMLTextAreaElement>(null);
  const heading = useRef<HTMLHeadingElement>(null);
  useVisibleHeight(box, fills);

  const focusStart = (): void => (hasScreenKeyboard() ? heading : field).current?.focus();
  const focusElsewhere = useRef(takeFocus); // on the launcher, or in the question
  useEffect(() => {
    if (focusElsewhere.current && !clearing) focusStart();
    focusElsewhere.current = clearing;
  }, [clearing]);

  const send = (): void => {
    if (!text.trim()) return;
    talk.outbox.say(text.trim());
    onText("");
  };
  const retry = (id: string): void => {
    focusStart(); // the button goes
    talk.outbox.retry(id);
  };
  const takeBack = (id: string): void => {
    onText([talk.outbox.takeBack(id), text].filter(Boolean).join("\n"));
    field.current?.focus();
  };
  const onKeyDown = (event: KeyboardEvent): void => {
    // Escape that ends a composition belongs to the input method; Safari tells it by 229 only.
    if (event.key === "Escape" && !event.isComposing && event.keyCode !== 229) {
      event.stopPropagation();
      clearing ? setClearing(false) : onClose();
    } else if (event.key === "Tab" && box.current && (fills || clearing)) {
      keepInside(clearing ? box.current.querySelector<HTMLElement>(".ask")! : box.current, event);
    }
  };

  const { messages, drafts } = state;
  const answer = [...messages].reverse().find((it) => it.from === "assistant");
  const down = state.link === "down";
  const smallPrint = (
    <p class="small-print">
      {strings.keep(state.keptDays)}
      {strings.noSecrets}
    </p>
  );
  return (
    <section
      ref={box}
      class="window"
      role="dialog"
      aria-labelledby="title"
      aria-modal={fills}
      data-link={state.link}
      onKeyDown={onKeyDown}
    >
      <div class="content" inert={clearing}>
        <Header
          heading={heading}
          title={title}
          avatar={avatar}
          onClear={() => setClearing(true)}
          onClose={onClose}
        />
        <p class={down ? "status down" : "status"} role="status" data-part="status">
          {statusOf(state)}
        </p>
        <Log
          busy={state.link === "connecting"}
          newest={`${messages.length} ${drafts.length} ${isAwaiting(state)}`}
        >
          {short && smallPrint}
          {inOrder(state).map((it) =>
            "state" in it ? (
              <DraftEntry
                key={it.id}
                draft={it}
                down={down}
                onRetry={retry}
                onTakeBack={takeBack}
              />
            ) : it.from === "person" ? (
              <PersonEntry key={it.seq} text={it.text} />
            ) : (
              <AnswerEntry
                key={it.seq}
                message={it}
                first={it === messages[0]}
                onSay={(words) => talk.outbox.say(words)}
                onRate={(seq, helpful, word) => talk.giveFeedback(seq, helpful, word)}
              />
            ),
          )}
          {isAwaiting(state) && <Dots />}
          <Replies
            buttons={isAwaiting(state) ? [] : (answer?.buttons ?? [])}
            onClick={(it) => talk.outbox.click(it.payload, it.title)}
          />
        </Log>
        <span class="sr" role="status">
          {isAwaiting(state) ? strings.typing : ""}
        </span>
        <Composer
          field={field}
          value={text}
          placeholder={
            answer?.card?.kind === "region" ? strings.placeholderRegion : strings.placeholder
          }
          onInput={onText}
          onSend={send}
        />
        {!short && smallPrint}
      </div>
      {clearing && (
        <ClearDialog
          onCancel={() => setClearing(false)}
          onConfirm={() => {
            setClearing(false);
            void talk.deleteTalk();
          }}
        />
      )}
    </section>
  );
}

function Dots() {
  return (
    <div class="dots" aria-hidden="true">
      <i />
      <i />
      <i />
    </div>
  );
}

function statusOf({ link, problem, notice }: TalkState): string {
  if (link === "connecting") return notice || strings.connecting;
  if (link !== "down") return notice;
  return problem || (navigator.onLine ? strings.link.reconnecting : strings.link.offline);
}
