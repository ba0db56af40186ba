import { Drawing } from "../../drawings/Drawing";
import type { CauseBlock } from "../../protocol";
import { strings } from "../../strings";
import { Line } from "../RichText";
import { Frame } from "./Frame";

/** One possible cause of a trouble, and its remedy. */
export function CauseView({ block }: { block: CauseBlock }) {
  return (
    <Frame type="cause">
      <p class="over">
        {block.trouble} · {strings.block.cause(block.number, block.total)}
      </p>
      <h3>{block.title}</h3>
      <p class="remedy">
        <strong>{strings.block.remedy}</strong>
        <Line text={block.remedy} />
      </p>
      <Drawing name={block.picture} />
    </Frame>
  );
}
