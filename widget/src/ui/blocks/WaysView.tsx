import type { WaysBlock } from "../../protocol";
import { strings } from "../../strings";
import { Frame } from "./Frame";

interface Props {
  block: WaysBlock;
  onSay: (text: string) => void;
}

/** The ways to choose from. A click says what the text tells people to say: the number. */
export function WaysView({ block, onSay }: Props) {
  return (
    <Frame type="ways">
      <ol class="ways">
        {block.ways.map(({ title, who }, index) => (
          <li key={title}>
            <button
              type="button"
              data-part="way"
              onClick={() => onSay(strings.block.way(index + 1))}
            >
              <span class="number">{index + 1}</span>
              <span>
                {title}
                <small>{who}</small>
              </span>
            </button>
          </li>
        ))}
      </ol>
    </Frame>
  );
}
