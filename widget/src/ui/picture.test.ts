/** A picture from its choice to what was read on it. */

import { afterEach, beforeEach, expect, it, vi } from "vitest";

import { strings } from "../strings";
import { mount, open, unmount, until, type Mounted } from "../testing/mount";
import { file, stubDrawing } from "../testing/pictures";

const words = strings.picture;

beforeEach(() => {
  stubDrawing(1080, 2400);
});

afterEach(() => {
  unmount();
  vi.restoreAllMocks();
});

function choose(window: Mounted, chosen: File): void {
  const field = window.part<HTMLInputElement>("picture-file");
  Object.defineProperty(field, "files", { value: [chosen], configurable: true });
  field.dispatchEvent(new Event("change", { bubbles: true }));
}

function bring(window: Mounted, name: string, files: File[], types = ["Files"]): Event {
  const event = new Event(name, { bubbles: true, cancelable: true, composed: true });
  const transfer = { files, types };
  Object.assign(event, name === "paste" ? { clipboardData: transfer } : { dataTransfer: transfer });
  window.part("input").dispatchEvent(event);
  return event;
}

const status = (window: Mounted) => window.part("picture-status").textContent;
const shown = (window: Mounted) => window.all('[data-part="preview"]').length;

async function chosen(window: Mounted): Promise<void> {
  choose(window, file());
  await until(() => expect(shown(window)).toBe(1));
}

it("shows what was chosen, sends it, and then only the text that was read", async () => {
  const window = await open();
  await chosen(window);
  expect(status(window)).toBe(words.ready);
  await until(() => expect(window.focused()).toBe(window.part("send")));
  expect(window.one(".preview").firstElementChild?.tagName).toBe("CANVAS");
  expect(window.server.pictures).toEqual([]); // nothing leaves before it is sent
  window.part("send").click();
  await until(() => expect(window.text()).toContain("验证码已过期"));
  expect(window.server.pictures).toHaveLength(1);
  expect(window.one('[data-from="person"]').textContent).toContain(words.read + "验证码已过期");
  expect(window.all("img, canvas, [data-part=preview]")).toEqual([]);
});

it("sends a text that was written with it afterwards", async () => {
  const window = await open();
  await chosen(window);
  await window.write("这是什么意思");
  window.part("send").click();
  await until(() => expect(window.server.messages).toHaveLength(3));
  expect(window.server.messages.map((it) => it.text).slice(1)).toEqual(["验证码已过期", "这是什么意思"]);
});

it("sends what is not ready yet as soon as it is", async () => {
  const window = await open();
  choose(window, file());
  await until(() => expect(status(window)).toBe(words.preparing));
  window.part("send").click();
  await until(() => expect(window.server.pictures).toHaveLength(1));
});

it("takes it back before it is sent, with the focus on the button", async () => {
  const window = await open();
  await chosen(window);
  window.part("remove-picture").click();
  await until(() => expect(shown(window)).toBe(0));
  expect(window.focused()).toBe(window.part("add-picture"));
  window.part("send").click();
  await new Promise((resolve) => setTimeout(resolve, 30));
  expect(window.server.pictures).toEqual([]);
});

it.each([
  ["notPicture", file("application/pdf")],
  ["broken", file("image/heic", 0)],
] as const)("says at once why it does not take it: %s", async (problem, unfit) => {
  const window = await open();
  choose(window, unfit);
  await until(() => expect(status(window)).toBe(words.problems[problem]));
  expect(shown(window)).toBe(0);
  await window.write("好吧");
  window.part("send").click();
  await until(() => expect(status(window)).toBe(""));
});

it("takes what is dropped on it and what is pasted, and leaves texts alone", async () => {
  const window = await open();
  expect(bring(window, "dragover", [], ["text/plain"]).defaultPrevented).toBe(false);
  expect(bring(window, "dragover", []).defaultPrevented).toBe(true);
  await until(() => expect(window.text()).toContain(words.dropHere));
  bring(window, "drop", [file("text/plain"), file()]);
  await until(() => expect(shown(window)).toBe(1));
  expect(window.text()).not.toContain(words.dropHere);
  window.part("remove-picture").click();
  await until(() => expect(shown(window)).toBe(0));
  const table = bring(window, "paste", [file()], ["text/plain", "Files"]);
  expect(table.defaultPrevented).toBe(false);
  expect(bring(window, "paste", [file()]).defaultPrevented).toBe(true);
  await until(() => expect(shown(window)).toBe(1));
});

