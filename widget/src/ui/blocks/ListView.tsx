import type { ListBlock } from "../../protocol";
import { Line, Lines } from "../RichText";

/** A list, with numbers or without, perhaps under a title. */
export function ListView({ block: { title, numbered, items } }: { block: ListBlock }) {
  const lines = numbered ? items.map((item, index) => `${index + 1}. ${item}`) : items;
  return (
    <div class="bare" data-block="list">
      {title && (
        <p>
          <Line text={title} />
        </p>
      )}
      <Lines kind={numbered ? "numbers" : "bullets"} lines={lines} />
    </div>
  );
}
