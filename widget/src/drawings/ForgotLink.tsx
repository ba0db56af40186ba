import { strings } from "../strings";

const words = strings.drawings.forgotLink;

/** A phone with a log-in page; the link beside the password field is circled. */
export function ForgotLink() {
  return (
    <>
      <rect class="phone" x="62" y="4" width="116" height="160" rx="12" />
      <circle class="line" cx="120" cy="26" r="9" />
      <rect class="field" x="76" y="42" width="88" height="20" rx="4" />
      <text x="82" y="56">{words.user}</text>
      <rect class="field" x="76" y="68" width="88" height="20" rx="4" />
      <text x="82" y="82">{words.password}</text>
      <text class="strong" x="164" y="105" text-anchor="end">{words.forgot}</text>
      <ellipse class="point" cx="143" cy="101" rx="31" ry="12" />
      <path class="point" d="M222 130 C206 128 190 120 178 110 M178 110 l10 1 M178 110 l3 9" />
      <rect class="filled" x="76" y="118" width="88" height="20" rx="4" />
      <text class="on-filled" x="120" y="132" text-anchor="middle">{words.login}</text>
    </>
  );
}
