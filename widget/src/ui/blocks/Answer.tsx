import type { JSX } from "preact";

import type { Block } from "../../protocol";
import { BureauView } from "./BureauView";
import { CauseView } from "./CauseView";
import { ListView } from "./ListView";
import { NoteView } from "./NoteView";
import { ParagraphView } from "./ParagraphView";
import { StepView } from "./StepView";
import { WarningView } from "./WarningView";
import { WaysView } from "./WaysView";

interface Props {
  blocks: Block[];
  onSay: (text: string) => void;
}

/** An answer, block by block. */
export function Answer({ blocks, onSay }: Props) {
  return (
    <>
      {blocks.map((block, index) => (
        <BlockView key={index} block={block} onSay={onSay} />
      ))}
    </>
  );
}

function BlockView({ block, onSay }: { block: Block; onSay: Props["onSay"] }): JSX.Element {
  switch (block.type) {
    case "paragraph":
      return <ParagraphView block={block} />;
    case "warning":
      return <WarningView block={block} />;
    case "list":
      return <ListView block={block} />;
    case "step":
      return <StepView block={block} />;
    case "cause":
      return <CauseView block={block} />;
    case "ways":
      return <WaysView block={block} onSay={onSay} />;
    case "bureau":
      return <BureauView block={block} />;
    case "note":
      return <NoteView block={block} />;
  }
}
