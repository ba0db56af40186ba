import { afterEach, expect, it, vi } from "vitest";

import { readStream, SILENCE } from "./stream";

afterEach(() => vi.useRealTimers());

it("tells of a stream that has been silent for too long, and ends with the request", async () => {
  vi.useFakeTimers();
  let end = (): void => undefined;
  const body = new ReadableStream<Uint8Array>({
    start(controller) {
      controller.enqueue(new TextEncoder().encode(": beat\n\n"));
      end = () => controller.error(new Error("aborted"));
    },
  });
  const onSilence = vi.fn(() => end());
  const reading = readStream(new Response(body), onSilence, vi.fn());
  await vi.advanceTimersByTimeAsync(SILENCE - 1);
  expect(onSilence).not.toHaveBeenCalled();
  await vi.advanceTimersByTimeAsync(1);
  expect(onSilence).toHaveBeenCalledOnce();
  expect(await reading).toBe(true);
});

it("puts characters together that come in two pieces", async () => {
  const bytes = new TextEncoder().encode("data: 好\n\n");
  const body = new ReadableStream<Uint8Array>({
    start(controller) {
      controller.enqueue(bytes.slice(0, 7));
      controller.enqueue(bytes.slice(7));
      controller.close();
    },
  });
  const onEvent = vi.fn();
  await readStream(new Response(body), vi.fn(), onEvent);
  expect(onEvent).toHaveBeenCalledWith({ name: "message", data: "好" });
});
