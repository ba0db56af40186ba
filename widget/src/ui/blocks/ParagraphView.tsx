import type { ParagraphBlock } from "../../protocol";
import { strings } from "../../strings";
import { RichText } from "../RichText";
import { Frame } from "./Frame";
import { ProgressBar } from "./ProgressBar";

/** Something said; framed where it is the happy end. */
export function ParagraphView({ block: { text, progress, tone } }: { block: ParagraphBlock }) {
  if (tone === "success") {
    return (
      <Frame type="paragraph" head={{ icon: "check", text: strings.block.success }}>
        <RichText text={text} />
      </Frame>
    );
  }
  return (
    <div class="bare" data-block="paragraph">
      {progress && <ProgressBar progress={progress} />}
      <RichText text={text} />
    </div>
  );
}
