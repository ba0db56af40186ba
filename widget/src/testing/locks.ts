/** The part of the browser's Web Locks that the widget uses; jsdom has none. */

type Callback = (lock: object | null) => unknown;

export class TestLocks {
  private readonly held = new Set<string>();

  async request(name: string, _: object, callback: Callback): Promise<void> {
    if (this.held.has(name)) {
      await callback(null);
      return;
    }
    this.held.add(name);
    try {
      await callback({ name });
    } finally {
      this.held.delete(name);
    }
  }
}
