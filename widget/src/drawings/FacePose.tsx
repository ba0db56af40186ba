import { strings } from "../strings";

const words = strings.drawings.facePose;

/** Left, a face as it should be before the camera; right, one that will be refused. */
export function FacePose() {
  return (
    <>
      <rect class="phone" x="22" y="6" width="80" height="112" rx="12" />
      <path class="line" d="M36 22h-6v8M88 22h6v8M36 104h-6v-8M88 104h6v-8" />
      <ellipse class="skin" cx="62" cy="62" rx="24" ry="30" />
      <path class="line" d="M38 56c2-22 46-22 48 0" />
      <path class="spots" d="M53 60v.1M71 60v.1" />
      <path class="line" d="M62 63v8M53 79c5 5 13 5 18 0" />
      <circle class="good" cx="102" cy="112" r="12" />
      <path class="sign" d="M96 112l5 5 8-9" />
      <text x="62" y="140" text-anchor="middle">{words.good}</text>

      <rect class="phone" x="138" y="6" width="80" height="112" rx="12" />
      <g transform="rotate(16 182 62)">
        <ellipse class="skin" cx="184" cy="64" rx="22" ry="30" />
        <path class="cover" d="M156 50h60l-8-8c-2-22-38-22-42 0z" />
        <path class="spots" d="M186 60v.1M199 60v.1" />
        <path class="cover" d="M166 70c10 6 28 6 40 0v14c-8 14-30 14-40 0z" />
      </g>
      <circle class="bad" cx="218" cy="112" r="12" />
      <path class="sign" d="M213 107l10 10M223 107l-10 10" />
      <text x="178" y="140" text-anchor="middle">{words.bad}</text>
    </>
  );
}
