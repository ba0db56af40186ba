import { strings } from "../../strings";
import { listOf, type Card } from "../../protocol";
import type { CardProps } from "./Cards";

export function waysPieces(card: Card): string[][] {
  return [listOf(card, "ways")];
}

/** The ways to choose from. A click says what the text tells people to say: the number. */
export function WaysCard({ card, drawn, onSay }: CardProps) {
  return (
    <ol class="ways">
      {listOf(card, "ways").map((title, index) => {
        const number = index + 1;
        return (
          <li key={title}>
            <button
              type="button"
              data-part="way"
              onClick={() => onSay(strings.card.way(number))}
            >
              <span class="number">{number}</span>
              <span>
                {title}
                <small>{whoMay(drawn, title)}</small>
              </span>
            </button>
          </li>
        );
      })}
    </ol>
  );
}

/** Returns what the text says behind the title of a way: who can use it. */
function whoMay(text: string, title: string): string {
  const line = text.split("\n").find((part) => part.includes(title)) ?? "";
  return line.slice(line.indexOf(title) + title.length).replace(/^[：:]/, "");
}
