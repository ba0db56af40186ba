import axe from "axe-core";
import { afterEach, expect, it, vi } from "vitest";

import answers from "../../../dev/answers.json";
import { strings } from "../../strings";
import { open, unmount, until, type Mounted } from "../../testing/mount";
import type { Block, NoteBlock, StepBlock } from "../../protocol";

afterEach(unmount);

interface Given {
  text: string;
  blocks?: Block[];
}

async function show(given: Given): Promise<[Mounted, HTMLElement]> {
  const widget = await open();
  widget.server.add({ from: "assistant", ...given });
  await until(() => expect(widget.all("[data-from=assistant]")).toHaveLength(2));
  return [widget, widget.all("[data-from=assistant]")[1] as HTMLElement];
}

const get = (key: string): Required<Given> =>
  (answers as unknown as Record<string, Required<Given>>)[key]!;
const plain = (text: string): string =>
  text.replace(strings.newWindow, "").replace(/[\s·⚠️：]/gu, "").replace(/^(\d+\.|第\d+种，)/, "");

/** Lines that a block says in its own way. */
const REPLACED = /^(第 \d+ 步 \/|应该看到：|没看到？|可能的原因 \d|可以复制这段话)/;

it.each(Object.keys(answers))("draws the answer to %s: no word lost, axe content", async (key) => {
  const given = get(key);
  const [widget, entry] = await show(given);
  const shown = plain(entry.textContent ?? "");
  for (const line of given.text.split("\n").filter((part) => !REPLACED.test(part))) {
    for (const piece of line.split("：")) expect(shown).toContain(plain(piece));
  }
  const drawn = Array.from(
    entry.querySelectorAll<HTMLElement>("[data-block]"),
    (element) => element.dataset.block,
  );
  const isMarked = (block: Block): boolean => block.type !== "warning" || block.about === "fraud";
  expect(drawn).toEqual(given.blocks.filter(isMarked).map(({ type }) => type));
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
  const step = get("第 3 步").blocks[0] as StepBlock;
  const [, entry] = await show({ text: "", blocks: [{ ...step, picture }] });
  expect(entry.querySelector(`[data-drawing="${picture}"]`)).not.toBeNull();
});

it.each(["toString", "nothing", null])("draws a step without a drawing %s", async (picture) => {
  const step = get("第 3 步").blocks[0] as StepBlock;
  const [, entry] = await show({ text: "", blocks: [{ ...step, picture }] });
  expect(entry.querySelector("[data-block=step]")).not.toBeNull();
  expect(entry.querySelector("[data-drawing]")).toBeNull();
});

it("draws the answers of an older conversation by their text", async () => {
  const text = "⚠️ 不要发密码。\n\n第 3 步 / 共 9 步：点它\n· 甲\n· 乙";
  const [, entry] = await show({ text });
  expect(entry.querySelector(".warning")?.textContent).toBe("不要发密码。");
  expect(entry.querySelectorAll(".bullets li")).toHaveLength(2);
  expect(entry.textContent).toContain("第 3 步 / 共 9 步：点它");
});

it("frames a warning of fraud and the happy end under a head, and no other text", async () => {
  const head = async (key: string): Promise<string | undefined> =>
    (await show(get(key)))[1].querySelector(".block .block-head")?.textContent ?? undefined;
  expect(await head("/scam_concern")).toBe("防骗提醒");
  unmount();
  expect(await head("/resolved")).toBe("找回来了");
  unmount();
  expect(await head("/password_safety")).toBeUndefined();
});

it("shows with the help for a step which one it is, and asks for a place in the field", async () => {
  const [, entry] = await show(get("/stuck_at_step"));
  expect(entry.querySelector(".progress")?.textContent).toContain("6 / 9");
  unmount();
  const [widget] = await show(get("/contact_bureau"));
  expect(widget.part<HTMLTextAreaElement>("input").placeholder).toBe(strings.placeholderRegion);
});

it("numbers a list, under its title", async () => {
  const [, entry] = await show(get("全部步骤"));
  const lines = Array.from(entry.querySelectorAll(".numbers li"), (item) => item.textContent);
  expect(lines).toHaveLength(9);
  expect(lines[8]).toMatch(/^9\. /);
  expect(entry.querySelector("[data-block=list] p")?.textContent).toBe("手机验证码找回");
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
  expect(writeText).toHaveBeenCalledWith((get("浙江杭州余杭").blocks[1] as NoteBlock).text);
});

it("selects the note where there is no clipboard", async () => {
  const [widget, entry] = await show(get("浙江杭州余杭"));
  widget.part("copy").click();
  await until(() => expect(entry.textContent).toContain("已选中"));
});
