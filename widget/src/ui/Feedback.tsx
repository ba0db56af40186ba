import { useRef, useState } from "preact/hooks";

import { strings } from "../strings";
import { Icon } from "./Icon";

const words = strings.feedback;

interface Props {
  onRate: (helpful: boolean, word: string) => Promise<boolean>;
}

/** Helpful or not, under an answer; then a word, for who wants to add one. */
export function Feedback({ onRate }: Props) {
  const [rating, setRating] = useState<boolean | null>(null);
  const [word, setWord] = useState("");
  const [asking, setAsking] = useState(false);
  const [said, setSaid] = useState("");
  const form = useRef<HTMLFormElement>(null);
  const status = useRef<HTMLSpanElement>(null);

  const rate = async (helpful: boolean): Promise<void> => {
    setRating(helpful);
    const sent = await onRate(helpful, "");
    setSaid(sent ? words.thanks : words.failed);
    setAsking(sent);
    if (!sent) setRating(null);
  };

  const addWord = async (event: Event): Promise<void> => {
    event.preventDefault();
    const sent = rating !== null && (!word.trim() || (await onRate(rating, word.trim())));
    const focused = (form.current?.getRootNode() as ShadowRoot | undefined)?.activeElement;
    if (sent && focused && form.current?.contains(focused)) status.current?.focus(); // the form goes
    setSaid(sent ? words.thanks : words.failed);
    setAsking(!sent);
  };

  const thumb = (helpful: boolean) => (
    <button
      type="button"
      class="thumb"
      data-part={helpful ? "helpful" : "not-helpful"}
      aria-pressed={rating === helpful}
      onClick={() => void rate(helpful)}
    >
      <Icon name={helpful ? "up" : "down"} />
      {helpful ? words.helpful : words.notHelpful}
    </button>
  );

  return (
    <div class="feedback" role="group" aria-label={words.group} aria-live="off">
      {thumb(true)}
      {thumb(false)}
      <span ref={status} role="status" class="said" tabIndex={-1}>
        {said}
      </span>
      {asking && (
        <form ref={form} onSubmit={addWord}>
          <label>
            {words.word}
            <input
              data-part="word"
              maxLength={200}
              autocomplete="off"
              value={word}
              onInput={(event) => setWord(event.currentTarget.value)}
            />
          </label>
          <button type="submit" class="small" data-part="submit-word">
            {words.submit}
          </button>
        </form>
      )}
    </div>
  );
}
