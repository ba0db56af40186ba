import type { BureauBlock } from "../../protocol";
import { strings } from "../../strings";
import { dial } from "../../text/parts";
import { Icon } from "../Icon";
import { Lines } from "../RichText";
import { Frame } from "./Frame";

/** The probable bureau: what is known of it, and the numbers to dial. */
export function BureauView({ block: { place, facts, hotlines } }: { block: BureauBlock }) {
  return (
    <Frame type="bureau">
      <h3>{place}</h3>
      <Lines kind="bullets" lines={facts} />
      <div class="dials">
        {numbers(hotlines).map((number) => (
          <a key={number} class="dial" href={dial(number)}>
            <Icon name="phone" />
            {strings.block.dial(number)}
          </a>
        ))}
      </div>
    </Frame>
  );
}

/** The hotlines as dialled here, then, where there is an area code, from elsewhere. */
function numbers(hotlines: string[]): string[] {
  const here = hotlines.map((hotline) => hotline.replace(/^0\d{2,3}-/, ""));
  return [...new Set([...here, ...hotlines])];
}
