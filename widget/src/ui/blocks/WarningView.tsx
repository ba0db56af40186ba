import type { WarningBlock } from "../../protocol";
import { strings } from "../../strings";
import { Lines, RichText } from "../RichText";
import { Frame } from "./Frame";

/** A warning of what stands in the person's own message, or, with a head, of fraud. */
export function WarningView({ block: { about, text } }: { block: WarningBlock }) {
  if (about === "message") return <Lines kind="warning" lines={text.split("\n")} />;
  return (
    <Frame type="warning" head={{ icon: "shield", text: strings.block.fraud }}>
      <RichText text={text} />
    </Frame>
  );
}
