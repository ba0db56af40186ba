import { strings } from "../strings";

const words = strings.drawings.blockedSms;

/** Two pages of a phone's messages: the menu, then the folder with the code. */
export function BlockedSms() {
  return (
    <>
      <rect class="phone" x="8" y="4" width="96" height="160" rx="12" />
      <text class="strong" x="20" y="28">{words.sms}</text>
      <path class="spots" d="M90 18v.1M90 23v.1M90 28v.1" />
      <circle class="point" cx="90" cy="23" r="10" />
      <path class="line" d="M20 100h72M20 116h72M20 132h50" />
      <rect class="field" x="26" y="40" width="72" height="42" rx="4" />
      <text x="33" y="57">{words.menu}</text>
      <text class="strong" x="33" y="75">{words.spam}</text>
      <path class="point" d="M110 71h22M132 71l-7-5M132 71l-7 5" />
      <rect class="phone" x="138" y="4" width="96" height="160" rx="12" />
      <text class="strong" x="150" y="28">{words.spam}</text>
      <rect class="field" x="148" y="40" width="76" height="34" rx="4" />
      <circle class="filled" cx="160" cy="57" r="7" />
      <text class="strong" x="172" y="61">{words.found}</text>
      <path class="line" d="M150 92h72M150 108h72M150 124h50" />
      <rect class="point" x="144" y="36" width="84" height="42" rx="7" />
    </>
  );
}
