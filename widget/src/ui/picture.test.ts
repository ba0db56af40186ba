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

function choose(widget: Mounted, chosen: File): void {
  const field = widget.part<HTMLInputElement>("picture-file");
  Object.defineProperty(field, "files", { value: [chosen], configurable: true });
  field.dispatchEvent(new Event("change", { bubbles: true }));
}

function bring(widget: Mounted, name: string, files: File[], types = ["Files"]): Event {
  const event = new Event(name, { bubbles: true, cancelable: true, composed: true });
  const transfer = { files, types };
  Object.assign(event, name === "paste" ? { clipboardData: transfer } : { dataTransfer: transfer });
  widget.part("input").dispatchEvent(event);
  return event;
}

const status = (widget: Mounted) => widget.part("picture-status").textContent;
const shown = (widget: Mounted) => widget.all('[data-part="preview"]').length;

async function chosen(widget: Mounted): Promise<void> {
  choose(widget, file());
  await until(() => expect(shown(widget)).toBe(1));
}

it("shows what was chosen, sends it, and then only the text that was read", async () => {
  const widget = await open();
  await chosen(widget);
  expect(status(widget)).toBe(words.ready);
  await until(() => expect(widget.focused()).toBe(widget.part("send")));
  expect(widget.one(".preview").firstElementChild?.tagName).toBe("CANVAS");
  expect(widget.server.pictures).toEqual([]); // nothing leaves before it is sent
  widget.part("send").click();
  await until(() => expect(widget.text()).toContain("验证码已过期"));
  expect(widget.server.pictures).toHaveLength(1);
  expect(widget.one('[data-from="person"]').textContent).toContain(words.read + "验证码已过期");
  expect(widget.all("img, canvas, [data-part=preview]")).toEqual([]);
});

it("sends a text that was written with it afterwards", async () => {
  const widget = await open();
  await chosen(widget);
  await widget.write("这是什么意思");
  widget.part("send").click();
  await until(() => expect(widget.server.messages).toHaveLength(3));
  expect(widget.server.messages.map((message) => message.text).slice(1)).toEqual(["验证码已过期", "这是什么意思"]);
});

it("sends what is not ready yet as soon as it is", async () => {
  const widget = await open();
  choose(widget, file());
  await until(() => expect(status(widget)).toBe(words.preparing));
  widget.part("send").click();
  await until(() => expect(widget.server.pictures).toHaveLength(1));
});

it("takes it back before it is sent, with the focus on the button", async () => {
  const widget = await open();
  await chosen(widget);
  widget.part("remove-picture").click();
  await until(() => expect(shown(widget)).toBe(0));
  expect(widget.focused()).toBe(widget.part("add-picture"));
  widget.part("send").click();
  await new Promise((resolve) => setTimeout(resolve, 30));
  expect(widget.server.pictures).toEqual([]);
});

it.each([
  ["notPicture", file("application/pdf")],
  ["broken", file("image/heic", 0)],
] as const)("says at once why it does not take it: %s", async (problem, unfit) => {
  const widget = await open();
  choose(widget, unfit);
  await until(() => expect(status(widget)).toBe(words.problems[problem]));
  expect(shown(widget)).toBe(0);
  await widget.write("好吧");
  widget.part("send").click();
  await until(() => expect(status(widget)).toBe(""));
});

it("takes what is dropped on it and what is pasted, and leaves texts alone", async () => {
  const widget = await open();
  expect(bring(widget, "dragover", [], ["text/plain"]).defaultPrevented).toBe(false);
  expect(bring(widget, "dragover", []).defaultPrevented).toBe(true);
  await until(() => expect(widget.text()).toContain(words.dropHere));
  bring(widget, "drop", [file("text/plain"), file()]);
  await until(() => expect(shown(widget)).toBe(1));
  expect(widget.text()).not.toContain(words.dropHere);
  widget.part("remove-picture").click();
  await until(() => expect(shown(widget)).toBe(0));
  const table = bring(widget, "paste", [file()], ["text/plain", "Files"]);
  expect(table.defaultPrevented).toBe(false);
  expect(bring(widget, "paste", [file()]).defaultPrevented).toBe(true);
  await until(() => expect(shown(widget)).toBe(1));
});

