import { expect, it } from "vitest";

import { contrast, readColour, writeColour } from "./colour";
import { avatarSource, colourVariables } from "./theme";

it("reads hexadecimal colours only", () => {
  expect(readColour("#0bf")).toEqual([0, 187, 255]);
  expect(readColour(" #00BBFF ")).toEqual([0, 187, 255]);
  for (const text of ["red", "#12", "url(x)", "", null]) expect(readColour(text)).toBeNull();
  expect(writeColour([0, 187, 255])).toBe("#00bbff");
});

const COLOURS = ["#000", "#fff", "#777", "#ff0", "#0f0", "#f00", "#00f", "#1677ff", "#c8102e", "no"];

it.each(COLOURS.flatMap((colour) => [[colour, "light"] as const, [colour, "dark"] as const]))(
  "is readable with %s in %s mode",
  (accent, mode) => {
    const made = colourVariables(accent, null, mode);
    const colour = (name: string) => readColour(made[name] ?? "") ?? [0, 0, 0];
    expect(contrast(colour("--accent"), colour("--on-accent"))).toBeGreaterThanOrEqual(4.5);
    expect(contrast(colour("--head"), colour("--on-head"))).toBeGreaterThanOrEqual(4.5);
    const grounds = mode === "light" ? ["#f1f5f9", "#ffffff"] : ["#12181f", "#1e2731"];
    for (const ground of grounds) {
      const readable = contrast(colour("--accent-ink"), readColour(ground) ?? [0, 0, 0]);
      expect(readable).toBeGreaterThanOrEqual(4.5);
    }
  },
);

it("takes avatars from http and https only", () => {
  expect(avatarSource("https://a.cn/x.png")).toBe("https://a.cn/x.png");
  expect(avatarSource("/x.png")).toBe(new URL("/x.png", document.baseURI).href);
  expect(avatarSource("javascript:alert(1)")).toBeNull();
  expect(avatarSource("data:text/html,x")).toBeNull();
});
