import type { ComponentChildren, RefObject } from "preact";
import { useEffect } from "preact/hooks";

import { strings } from "../strings";
import { hasScreenKeyboard } from "./focus";
import { Icon } from "./Icon";

interface Props {
  field: RefObject<HTMLTextAreaElement>;
  value: string;
  placeholder: string;
  submit: RefObject<HTMLButtonElement>;
  /** What stands before the field. */
  children?: ComponentChildren;
  onInput: (value: string) => void;
  onSend: () => void;
}

/** The field to write in. Enter sends, Shift+Enter breaks the line. */
export function Composer(props: Props) {
  const { field, value, placeholder, submit, children, onInput, onSend } = props;
  useEffect(() => {
    const input = field.current;
    if (!input) return;
    input.style.height = "auto";
    input.style.height = `${input.scrollHeight + input.offsetHeight - input.clientHeight}px`;
  }, [value]);

  const onKeyDown = (event: KeyboardEvent): void => {
    if (event.key !== "Enter" || event.shiftKey) return;
    // Enter that ends a composition belongs to the input method; Safari tells it by 229 only.
    if (event.isComposing || event.keyCode === 229) return;
    event.preventDefault();
    onSend();
  };

  return (
    <form
      class="composer"
      onSubmit={(event) => {
        event.preventDefault();
        onSend();
        // No keyboard jumps up after a picture.
        if (value || !hasScreenKeyboard()) field.current?.focus();
      }}
    >
      {children}
      <textarea
        ref={field}
        data-part="input"
        rows={1}
        value={value}
        aria-label={strings.input}
        placeholder={placeholder}
        autocomplete="off"
        enterkeyhint="send"
        onInput={(event) => onInput(event.currentTarget.value)}
        onKeyDown={onKeyDown}
      />
      <button
        ref={submit}
        type="submit"
        class="send"
        data-part="send"
        aria-label={strings.send}
      >
        <Icon name="send" />
      </button>
    </form>
  );
}
