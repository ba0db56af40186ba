/**
 * Keeps the session's token in the browser, and nothing else. Where storage is blocked, the
 * token lives as long as the page.
 */

export type Keeping = "local" | "session" | "none";

export class TokenStore {
  private memory: string | null = null;

  constructor(
    readonly key: string,
    private readonly keeping: Keeping,
  ) {}

  /** Whether the tabs of a browser have one token. */
  get isShared(): boolean {
    return this.keeping === "local";
  }

  read(): string | null {
    try {
      return this.storage()?.getItem(this.key) ?? this.memory;
    } catch {
      return this.memory;
    }
  }

  write(token: string | null): void {
    this.memory = token;
    try {
      if (token === null) this.storage()?.removeItem(this.key);
      else this.storage()?.setItem(this.key, token);
    } catch {
      // Blocked or full: memory has it.
    }
  }

  /** Tells the token that another tab has written; returns how to end that. */
  watch(onToken: (token: string) => void): () => void {
    const onStorage = (event: StorageEvent): void => {
      if (this.keeping !== "local" || event.key !== this.key || !event.newValue) return;
      this.memory = this.read(); // both tabs may have written: what is there now counts
      if (this.memory) onToken(this.memory);
    };
    window.addEventListener("storage", onStorage);
    return () => window.removeEventListener("storage", onStorage);
  }

  private storage(): Storage | null {
    if (this.keeping === "none") return null;
    return this.keeping === "session" ? window.sessionStorage : window.localStorage;
  }
}