it("says what happens while it is read, and can be cancelled", async () => {
  const widget = await open();
  widget.server.hold("/pictures");
  await chosen(widget);
  widget.part("send").click();
  await until(() => expect(widget.part("picture-state").textContent).toContain(words.looking));
  const statuses = widget.all("[role=status]").map((element) => element.textContent);
  expect(statuses).toContain(words.looking);
  widget.part("cancel-picture").click();
  await until(() => expect(widget.all('[data-from="person"]')).toEqual([]));
  expect(widget.focused()).toBe(widget.part("input"));
  await widget.write("那我打字");
  widget.part("send").click();
  await until(() => expect(widget.server.messages).toMatchObject([{}, { text: "那我打字" }]));
});

it("keeps it when the network goes, says so, and sends it once under the same id", async () => {
  const widget = await open();
  const go = widget.server.hold("/pictures");
  await chosen(widget);
  widget.part("send").click();
  await until(() => widget.part("picture-state"));
  widget.server.down = true;
  go();
  widget.server.breakStreams();
  await until(() => expect(widget.part("picture-state").textContent).toContain(words.waiting));
  widget.server.down = false;
  globalThis.window.dispatchEvent(new Event("online"));
  await until(() => expect(widget.text()).toContain("验证码已过期"));
  expect(widget.server.messages).toHaveLength(2);
});

it("does not send again what the server has when only its reply was lost", async () => {
  const widget = await open();
  widget.server.loseReply = true;
  await chosen(widget);
  widget.part("send").click();
  await until(() => expect(widget.text()).toContain("验证码已过期"));
  await until(() => expect(widget.one("[role=dialog]").dataset.link).toBe("up"));
  widget.server.breakStreams();
  await until(() => expect(widget.server.openStreams).toBe(1));
  expect(widget.server.pictures).toHaveLength(1);
});

it("shows a refusal in the server's words, and sends again or gives up", async () => {
  const widget = await open();
  widget.server.refusal = { status: 503, error: "pictures_busy", message: "请等 5 秒。" };
  await chosen(widget);
  widget.part("send").click();
  await until(() => expect(widget.one('[data-state="failed"]').textContent).toContain("5 秒"));
  expect(widget.part("retry").textContent).toBe(words.again);
  widget.part("retry").click();
  await until(() => expect(widget.server.pictures).toHaveLength(2));
  expect(new Set(widget.server.pictures.map((picture) => picture.id)).size).toBe(1);
  await until(() => expect(widget.part("edit").textContent).toBe(words.giveUp));
  widget.part("edit").click();
  await until(() => expect(widget.all('[data-from="person"]')).toEqual([]));
  expect(widget.part<HTMLTextAreaElement>("input").value).toBe("");
});

it("sends two pictures one after the other", async () => {
  const widget = await open();
  for (let count = 1; count <= 2; count += 1) {
    await chosen(widget);
    widget.part("send").click();
    await until(() => expect(shown(widget)).toBe(0));
  }
  await until(() => expect(widget.server.messages).toHaveLength(3));
});

it("says after a reload that a picture was lost, and only if it was", async () => {
  const left = await open();
  left.server.hold("/pictures");
  await chosen(left);
  left.part("send").click();
  await until(() => expect(sessionStorage.getItem("zhaohui-picture:http://server")).toBeTruthy());
  left.element.remove();
  const back = mount(); // the widget was open
  await until(() => expect(back.part("status").textContent).toBe(words.lost));
  expect(sessionStorage.getItem("zhaohui-picture:http://server")).toBe(null);
  await chosen(back);
  back.part("send").click();
  await until(() => expect(back.server.messages).toHaveLength(2));
  expect(sessionStorage.getItem("zhaohui-picture:http://server")).toBe(null);
});

it("says that nothing was read, and offers no button where no pictures are taken", async () => {
  const widget = await open();
  widget.server.readOnPicture = "";
  await chosen(widget);
  widget.part("send").click();
  await until(() => expect(widget.text()).toContain(words.nothingRead));
  unmount();
  const { TestServer } = await import("../testing/server");
  vi.spyOn(TestServer.prototype as unknown as { limits: () => object }, "limits").mockReturnValue({
    max_picture_bytes: 0,
  });
  const off = await open();
  expect(off.all('[data-part="add-picture"], [data-part="picture-file"]')).toEqual([]);
  expect(bring(off, "paste", [file()]).defaultPrevented).toBe(false);
});
