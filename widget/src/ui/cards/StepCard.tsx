import { Drawing } from "../../drawings/Drawing";
import { strings } from "../../strings";
import { numberOf, textOf, type Card } from "../../protocol";
import { Line } from "../RichText";
import type { CardProps } from "./Cards";

export function stepPieces(card: Card): string[][] {
  return [["title", "do", "see", "if_not"].map((value) => textOf(card, value))];
}

/** One step: where one is, what to do, what one should see, what can go wrong. */
export function StepCard({ card }: CardProps) {
  return (
    <>
      <Progress card={card} />
      <h3>{textOf(card, "title")}</h3>
      <p>
        <Line text={textOf(card, "do")} />
      </p>
      <Drawing name={textOf(card, "picture")} />
      <dl>
        <div class="see">
          <dt>{strings.card.see}</dt>
          <dd>
            <Line text={textOf(card, "see")} />
          </dd>
        </div>
        <div class="if-not">
          <dt>{strings.card.ifNot}</dt>
          <dd>
            <Line text={textOf(card, "if_not")} />
          </dd>
        </div>
      </dl>
    </>
  );
}

/** The head over the help for who is stuck at a step. */
export function StuckCard({ card }: { card: Card }) {
  return <Progress card={card} />;
}

function Progress({ card }: { card: Card }) {
  const [step, total] = [numberOf(card, "step"), numberOf(card, "total")];
  if (step < 1 || total < step) return null;
  return (
    <div class="progress">
      <p>
        <span>{textOf(card, "way")}</span>
        <span aria-hidden="true">{strings.card.fraction(step, total)}</span>
        <span class="sr">{strings.card.progress(step, total)}</span>
      </p>
      <svg viewBox={`0 0 ${total * 10} 4`} preserveAspectRatio="none" aria-hidden="true">
        {Array.from({ length: total }, (_, i) => (
          <rect key={i} class={i < step ? "done" : ""} x={i * 10 + 0.5} width="9" height="4" />
        ))}
      </svg>
    </div>
  );
}
