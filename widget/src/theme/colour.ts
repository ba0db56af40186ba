/** Colours a page chooses, made readable: contrast as WCAG 2 defines it. */

export type Colour = readonly [number, number, number];

const AA = 4.5;
export const WHITE: Colour = [255, 255, 255];
export const INK: Colour = [0, 0, 0];

/** Reads `#rgb` or `#rrggbb`; null for anything else. */
export function readColour(text: string | null): Colour | null {
  const short = /^#([0-9a-f])([0-9a-f])([0-9a-f])$/i.exec(text?.trim() ?? "");
  const long = /^#([0-9a-f]{2})([0-9a-f]{2})([0-9a-f]{2})$/i.exec(text?.trim() ?? "");
  const digits = long?.slice(1) ?? short?.slice(1).map((digit) => digit + digit);
  if (!digits) return null;
  const [r = 0, g = 0, b = 0] = digits.map((digit) => parseInt(digit, 16));
  return [r, g, b];
}

export function writeColour(colour: Colour): string {
  return `#${colour.map((channel) => Math.round(channel).toString(16).padStart(2, "0")).join("")}`;
}

export function contrast(one: Colour, other: Colour): number {
  const [a, b] = [luminance(one), luminance(other)];
  return (Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05);
}

/** White or ink, whichever reads better on `ground`; the better one always meets AA. */
export function textOn(ground: Colour): Colour {
  return contrast(WHITE, ground) >= contrast(INK, ground) ? WHITE : INK;
}

/** Returns `colour`, moved towards `towards` as far as it takes to read well on `ground`. */
export function readableOn(ground: Colour, colour: Colour, towards: Colour): Colour {
  for (let share = 0; share < 1; share += 0.05) {
    const [r, g, b] = [0, 1, 2].map((i) => mix(colour[i], towards[i], share));
    const tried: Colour = [r ?? 0, g ?? 0, b ?? 0];
    if (contrast(tried, ground) >= AA) return tried;
  }
  return towards;
}

function mix(from = 0, to = 0, share: number): number {
  return from + (to - from) * share;
}

function luminance(colour: Colour): number {
  const [r = 0, g = 0, b = 0] = colour.map((channel) => {
    const part = channel / 255;
    return part <= 0.03928 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4;
  });
  return 0.2126 * r + 0.7152 * g + 0.0722 * b;
}
