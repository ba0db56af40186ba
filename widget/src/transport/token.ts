/**
 * Keeps the session's token in the browser, and nothing else. Where storage is blocked, the
 * token lives as long as the page.
 */

export type Keeping = "local" | "session" | "none";

export class TokenStore {
  private memory: string | null = null;

  constructor(
    private readonly key: string,
    private readonly keeping: Keeping,
  ) {}

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

  private storage(): Storage | null {
    if (this.keeping === "none") return null;
    return this.keeping === "session" ? window.sessionStorage : window.localStorage;
  }
}
