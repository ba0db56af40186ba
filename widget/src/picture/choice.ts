/** The picture that a person has chosen and not sent yet. */

import { useRef, useState } from "preact/hooks";

import { prepare, Unfit, type Picture, type Problem } from "./prepare";

export interface Choice {
  picture: Picture | null;
  isPreparing: boolean;
  problem: Problem | null;
}

const NONE: Choice = { picture: null, isPreparing: false, problem: null };

export interface Choosing {
  choice: Choice;
  /** Makes a file ready; resolves with whether it is. */
  choose: (file: File, maxBytes: number) => Promise<boolean>;
  drop: () => void;
}

export function useChoice(): Choosing {
  const [choice, setChoice] = useState(NONE);
  const last = useRef<File | null>(null); // of two that are chosen at once, the later counts
  const choose = async (file: File, maxBytes: number): Promise<boolean> => {
    last.current = file;
    setChoice({ ...NONE, isPreparing: true });
    let next = NONE;
    try {
      next = { ...NONE, picture: await prepare(file, maxBytes) };
    } catch (error) {
      next = { ...NONE, problem: error instanceof Unfit ? error.problem : "broken" };
    }
    if (last.current !== file) return false;
    setChoice(next);
    return next.picture !== null;
  };
  const drop = (): void => {
    last.current = null;
    setChoice(NONE);
  };
  return { choice, choose, drop };
}
