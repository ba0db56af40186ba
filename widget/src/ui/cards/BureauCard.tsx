import { strings } from "../../strings";
import { dial } from "../../text/parts";
import { listOf, textOf, type Card } from "../../protocol";
import { Icon } from "../Icon";
import { Line } from "../RichText";
import type { CardProps } from "./Cards";
import { Note } from "./Note";

export function bureauPieces(card: Card): string[][] {
  return [listOf(card, "hotlines"), [textOf(card, "note")]];
}

/** The probable bureau: what is known of it, the numbers to dial, the note to copy. */
export function BureauCard({ card, drawn }: CardProps) {
  const note = textOf(card, "note");
  const known = (drawn.split(/\n{2,}/)[0] ?? "").split("\n");
  return (
    <>
      <h3>{textOf(card, "place")}</h3>
      <ul class="facts">
        {known.map((item) => (
          <li key={item}>
            <Line text={item} />
          </li>
        ))}
      </ul>
      <div class="dials">
        {numbers(listOf(card, "hotlines")).map((number) => (
          <a key={number} class="dial" href={dial(number)}>
            <Icon name="phone" />
            {strings.card.dial(number)}
          </a>
        ))}
      </div>
      <Note text={note} />
    </>
  );
}

/** The hotlines as dialled here, then, where there is an area code, from elsewhere. */
function numbers(hotlines: string[]): string[] {
  const here = hotlines.map((hotline) => hotline.replace(/^0\d{2,3}-/, ""));
  return [...new Set([...here, ...hotlines])];
}
