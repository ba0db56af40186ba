import base from "./styles/base.css?inline";
import blocks from "./styles/blocks.css?inline";
import conversation from "./styles/conversation.css?inline";

const css = [base, conversation, blocks].join("\n");

/** Puts the styles into a shadow tree; by a sheet object, which a strict CSP does not hinder. */
export function applyStyles(root: ShadowRoot): void {
  if ("adoptedStyleSheets" in root && "replaceSync" in CSSStyleSheet.prototype) {
    const sheet = new CSSStyleSheet();
    sheet.replaceSync(css);
    root.adoptedStyleSheets = [sheet];
    return;
  }
  const style = document.createElement("style"); // Safari before 16.4
  style.textContent = css;
  root.append(style);
}
