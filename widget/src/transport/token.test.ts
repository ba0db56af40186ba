import { afterEach, expect, it, vi } from "vitest";

import { TokenStore } from "./token";

afterEach(() => {
  vi.restoreAllMocks();
  localStorage.clear();
  sessionStorage.clear();
});

it.each([
  ["local", 1, 0],
  ["session", 0, 1],
  ["none", 0, 0],
] as const)("keeps a token in %s storage", (keeping, local, session) => {
  const store = new TokenStore("key", keeping);
  store.write("t");
  expect(store.read()).toBe("t");
  expect([localStorage.length, sessionStorage.length]).toEqual([local, session]);
  store.write(null);
  expect(store.read()).toBeNull();
  expect(localStorage.length).toBe(0);
});

it("works in memory when storage is blocked", () => {
  vi.spyOn(window, "localStorage", "get").mockImplementation(() => {
    throw new DOMException("blocked", "SecurityError");
  });
  const store = new TokenStore("key", "local");
  store.write("t");
  expect(store.read()).toBe("t");
});
