import { afterEach, expect, it, vi } from "vitest";

import { file, stubDrawing } from "../testing/pictures";
import { prepare, scaleOf, Unfit } from "./prepare";

afterEach(() => {
  vi.restoreAllMocks();
  vi.unstubAllGlobals();
});

const problemOf = (promise: Promise<unknown>) =>
  promise.then(
    () => "",
    (error: unknown) => (error instanceof Unfit ? error.problem : String(error)),
  );

it.each([
  [1080, 2400, 1],
  [1290, 2796, 1],
  [1080, 14_000, 1], // a long screenshot keeps its width
  [3000, 4000, 0.48],
  [4000, 3000, 0.48],
  [1440, 40_000, 0.527], // longer than a phone can draw
])("scales %i x %i by %f", (width, height, scale) => {
  expect(scaleOf(width, height)).toBeCloseTo(scale, 3);
});

it("sends a small screenshot as it is", async () => {
  const encoded = stubDrawing(1080, 2400);
  const screenshot = file();
  const { blob, preview } = await prepare(screenshot, 8_000_000);
  expect(blob).toBe(screenshot);
  expect(encoded).toEqual([]);
  expect([preview.width, preview.height]).toEqual([72, 160]);
});

it("draws a photograph anew, so that nothing the camera wrote goes with it", async () => {
  const encoded = stubDrawing(3000, 4000);
  const { blob } = await prepare(file("image/jpeg"), 8_000_000);
  expect(blob.type).toBe("image/jpeg");
  expect(encoded).toMatchObject([{ width: 1440, height: 1920, type: "image/jpeg" }]);
});

it("draws a screenshot anew that is large", async () => {
  const encoded = stubDrawing(1080, 2400);
  await prepare(file("image/png", 2_000_000), 8_000_000);
  expect(encoded).toMatchObject([{ width: 1080, height: 2400 }]);
});

it("makes it smaller until it fits, and says so when it does not", async () => {
  stubDrawing(1080, 2400, 1000);
  const { blob } = await prepare(file("image/webp"), 700);
  expect(blob.size).toBe(600);
  expect(await problemOf(prepare(file("image/webp"), 599))).toBe("tooLarge");
});

it("says at once what is no picture, what does not open, and what is far too large", async () => {
  stubDrawing(100, 100);
  expect(await problemOf(prepare(file("application/pdf"), 1000))).toBe("notPicture");
  expect(await problemOf(prepare(file(""), 1000))).toBe("notPicture");
  expect(await problemOf(prepare(file("image/heic", 0), 1000))).toBe("broken");
  const huge = Object.defineProperty(file(), "size", { value: 30_000_000 });
  expect(await problemOf(prepare(huge, 1000))).toBe("tooLarge");
});

const named = (head: string, type: string): File =>
  new File([Uint8Array.from(head, (character) => character.charCodeAt(0))], "screenshot", { type });

it.each([
  ["PNG", "\x89PNG\r\n\x1a\n", ""],
  ["JPEG", "\xff\xd8\xff\xe0", "application/octet-stream"],
  ["WebP", "RIFF\n\0\0\0WEBPVP8 ", "text/plain"],
])("knows a picture by its content: %s", async (_, head, type) => {
  stubDrawing(100, 100);
  expect((await prepare(named(head, type), 8_000_000)).blob.type).toBe("image/jpeg");
});

it("says of an iPhone's photograph what to do with it, whatever it is named", async () => {
  vi.stubGlobal("createImageBitmap", () => Promise.reject(new DOMException("")));
  for (const type of ["image/heic", "", "image/jpeg"]) {
    expect(await problemOf(prepare(named("\0\0\0\x18ftypheic\0\0", type), 1000))).toBe("heic");
  }
});

it("takes an iPhone's photograph where the browser opens it", async () => {
  stubDrawing(100, 100);
  const photograph = named("\0\0\0\x18ftypheic\0\0", "image/heic");
  expect((await prepare(photograph, 8_000_000)).blob.type).toBe("image/jpeg");
});

it("opens pictures in an old browser, too, and gives the address free", async () => {
  stubDrawing(100, 100);
  vi.stubGlobal("createImageBitmap", undefined);
  const revoked: string[] = [];
  vi.stubGlobal(
    "URL",
    Object.assign(URL, {
      createObjectURL: () => "blob:x",
      revokeObjectURL: (address: string) => revoked.push(address),
    }),
  );
  class Loading {
    width = 100;
    height = 100;
    onload = (): void => undefined;
    set src(_: string) {
      queueMicrotask(() => this.onload());
    }
  }
  vi.stubGlobal("Image", Loading);
  expect((await prepare(file("image/jpeg"), 8_000_000)).blob.type).toBe("image/jpeg");
  expect(revoked).toEqual(["blob:x"]);
});
