import { strings } from "../strings";
import { layOut, type Section } from "../text/layout";
import { answerParts } from "../text/parts";

/** One line of an answer, with its links. */
export function Line({ text }: { text: string }) {
  return (
    <>
      {answerParts(text).map((part, index) => {
        if (part.kind === "text") return part.text;
        if (part.kind === "placeholder") return <Placeholder key={index} text={part.text} />;
        if (part.kind === "tel") return <a key={index} href={part.href}>{part.text}</a>;
        return (
          <a key={index} href={part.href} target="_blank" rel="noopener noreferrer">
            {part.text}
            <span class="sr">{strings.newWindow}</span>
          </a>
        );
      })}
    </>
  );
}

/** What stands in place of something that was hidden. */
export function Placeholder({ text }: { text: string }) {
  return <span class="placeholder">{text}</span>;
}

/** A text with several lines: paragraphs, lists and warnings. */
export function RichText({ text }: { text: string }) {
  return (
    <>
      {layOut(text).map((section, index) => (
        <Lines key={index} {...section} />
      ))}
    </>
  );
}

/** Lines of one kind. */
export function Lines({ kind, lines }: Section) {
  const items = lines.map((line, index) => (
    <li key={index}>
      <Line text={line} />
    </li>
  ));
  if (kind === "bullets") return <ul class="bullets">{items}</ul>;
  if (kind === "numbers") return <ol class="numbers">{items}</ol>;
  return (
    <p class={kind === "warning" ? "warning" : undefined}>
      {lines.map((line, index) => (
        <span key={index} class="line">
          <Line text={line} />
        </span>
      ))}
    </p>
  );
}
