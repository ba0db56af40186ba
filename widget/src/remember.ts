/** Whether the window was open, so that it is again after a reload of this tab. */

const key = (server: string): string => `zhaohui-open:${server}`;

export function rememberOpen(server: string, open: boolean): void {
  try {
    if (open) window.sessionStorage.setItem(key(server), "1");
    else window.sessionStorage.removeItem(key(server));
  } catch {
    // Storage is blocked: after a reload the window is closed.
  }
}

export function wasOpen(server: string): boolean {
  try {
    return window.sessionStorage.getItem(key(server)) !== null;
  } catch {
    return false;
  }
}