it("says what happens while it is read, and can be cancelled", async () => {
  const window = await open();
  window.server.hold("/pictures");
  await chosen(window);
  window.part("send").click();
  await until(() => expect(window.part("picture-state").textContent).toContain(words.looking));
  const told = window.all("[role=status]").map((it) => it.textContent);
  expect(told).toContain(words.looking);
  window.part("cancel-picture").click();
  await until(() => expect(window.all('[data-from="person"]')).toEqual([]));
  expect(window.focused()).toBe(window.part("input"));
  await window.write("那我打字");
  window.part("send").click();
  await until(() => expect(window.server.messages).toMatchObject([{}, { text: "那我打字" }]));
});

it("keeps it when the network goes, says so, and sends it once under the same id", async () => {
  const window = await open();
  const go = window.server.hold("/pictures");
  await chosen(window);
  window.part("send").click();
  await until(() => window.part("picture-state"));
  window.server.down = true;
  go();
  window.server.breakStreams();
  await until(() => expect(window.part("picture-state").textContent).toContain(words.waiting));
  window.server.down = false;
  globalThis.window.dispatchEvent(new Event("online"));
  await until(() => expect(window.text()).toContain("验证码已过期"));
  expect(window.server.messages).toHaveLength(2);
});

it("does not send again what the server has when only its reply was lost", async () => {
  const window = await open();
  window.server.loseReply = true;
  await chosen(window);
  window.part("send").click();
  await until(() => expect(window.text()).toContain("验证码已过期"));
  await until(() => expect(window.one("[role=dialog]").dataset.link).toBe("up"));
  window.server.breakStreams();
  await until(() => expect(window.server.openStreams).toBe(1));
  expect(window.server.pictures).toHaveLength(1);
});

it("shows a refusal in the server's words, and sends again or gives up", async () => {
  const window = await open();
  window.server.refusal = { status: 503, error: "pictures_busy", message: "请等 5 秒。" };
  await chosen(window);
  window.part("send").click();
  await until(() => expect(window.one('[data-state="failed"]').textContent).toContain("5 秒"));
  expect(window.part("retry").textContent).toBe(words.again);
  window.part("retry").click();
  await until(() => expect(window.server.pictures).toHaveLength(2));
  expect(new Set(window.server.pictures.map((it) => it.id)).size).toBe(1);
  await until(() => expect(window.part("edit").textContent).toBe(words.giveUp));
  window.part("edit").click();
  await until(() => expect(window.all('[data-from="person"]')).toEqual([]));
  expect(window.part<HTMLTextAreaElement>("input").value).toBe("");
});

it("sends two pictures one after the other", async () => {
  const window = await open();
  for (let count = 1; count <= 2; count += 1) {
    await chosen(window);
    window.part("send").click();
    await until(() => expect(shown(window)).toBe(0));
  }
  await until(() => expect(window.server.messages).toHaveLength(3));
});

it("says after a reload that a picture was lost, and only if it was", async () => {
  const left = await open();
  left.server.hold("/pictures");
  await chosen(left);
  left.part("send").click();
  await until(() => expect(sessionStorage.getItem("zhaohui-picture:http://server")).toBeTruthy());
  left.element.remove();
  const back = mount(); // the window was open
  await until(() => expect(back.part("status").textContent).toBe(words.lost));
  expect(sessionStorage.getItem("zhaohui-picture:http://server")).toBe(null);
  await chosen(back);
  back.part("send").click();
  await until(() => expect(back.server.messages).toHaveLength(2));
  expect(sessionStorage.getItem("zhaohui-picture:http://server")).toBe(null);
});

it("says that nothing was read, and offers no button where no pictures are taken", async () => {
  const window = await open();
  window.server.readOnPicture = "";
  await chosen(window);
  window.part("send").click();
  await until(() => expect(window.text()).toContain(words.nothingRead));
  unmount();
  const { TestServer } = await import("../testing/server");
  vi.spyOn(TestServer.prototype as unknown as { limits: () => object }, "limits").mockReturnValue({
    max_picture_bytes: 0,
  });
  const off = await open();
  expect(off.all('[data-part="add-picture"], [data-part="picture-file"]')).toEqual([]);
  expect(bring(off, "paste", [file()]).defaultPrevented).toBe(false);
});
