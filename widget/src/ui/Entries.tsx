import { strings } from "../strings";
import type { Draft } from "../talk/state";
import { personParts } from "../text/parts";
import type { Message } from "../wire";
import { Answer } from "./cards/Cards";
import { Feedback } from "./Feedback";
import { Mark } from "./RichText";

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
        <Answer message={message} onSay={onSay} />
      </div>
      {!first && <Feedback onRate={(helpful, word) => onRate(message.seq, helpful, word)} />}
    </div>
  );
}

function PersonText({ text }: { text: string }) {
  return (
    <p>
      {personParts(text).map((it, index) =>
        it.kind === "mark" ? <Mark key={index} text={it.text} /> : it.text,
      )}
    </p>
  );
}

interface OwnProps {
  entry: Message | Draft;
  down: boolean;
  onRetry: (id: string) => void;
  onTakeBack: (id: string) => void;
}

/**
 * What a person wrote or clicked: as the server keeps it, or while it is on its way or refused.
 * Both are drawn by the same nodes, because a screen reader reads those that are added.
 */
export function OwnEntry({ entry, down, onRetry, onTakeBack }: OwnProps) {
  const draft = "from" in entry ? null : entry;
  const text = draft ? (draft.text ?? draft.title ?? "") : entry.text;
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
          <PersonText text={text ?? ""} />
        </div>
      )}
      {waits && down && <p class="state">{strings.draft.waiting}</p>}
      {draft?.state === "failed" && (
        <p class="state problem">
          {draft.problem}
          <button type="button" class="small" data-part="retry" onClick={() => onRetry(draft.id)}>
            {strings.draft.retry}
          </button>
          {draft.text !== undefined && !draft.taken && (
            <button type="button" class="small" data-part="edit" onClick={() => onTakeBack(draft.id)}>
              {strings.draft.edit}
            </button>
          )}
        </p>
      )}
    </div>
  );
}
