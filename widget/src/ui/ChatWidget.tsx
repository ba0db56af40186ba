import { useEffect, useRef, useState } from "preact/hooks";

import type { Choosing } from "../picture/choice";
import { droppedFile, hasFiles, pastedPicture } from "../picture/transfer";
import { strings } from "../strings";
import {
  inOrder,
  isAwaiting,
  isLooking,
  unsentPicture,
  type Draft,
  type ConversationState,
} from "../conversation/state";
import type { Conversation } from "../conversation/conversation";
import type { Message } from "../protocol";
import { ClearDialog } from "./ClearDialog";
import { Composer } from "./Composer";
import { AnswerEntry, OwnEntry } from "./Entries";
import { hasScreenKeyboard, keepInside } from "./focus";
import { Header } from "./Header";
import { useMedia, useStore } from "./hooks";
import { Log } from "./Log";
import { PictureButton, PictureChoice } from "./PictureChoice";
import { Replies } from "./Replies";
import { usePageHeld, useVisibleHeight } from "./viewport";

const FILLS_SCREEN = "(max-width: 30em), (max-height: 26em)"; // as in styles/base.css
const SHORT_SCREEN = "(max-height: 26em)";
const MAX_PICTURE = 8 * 1024 * 1024; // bytes, where the server does not say

interface Props {
  conversation: Conversation;
  /** As the page wishes it; null if it does not say. */
  title: string | null;
  avatar: string | null;
  /** What is written and not sent yet; it outlives a closed widget. */
  text: string;
  onText: (text: string) => void;
  /** The picture that is chosen and not sent yet; it does, too. */
  choosing: Choosing;
  onUnsentPicture: (id: string) => void;
  takeFocus: boolean;
  /** Changes when the element was moved in the page. */
  moved: number;
  onClose: () => void;
}

