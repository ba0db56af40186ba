/** The page's attributes, and the CSS variables that follow from them. */

import { INK, readableOn, readColour, textOn, WHITE, writeColour, type Colour } from "./colour";

const ACCENT: Colour = [11, 92, 173];
// The darkest ground that coloured text stands on in light mode, the lightest in dark mode.
const LIGHT_GROUND: Colour = [232, 238, 245];
const DARK_GROUND: Colour = [43, 52, 64];

export type Mode = "light" | "dark";

/** Returns the variables for colours; a colour that cannot be read is the default one. */
export function colourVariables(
  accent: string | null,
  header: string | null,
  mode: Mode,
): Record<string, string> {
  const main = readColour(accent) ?? ACCENT;
  const head = readColour(header) ?? main;
  const ink =
    mode === "light"
      ? readableOn(LIGHT_GROUND, main, INK)
      : readableOn(DARK_GROUND, main, WHITE);
  return {
    "--accent": writeColour(main),
    "--on-accent": writeColour(textOn(main)),
    "--accent-ink": writeColour(ink),
    "--head": writeColour(head),
    "--on-head": writeColour(textOn(head)),
  };
}

/** Returns the address of an avatar, if it is one a picture may come from. */
export function avatarSource(value: string | null): string | null {
  if (!value) return null;
  try {
    const url = new URL(value, document.baseURI);
    return url.protocol === "http:" || url.protocol === "https:" ? url.href : null;
  } catch {
    return null;
  }
}
