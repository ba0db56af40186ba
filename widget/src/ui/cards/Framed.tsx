import { strings } from "../../strings";
import type { Card } from "../../protocol";
import { Icon } from "../Icon";
import { RichText } from "../RichText";

/** A warning of swindlers, or the happy end: the text under a head that says which. */
export function Framed({ card, text }: { card: Card; text: string }) {
  const safety = card.kind === "safety";
  return (
    <>
      <p class="card-head">
        <Icon name={safety ? "shield" : "check"} />
        {safety ? strings.card.safety : strings.card.closed}
      </p>
      <RichText text={text} />
    </>
  );
}
