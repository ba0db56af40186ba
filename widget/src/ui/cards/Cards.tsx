import type { ComponentChildren, FunctionComponent } from "preact";

import type { Card, Message } from "../../protocol";
import { around } from "../../text/blocks";
import { RichText } from "../RichText";
import { BureauCard, bureauPieces } from "./BureauCard";
import { CauseCard, causePieces, CausesCard, causesPieces } from "./CauseCard";
import { Framed } from "./Framed";
import { StepCard, stepPieces, StuckCard } from "./StepCard";
import { WaysCard, waysPieces } from "./WaysCard";

export interface CardProps {
  card: Card;
  /** The part of the text that the card draws. */
  drawn: string;
  onSay: (text: string) => void;
}

interface Kind {
  draw: FunctionComponent<CardProps>;
  /** The texts by which the paragraphs are found that the card draws, a group for each. */
  pieces: (card: Card) => string[][];
}

const KINDS = new Map<string, Kind>([
  ["step", { draw: StepCard, pieces: stepPieces }],
  ["cause", { draw: CauseCard, pieces: causePieces }],
  ["causes", { draw: CausesCard, pieces: causesPieces }],
  ["ways", { draw: WaysCard, pieces: waysPieces }],
  ["bureau", { draw: BureauCard, pieces: bureauPieces }],
]);

/** An answer: its text, with the card in place of what the card draws. */
export function Answer({ message, onSay }: { message: Message; onSay: (text: string) => void }) {
  const { card, text } = message;
  if (!card) return <RichText text={text} />;
  const kind = KINDS.get(card.kind);
  const parts = kind && around(text, kind.pieces(card));
  if (!kind || !parts) return <Plain card={card} text={text} />;
  return (
    <>
      <RichText text={parts.before} />
      <CardFrame kind={card.kind}>
        <kind.draw card={card} drawn={parts.drawn} onSay={onSay} />
      </CardFrame>
      <RichText text={parts.after} />
    </>
  );
}

/** A card of which the text is all there is to draw, perhaps with a frame or a head. */
function Plain({ card, text }: { card: Card; text: string }) {
  if (card.kind === "safety" || card.kind === "closed") {
    return (
      <CardFrame kind={card.kind}>
        <Framed card={card} text={text} />
      </CardFrame>
    );
  }
  return (
    <CardFrame kind={card.kind} bare>
      {card.kind === "stuck" && <StuckCard card={card} />}
      <RichText text={text} />
    </CardFrame>
  );
}

function CardFrame(props: { kind: string; bare?: boolean; children: ComponentChildren }) {
  return (
    <div class={props.bare ? "bare" : `card card-${props.kind}`} data-card={props.kind}>
      {props.children}
    </div>
  );
}
