import { useEffect, useState } from "preact/hooks";

import type { Store } from "../conversation/store";

/** The value of a store, drawn anew at each change. */
export function useStore<T extends object>(store: Store<T>): T {
  const [value, setValue] = useState(store.get());
  useEffect(() => {
    setValue(store.get());
    return store.subscribe(() => setValue(store.get()));
  }, [store]);
  return value;
}

/** Whether a media query holds now. */
export function useMedia(query: string): boolean {
  const [list] = useState(() => window.matchMedia?.(query));
  const [matches, setMatches] = useState(list?.matches ?? false);
  useEffect(() => {
    const onChange = (): void => setMatches(list?.matches ?? false);
    // Safari before 14 has only the old pair of methods.
    list?.addEventListener ? list.addEventListener("change", onChange) : list?.addListener(onChange);
    return () =>
      list?.removeEventListener
        ? list.removeEventListener("change", onChange)
        : list?.removeListener(onChange);
  }, [list]);
  return matches;
}
