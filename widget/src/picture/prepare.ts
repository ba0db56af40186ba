/**
 * Makes a picture ready to be sent: turned, scaled down, and without what a camera writes into it
 * (place, time, device), because it is drawn anew. Nothing of it leaves the page before it is sent.
 */

const MAX_FILE = 25 * 1024 * 1024; // bytes that are opened at all
const MAX_SHORT_SIDE = 1440; // pixels; text on a phone's screen stays as sharp as it is
const MAX_AREA = 16_000_000; // pixels; more than that some phones do not draw
const MAX_KEPT = 1024 * 1024; // bytes of a screenshot (PNG) that is sent as it is
const QUALITIES = [0.85, 0.6];
const PREVIEW = 160; // pixels of its longer side

const HEAD = 12; // bytes by which a kind of picture is known
/** How files begin that browsers open: JPEG, PNG, GIF, WebP, BMP. */
const OPENED = /^(\xff\xd8\xff|\x89PNG\r\n\x1a\n|GIF8|RIFF[^]{4}WEBP|BM)/;
/** HEIC and its kin, as iPhones keep photographs; few browsers open them. */
const HEIC = /^[^]{4}ftyp(hei|hev|mif1|msf1)/;

export type Problem = "notPicture" | "broken" | "heic" | "tooLarge";

export interface Picture {
  blob: Blob;
  /** What shows before it is sent. A canvas, because a page's content policy may forbid `blob:`. */
  preview: HTMLCanvasElement;
}

/** Why a file is not taken. */
export class Unfit extends Error {
  constructor(readonly problem: Problem) {
    super(problem);
  }
}

/** Returns `file` ready to be sent in at most `maxBytes`; rejects with `Unfit`. */
export async function prepare(file: Blob, maxBytes: number): Promise<Picture> {
  // A file's type is only what its name says; a name without an ending says nothing.
  const head = await headOf(file);
  const isHeic = HEIC.test(head);
  const isPicture = file.type.startsWith("image/") || isHeic || OPENED.test(head);
  if (!isPicture) throw new Unfit("notPicture");
  if (file.size > MAX_FILE) throw new Unfit("tooLarge");
  const image = await open(file).catch(() => {
    throw new Unfit(isHeic ? "heic" : "broken");
  });
  try {
    const { width, height } = image;
    const scale = scaleOf(width, height);
    const isKept = scale === 1 && file.type === "image/png" && file.size <= MAX_KEPT;
    const blob = isKept ? file : await encode(draw(image, scale), maxBytes);
    if (blob.size > maxBytes) throw new Unfit("tooLarge");
    return { blob, preview: draw(image, Math.min(1, PREVIEW / Math.max(width, height))) };
  } finally {
    if ("close" in image) image.close();
  }
}

/** Returns by how much a picture is made smaller; a long screenshot keeps its width. */
export function scaleOf(width: number, height: number): number {
  const short = MAX_SHORT_SIDE / Math.min(width, height);
  return Math.min(1, short, Math.sqrt(MAX_AREA / (width * height)));
}

/** Returns the first bytes as characters from 0 to 255; "" of a file that cannot be read. */
function headOf(file: Blob): Promise<string> {
  return new Promise((done) => {
    const reader = new FileReader();
    reader.onload = () =>
      done(String.fromCharCode(...new Uint8Array(reader.result as ArrayBuffer)));
    reader.onerror = () => done("");
    reader.readAsArrayBuffer(file.slice(0, HEAD));
  });
}

async function open(file: Blob): Promise<ImageBitmap | HTMLImageElement> {
  if (typeof createImageBitmap === "function") return createImageBitmap(file);
  return openAsElement(file); // Safari before 15
}

function openAsElement(file: Blob): Promise<HTMLImageElement> {
  const address = URL.createObjectURL(file);
  const image = new Image();
  const loaded = new Promise<HTMLImageElement>((resolve, reject) => {
    image.onload = () => resolve(image);
    image.onerror = reject;
  });
  const free = (): void => URL.revokeObjectURL(address);
  loaded.then(free, free);
  image.src = address;
  return loaded;
}

function draw(image: ImageBitmap | HTMLImageElement, scale: number): HTMLCanvasElement {
  const canvas = document.createElement("canvas");
  canvas.width = Math.max(1, Math.round(image.width * scale));
  canvas.height = Math.max(1, Math.round(image.height * scale));
  const context = canvas.getContext("2d");
  if (!context) throw new Unfit("broken");
  context.fillStyle = "#fff"; // behind what is transparent: a JPEG would make it black
  context.fillRect(0, 0, canvas.width, canvas.height);
  context.imageSmoothingQuality = "high";
  context.drawImage(image, 0, 0, canvas.width, canvas.height);
  return canvas;
}

/** Returns the first that fits into `maxBytes`, else the smallest. */
async function encode(canvas: HTMLCanvasElement, maxBytes: number): Promise<Blob> {
  let blob: Blob | null = null;
  for (const quality of QUALITIES) {
    blob = await new Promise<Blob | null>((done) => canvas.toBlob(done, "image/jpeg", quality));
    if (blob && blob.size <= maxBytes) break;
  }
  if (!blob) throw new Unfit("broken");
  return blob;
}
