import type { RefObject } from "preact";
import { useLayoutEffect, useRef } from "preact/hooks";

import type { Choice } from "../picture/choice";
import { strings } from "../strings";
import { Icon } from "./Icon";

const words = strings.picture;

interface ButtonProps {
  button: RefObject<HTMLButtonElement>;
  onFile: (file: File) => void;
}

/** Opens the phone's or the computer's own choice of a picture. */
export function PictureButton({ button, onFile }: ButtonProps) {
  const field = useRef<HTMLInputElement>(null);
  return (
    <>
      <button
        ref={button}
        type="button"
        class="add"
        data-part="add-picture"
        aria-label={words.add}
        title={words.add}
        onClick={() => field.current?.click()}
      >
        <Icon name="picture" />
      </button>
      <input
        ref={field}
        type="file"
        accept="image/*"
        hidden
        tabIndex={-1}
        data-part="picture-file"
        aria-label={words.add}
        onChange={(event) => {
          const file = event.currentTarget.files?.[0];
          event.currentTarget.value = ""; // the same may be chosen again
          if (file) onFile(file);
        }}
      />
    </>
  );
}

interface ChoiceProps {
  choice: Choice;
  onRemove: () => void;
}

/** The picture that goes with the next message, and what happens to it; or why it cannot. */
export function PictureChoice({ choice, onRemove }: ChoiceProps) {
  const { picture, problem, isPreparing } = choice;
  return (
    <div class={picture || problem || isPreparing ? "choice shown" : "choice"}>
      {picture && <Preview canvas={picture.preview} />}
      <p class={problem ? "problem" : ""} role="status" data-part="picture-status">
        {problem ? words.problems[problem] : isPreparing ? words.preparing : picture ? words.ready : ""}
      </p>
      {picture && (
        <button
          type="button"
          class="tool"
          data-part="remove-picture"
          aria-label={words.remove}
          title={words.remove}
          onClick={onRemove}
        >
          <Icon name="close" />
        </button>
      )}
    </div>
  );
}

/** Shows the canvas on which the picture was drawn. */
function Preview({ canvas }: { canvas: HTMLCanvasElement }) {
  const place = useRef<HTMLDivElement>(null);
  useLayoutEffect(() => place.current?.replaceChildren(canvas), [canvas]);
  return (
    <div ref={place} class="preview" role="img" aria-label={words.preview} data-part="preview" />
  );
}
