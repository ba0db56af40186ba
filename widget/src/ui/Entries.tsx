import { useEffect, useState } from "preact/hooks";

import { strings } from "../strings";
import type { Draft } from "../conversation/state";
import { personParts } from "../text/parts";
import type { Message } from "../protocol";
import { Answer } from "./blocks/Answer";
import { Feedback } from "./Feedback";
import { Icon } from "./Icon";
import { Placeholder } from "./RichText";

const USUALLY_READ_MS = 4000; // by then a picture is read, unless several wait

interface AnswerProps {
  message: Message;
  first: boolean;
  onSay: (text: string) => void;
  onRate: (seq: number, helpful: boolean, word: string) => Promise<boolean>;
}

/** An answer of the assistant; the greeting is not asked about. */
export function AnswerEntry({ message, first, onSay, onRate }: AnswerProps) {
  return (
    <div class="entry answer" data-from="assistant" data-seq={message.seq}>
      <span class="sr">{strings.assistant}</span>
      <div class="bubble">
        <Answer blocks={message.blocks} onSay={onSay} />
      </div>
      {!first && <Feedback onRate={(helpful, word) => onRate(message.seq, helpful, word)} />}
    </div>
  );
}

function PersonText({ text }: { text: string }) {
  return (
    <p>
      {personParts(text).map((part, index) =>
        part.kind === "placeholder" ? <Placeholder key={index} text={part.text} /> : part.text,
      )}
    </p>
  );
}

/** A person's picture: on its way nothing but that it is one, then the text that was read on it. */
function PersonPicture({ text }: { text: string | null }) {
  const words = strings.picture;
  return (
    <>
      <p class="of-picture">
        <Icon name="picture" />
        <span>{text === null ? words.name : text ? words.read : words.nothingRead}</span>
      </p>
      {text && <PersonText text={text} />}
    </>
  );
}

/** That a picture is being read; after a while, that others may come first. */
function Looking() {
  const [isLong, setIsLong] = useState(false);
  useEffect(() => {
    const timer = setTimeout(() => setIsLong(true), USUALLY_READ_MS);
    return () => clearTimeout(timer);
  }, []);
  return <>{isLong ? strings.picture.stillLooking : strings.picture.looking}</>;
}

interface OwnProps {
  entry: Message | Draft;
  down: boolean;
  onRetry: (id: string) => void;
  onTakeBack: (id: string) => void;
  onCancel: (id: string) => void;
}

/**
 * What a person wrote or clicked: as the server keeps it, or while it is on its way or refused.
 * Both are drawn by the same nodes, because a screen reader reads those that are added.
 */
export function OwnEntry({ entry, down, onRetry, onTakeBack, onCancel }: OwnProps) {
  const draft = "from" in entry ? null : entry;
  const text = draft ? (draft.text ?? draft.title ?? "") : entry.text || "";
  const isPicture = Boolean(entry.picture);
  const waits = draft?.state === "waiting" || draft?.state === "sending";
  return (
    <div
      class={draft ? `entry person ${draft.state}` : "entry person"}
      data-from="person"
      data-state={draft?.state}
    >
      <span class="sr">{strings.you}</span>
      {!draft?.echoed && (
        <div class="bubble">
          {isPicture ? (
            <PersonPicture text={draft ? null : text} />
          ) : (
            <PersonText text={text} />
          )}
        </div>
      )}
      {waits && down && !isPicture && <p class="state">{strings.draft.waiting}</p>}
      {waits && isPicture && (
        <p class="state" data-part="picture-state">
          {draft?.state === "waiting" && down ? strings.picture.waiting : <Looking />}
          <button
            type="button"
            class="small"
            data-part="cancel-picture"
            onClick={() => onCancel(draft!.id)}
          >
            {strings.picture.cancel}
          </button>
        </p>
      )}
      {draft?.state === "failed" && (
        <p class="state problem">
          {draft.problem}
          <button type="button" class="small" data-part="retry" onClick={() => onRetry(draft.id)}>
            {isPicture ? strings.picture.again : strings.draft.retry}
          </button>
          {(draft.text !== undefined || isPicture) && !draft.taken && (
            <button type="button" class="small" data-part="edit" onClick={() => onTakeBack(draft.id)}>
              {isPicture ? strings.picture.giveUp : strings.draft.edit}
            </button>
          )}
        </p>
      )}
    </div>
  );
}
