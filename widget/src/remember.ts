/**
 * What this tab remembers beyond the page: that the widget was open, what was typed and not sent,
 * and that a picture was on its way. All of it ends with the tab.
 */

const MAX_DRAFT = 4_000; // characters

/** Says whether the widget was open, so that it is again after a reload of this tab. */
export function rememberOpen(server: string, open: boolean): void {
  write(`zhaohui-open:${server}`, open ? "1" : "");
}

export function wasOpen(server: string): boolean {
  return read(`zhaohui-open:${server}`) !== "";
}

/** Keeps what is typed, so that it is there again when the person comes back to the page. */
export function rememberDraft(server: string, text: string): void {
  write(`zhaohui-draft:${server}`, text.slice(0, MAX_DRAFT));
}

export function draftOf(server: string): string {
  return read(`zhaohui-draft:${server}`);
}

/** Notes the picture that is on its way: its bytes do not outlive the page. */
export function rememberPicture(server: string, id: string): void {
  write(`zhaohui-picture:${server}`, id);
}

export function pictureOf(server: string): string {
  return read(`zhaohui-picture:${server}`);
}

function write(key: string, value: string): void {
  try {
    if (value) window.sessionStorage.setItem(key, value);
    else window.sessionStorage.removeItem(key);
  } catch {
    // Storage is blocked: after a reload the widget is closed and its field empty.
  }
}

function read(key: string): string {
  try {
    return window.sessionStorage.getItem(key) ?? "";
  } catch {
    return "";
  }
}
