/** Reads the stream of events until it ends, breaks, or has been silent for too long. */

import { EventParser, type ServerEvent } from "./sse";

/** The server sends a sign of life each 15 s. */
export const SILENCE = 40_000;

/** Tells whether this browser can read an answer while it comes. */
export function canStream(): boolean {
  return typeof ReadableStream === "function" && typeof TextDecoder === "function";
}

/**
 * Resolves with whether anything came at all. `onSilence` is to end the request, `onBytes` tells
 * that something comes.
 */
export async function readStream(
  response: Response,
  onSilence: () => void,
  onEvent: (event: ServerEvent) => void,
  onBytes: () => void = () => undefined,
): Promise<boolean> {
  if (!response.body) return false;
  const reader = response.body.getReader();
  const decoder = new TextDecoder();
  const parser = new EventParser();
  let came = false;
  for (;;) {
    const watch = setTimeout(onSilence, SILENCE);
    try {
      const { done, value } = await reader.read();
      if (done) return came;
      came = true;
      onBytes();
      for (const event of parser.push(decoder.decode(value, { stream: true }))) onEvent(event);
    } catch {
      return came;
    } finally {
      clearTimeout(watch);
    }
  }
}
