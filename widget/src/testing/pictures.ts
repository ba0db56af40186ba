/** Files, and a browser that draws them: jsdom has neither decoders nor canvases that draw. */

import { vi } from "vitest";

export interface Drawn {
  canvas: HTMLCanvasElement;
  width: number;
  height: number;
  type: string;
}

/** Has pictures open with such a size, and canvases encode to `bytes`; returns what was encoded. */
export function stubDrawing(width: number, height: number, bytes = 1000): Drawn[] {
  const encoded: Drawn[] = [];
  vi.stubGlobal("createImageBitmap", async (file: Blob) => {
    await new Promise((resolve) => setTimeout(resolve, 20));
    if (file.size === 0) throw new DOMException("", "InvalidStateError");
    return { width, height, close: () => undefined };
  });
  const context = { fillRect: () => undefined, drawImage: () => undefined };
  vi.spyOn(HTMLCanvasElement.prototype, "getContext").mockReturnValue(context as never);
  vi.spyOn(HTMLCanvasElement.prototype, "toBlob").mockImplementation(function (
    this: HTMLCanvasElement,
    done,
    type = "",
    quality = 1,
  ) {
    encoded.push({ canvas: this, width: this.width, height: this.height, type });
    done(new Blob(["x".repeat(Math.round(bytes * (quality as number)))], { type }));
  });
  return encoded;
}

export function file(type = "image/png", size = 10): File {
  return new File(["x".repeat(size)], "截图", { type });
}