export function ChatWidget(props: Props) {
  const { conversation, avatar, text, onText, choosing, takeFocus, moved, onClose } = props;
  const state = useStore(conversation.store);
  const [clearing, setClearing] = useState(false);
  const [dragging, setDragging] = useState(false);
  const fills = useMedia(FILLS_SCREEN);
  const short = useMedia(SHORT_SCREEN);
  const box = useRef<HTMLElement>(null);
  const field = useRef<HTMLTextAreaElement>(null);
  const heading = useRef<HTMLHeadingElement>(null);
  const adder = useRef<HTMLButtonElement>(null);
  const submit = useRef<HTMLButtonElement>(null);
  useVisibleHeight(box, fills);
  usePageHeld(box, fills);

  const focusStart = (): void => (hasScreenKeyboard() ? heading : field).current?.focus();
  const focusElsewhere = useRef(takeFocus); // on the launcher, or in the question
  useEffect(() => {
    if (focusElsewhere.current && !clearing) focusStart();
    focusElsewhere.current = clearing;
  }, [clearing]);

  const { choice } = choosing;
  const sendsSoon = useRef(false);
  const title = props.title || state.title || strings.title;
  const takesPictures = state.maxPictureBytes !== 0;
  const send = (): void => {
    sendsSoon.current = choice.isPreparing; // as soon as the picture is ready
    if (choice.isPreparing) return;
    if (choice.picture) conversation.outbox.show(choice.picture.blob);
    choosing.drop();
    if (!text.trim()) return;
    conversation.outbox.say(text.trim());
    onText("");
  };
  useEffect(() => {
    if (!choice.isPreparing && sendsSoon.current) choice.picture ? send() : (sendsSoon.current = false);
  }, [choice]);
  const choose = (file: File): Promise<boolean> =>
    choosing.choose(file, state.maxPictureBytes ?? MAX_PICTURE);
  const onChosen = async (file: File): Promise<void> => {
    if (await choose(file)) submit.current?.focus();
  };
  const onRemove = (): void => {
    choosing.drop();
    adder.current?.focus(); // the button goes
  };
  const onCancel = (id: string): void => {
    focusStart(); // the button goes
    conversation.outbox.cancel(id);
  };
  const onPaste = (event: ClipboardEvent): void => {
    const file = takesPictures && !clearing ? pastedPicture(event.clipboardData) : null;
    if (!file) return;
    event.preventDefault();
    void choose(file);
  };
  const onDragOver = (event: DragEvent): void => {
    if (!takesPictures || clearing || !hasFiles(event.dataTransfer)) return;
    event.preventDefault(); // else it cannot be dropped
    setDragging(true);
  };
  const onDragLeave = (event: DragEvent): void => {
    if (!box.current?.contains(event.relatedTarget as Node | null)) setDragging(false);
  };
  const onDrop = (event: DragEvent): void => {
    setDragging(false);
    if (!takesPictures || clearing || !hasFiles(event.dataTransfer)) return;
    event.preventDefault();
    const file = droppedFile(event.dataTransfer);
    if (file) void choose(file);
  };
  const unsent = unsentPicture(state);
  const { onUnsentPicture } = props;
  const hadUnsent = useRef(unsent);
  useEffect(() => {
    if (hadUnsent.current !== unsent) onUnsentPicture(unsent);
    hadUnsent.current = unsent;
  }, [unsent]);
  const retry = (id: string): void => {
    focusStart(); // the button goes
    conversation.outbox.retry(id);
  };
  const takeBack = (id: string): void => {
    onText([conversation.outbox.takeBack(id), text].filter(Boolean).join("\n"));
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
  const answer = [...messages].reverse().find((message) => message.from === "assistant");
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
      class={dragging ? "widget dragging" : "widget"}
      role="dialog"
      aria-labelledby="title"
      aria-modal={fills}
      data-link={state.link}
      onKeyDown={onKeyDown}
      onPaste={onPaste}
      onDragOver={onDragOver}
      onDragLeave={onDragLeave}
      onDrop={onDrop}
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
          sent={state.sent}
          moved={moved}
        >
          {short && smallPrint}
          {inOrder(state).map((otherEntry) =>
            !("from" in otherEntry) || otherEntry.from === "person" ? (
              <OwnEntry
                key={keyOf(otherEntry)}
                entry={otherEntry}
                down={down}
                onRetry={retry}
                onTakeBack={takeBack}
                onCancel={onCancel}
              />
            ) : (
              <AnswerEntry
                key={otherEntry.seq}
                message={otherEntry}
                first={otherEntry === messages[0]}
                onSay={(words) => conversation.outbox.say(words)}
                onRate={(seq, helpful, word) => conversation.giveFeedback(seq, helpful, word)}
              />
            ),
          )}
          {isAwaiting(state) && <Dots />}
          <Replies
            buttons={isAwaiting(state) ? [] : (answer?.buttons ?? [])}
            onClick={(choice) => conversation.outbox.click(choice.payload, choice.title)}
          />
        </Log>
        <span class="sr" role="status">
          {isLooking(state) ? strings.picture.looking : isAwaiting(state) ? strings.typing : ""}
        </span>
        {takesPictures && <PictureChoice choice={choice} onRemove={onRemove} />}
        <Composer
          field={field}
          submit={submit}
          value={text}
          placeholder={
            asksPlace(answer) ? strings.placeholderRegion : strings.placeholder
          }
          onInput={onText}
          onSend={send}
        >
          {takesPictures && (
            <PictureButton button={adder} onFile={(file) => void onChosen(file)} />
          )}
        </Composer>
        {!short && smallPrint}
      </div>
      {dragging && (
        <div class="landing" aria-hidden="true">
          {strings.picture.dropHere}
        </div>
      )}
      {clearing && (
        <ClearDialog
          onCancel={() => setClearing(false)}
          onConfirm={() => {
            setClearing(false);
            void conversation.deleteConversation();
          }}
        />
      )}
    </section>
  );
}

/**
 * A message keeps its key, and so its node, when the server confirms it: a screen reader would read
 * another node as another message. Only a refused one that the server has is there twice.
 */
function asksPlace(answer: Message | undefined): boolean {
  return !!answer?.blocks.some((block) => block.type === "paragraph" && block.asks === "place");
}

function keyOf(entry: Message | Draft): string | number {
  if ("from" in entry) return entry.id ?? entry.seq;
  return entry.echoed ? `refused ${entry.id}` : entry.id;
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

function statusOf({ link, problem, notice }: ConversationState): string {
  if (link === "connecting") return notice || strings.connecting;
  if (link !== "down") return notice;
  return problem || (navigator.onLine ? strings.link.reconnecting : strings.link.offline);
}
