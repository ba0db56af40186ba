import axe from "axe-core";
import { afterEach, expect, it, vi } from "vitest";

import answers from "../../../dev/answers.json";
import { strings } from "../../strings";
import { open, unmount, until, type Mounted } from "../../testing/mount";
import type { Card } from "../../protocol";

afterEach(unmount);

interface Given {
  text: string;
  card?: Card;
}

async function show(given: Given): Promise<[Mounted, HTMLElement]> {
  const widget = await open();
  widget.server.add({ from: "assistant", ...given });
  await until(() => expect(widget.all("[data-from=assistant]")).toHaveLength(2));
  return [widget, widget.all("[data-from=assistant]")[1] as HTMLElement];
}

const get = (key: string): Given => (answers as Record<string, Given>)[key] as Given;
const plain = (text: string): string =>
  text.replace(strings.newWindow, "").replace(/[\s·⚠️：]/gu, "").replace(/^\d+\./, "");

/** Lines that a card says in its own way. */
const REPLACED = /^(第 \d+ 步 \/|应该看到：|没看到？|可能的原因 \d|可以复制这段话)/;

it.each(Object.keys(answers))("draws the answer to %s: no word lost, axe content", async (key) => {
  const given = get(key);
  const [widget, entry] = await show(given);
  const shown = plain(entry.textContent ?? "");
  for (const line of given.text.split("\n").filter((part) => !REPLACED.test(part))) {
    for (const piece of line.split("：")) expect(shown).toContain(plain(piece));
  }
  if (given.card) expect(entry.querySelector(`[data-card=${given.card.kind}]`)).not.toBeNull();
  const { violations } = await axe.run(widget.element, {
    rules: { "color-contrast": { enabled: false }, region: { enabled: false } },
  });
  expect(violations.map((violation) => `${violation.id}: ${violation.nodes[0]?.html}`)).toEqual([]);
});

it("draws a step with its progress, what to see, what can go wrong, and its drawing", async () => {
  const [, entry] = await show(get("第 3 步"));
  const text = entry.textContent ?? "";
  expect(text).toContain("3 / 9");
  expect(text).toContain("第 3 步，共 9 步");
  expect(entry.querySelectorAll(".progress .done")).toHaveLength(3);
  expect(entry.querySelector(".see")?.textContent).toBe("应该看到找回密码的页面。");
  expect(entry.querySelector(".if-not")?.textContent).toMatch(/^没看到？这行字/);
  const drawing = entry.querySelector('[data-drawing="forgot_link"] svg');
  expect(drawing?.getAttribute("role")).toBe("img");
  expect(drawing?.getAttribute("aria-label")).toContain("忘记密码");
});

it.each(["forgot_link", "blocked_sms", "face_pose"])("has the drawing %s", async (picture) => {
  const step = get("第 3 步");
  const [, entry] = await show({ ...step, card: { ...step.card, kind: "step", picture } });
  expect(entry.querySelector(`[data-drawing="${picture}"]`)).not.toBeNull();
});

it.each(["toString", "nothing", null])("draws a step without a drawing %s", async (picture) => {
  const step = get("第 3 步");
  const [, entry] = await show({ ...step, card: { ...step.card, kind: "step", picture } });
  expect(entry.querySelector("[data-card=step]")).not.toBeNull();
  expect(entry.querySelector("[data-drawing]")).toBeNull();
});

it("shows the whole text when a card does not fit it", async () => {
  const [, entry] = await show({ text: "整段话", card: { kind: "step", title: "别的" } });
  expect(entry.textContent).toContain("整段话");
});

it("chooses a way by saying its number", async () => {
  const [widget] = await show(get('/recover_password{"extent":"all"}'));
  expect(widget.all('[data-part="way"]')).toHaveLength(5);
  (widget.all('[data-part="way"]')[3] as HTMLElement).click();
  await until(() => expect(widget.server.posts()).toMatchObject([{ text: "第 4 种" }]));
});

it("dials the hotlines and copies the note of a bureau", async () => {
  const [widget, entry] = await show(get("浙江杭州余杭"));
  const dials = Array.from(
    entry.querySelectorAll<HTMLAnchorElement>("a.dial"),
    (element) => element.href,
  );
  expect(dials).toEqual(["tel:12345", "tel:12315", "tel:057112345"]);
  const writeText = vi.fn().mockResolvedValue(undefined);
  vi.stubGlobal("navigator", { ...navigator, clipboard: { writeText } });
  widget.part("copy").click();
  await until(() => expect(entry.textContent).toContain("已复制"));
  expect(writeText).toHaveBeenCalledWith(get("浙江杭州余杭").card?.note);
});

it("selects the note where there is no clipboard", async () => {
  const [widget, entry] = await show(get("浙江杭州余杭"));
  widget.part("copy").click();
  await until(() => expect(entry.textContent).toContain("已选中"));
});
