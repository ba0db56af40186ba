import type { FunctionComponent } from "preact";

import { strings } from "../strings";
import { BlockedSms } from "./BlockedSms";
import { FacePose } from "./FacePose";
import { ForgotLink } from "./ForgotLink";

const { forgotLink, blockedSms, facePose } = strings.drawings;

/** The drawings by the names that `content/` gives them. */
const DRAWINGS = new Map<string, { draw: FunctionComponent; alt: string; caption: string }>([
  ["forgot_link", { draw: ForgotLink, ...forgotLink }],
  ["blocked_sms", { draw: BlockedSms, ...blockedSms }],
  ["face_pose", { draw: FacePose, ...facePose }],
]);

/** The drawing `name` with its caption, or nothing when there is none. */
export function Drawing({ name }: { name: string | null }) {
  const drawing = DRAWINGS.get(name ?? "");
  if (!drawing) return null;
  return (
    <figure class="drawing" data-drawing={name ?? ""}>
      <svg viewBox="0 0 240 150" role="img" aria-label={drawing.alt}>
        <drawing.draw />
      </svg>
      <figcaption>{drawing.caption}</figcaption>
    </figure>
  );
}
