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

/** What a person wrote or clicked, as the server keeps it. */
export function PersonEntry({ text }: { text: string }) {
  return (
    <div class="entry person" data-from="person">
      <span class="sr">{strings.you}</span>
      <div class="bubble">
        <PersonText text={text} />
      </div>
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

interface DraftProps {
  draft: Draft;
  down: boolean;
  onRetry: (id: string) => void;
  onTakeBack: (id: string) => void;
}

/** A message that the history does not show yet, or that was refused. */
export function DraftEntry({ draft, down, onRetry, onTakeBack }: DraftProps) {
  const waits = draft.state === "waiting" || draft.state === "sending";
  return (
    <div class={`entry person ${draft.state}`} data-from="person" data-state={draft.state}>
      <span class="sr">{strings.you}</span>
      {!draft.echoed && (
        <div class="bubble">
          <PersonText text={draft.text ?? draft.title ?? ""} />
        </div>
      )}
      {waits && down && <p class="state">{strings.draft.waiting}</p>}
      {draft.state === "failed" && (
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
