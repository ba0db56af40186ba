import { Drawing } from "../../drawings/Drawing";
import { strings } from "../../strings";
import { listOf, numberOf, textOf, type Card } from "../../protocol";
import { Line, RichText } from "../RichText";
import type { CardProps } from "./Cards";

export function causePieces(card: Card): string[][] {
  return [[textOf(card, "title"), textOf(card, "remedy")]];
}

/** One possible cause of a trouble, and its remedy. */
export function CauseCard({ card }: CardProps) {
  const place = strings.card.cause(numberOf(card, "number"), numberOf(card, "total"));
  return (
    <>
      <p class="over">
        {textOf(card, "trouble")} · {place}
      </p>
      <h3>{textOf(card, "title")}</h3>
      <p class="remedy">
        <strong>{strings.card.remedy}</strong>
        <Line text={textOf(card, "remedy")} />
      </p>
      <Drawing name={textOf(card, "picture")} />
    </>
  );
}

export function causesPieces(card: Card): string[][] {
  return [listOf(card, "causes")];
}

/** All causes of a trouble with their remedies, as the list that stands in the text. */
export function CausesCard({ drawn }: CardProps) {
  return <RichText text={drawn} />;
}
