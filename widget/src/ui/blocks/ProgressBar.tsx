import type { Progress } from "../../protocol";
import { strings } from "../../strings";

/** Where a guide stands, in words and as a bar. */
export function ProgressBar({ progress: { way, number, total } }: { progress: Progress }) {
  if (number < 1 || total < number) return null;
  return (
    <div class="progress">
      <p>
        <span>{way}</span>
        <span aria-hidden="true">{strings.block.fraction(number, total)}</span>
        <span class="sr">{strings.block.progress(number, total)}</span>
      </p>
      <svg viewBox={`0 0 ${total * 10} 4`} preserveAspectRatio="none" aria-hidden="true">
        {Array.from({ length: total }, (_, i) => (
          <rect key={i} class={i < number ? "done" : ""} x={i * 10 + 0.5} width="9" height="4" />
        ))}
      </svg>
    </div>
  );
}
