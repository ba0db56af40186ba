/** The few signs of the widget. They are decoration: the control beside them has the name. */

const PATHS = {
  chat: "M4 5h16v11H9l-5 4zM8 9h8M8 12h5",
  close: "M6 6l12 12M18 6L6 18",
  trash: "M5 7h14M10 7V4h4v3M7 7l1 13h8l1-13M10 11v5M14 11v5",
  send: "M4 12l16-8-5 16-3-6zM12 14l8-10",
  picture: "M4 5h16v14H4zM4 16l5-5 4 4 3-3 4 4M15 9v.5",
  phone: "M6 3h3l2 5-2 2c1 2 3 4 5 5l2-2 5 2v3c0 2-2 3-3 3C11 20 4 13 3 6c0-1 1-3 3-3z",
  copy: "M8 8h11v12H8zM5 16V4h11",
  up: "M7 11v9H4v-9zM7 11l4-8c2 0 3 1 2 4l-1 3h6c1 0 2 1 2 2l-2 7c0 1-1 1-2 1H7",
  down: "M7 13V4H4v9zM7 13l4 8c2 0 3-1 2-4l-1-3h6c1 0 2-1 2-2l-2-7c0-1-1-1-2-1H7",
  check: "M5 13l4 4L19 7",
  shield: "M12 3l8 3v6c0 5-4 8-8 9-4-1-8-4-8-9V6zM12 8v5M12 16v.5",
};

export function Icon({ name }: { name: keyof typeof PATHS }) {
  return (
    <svg class="icon" viewBox="0 0 24 24" aria-hidden="true" focusable="false">
      <path d={PATHS[name]} />
    </svg>
  );
}
