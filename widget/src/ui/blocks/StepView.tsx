import { Drawing } from "../../drawings/Drawing";
import type { StepBlock } from "../../protocol";
import { strings } from "../../strings";
import { Line } from "../RichText";
import { Frame } from "./Frame";
import { ProgressBar } from "./ProgressBar";

/** One step: where one is, what to do, what one should see, what can go wrong. */
export function StepView({ block }: { block: StepBlock }) {
  return (
    <Frame type="step">
      <ProgressBar progress={block} />
      <h3>{block.title}</h3>
      <p>
        <Line text={block.do} />
      </p>
      <Drawing name={block.picture} />
      <dl>
        <div class="see">
          <dt>{strings.block.see}</dt>
          <dd>
            <Line text={block.see} />
          </dd>
        </div>
        <div class="if-not">
          <dt>{strings.block.ifNot}</dt>
          <dd>
            <Line text={block.if_not} />
          </dd>
        </div>
      </dl>
    </Frame>
  );
}
