// Draws one picture of the fifth set: a spec names a `look`, a function that returns HTML, with a
// style of its own. The element with the class "target" is what a cropped screenshot shows.
const LOOKS = {};
const STYLES = [];
function look(name, style, html) {
  LOOKS[name] = html;
  STYLES.push(`.k-${name} { ${style} }`);
}

const esc = (text) => String(text ?? "").replace(/&/g, "&amp;").replace(/</g, "&lt;").replace(/\n/g, "<br>");
const each = (list, html) => (list || []).map(html).join("");
const when = (what, html) => (what ? html(what) : "");
const error = (s) => `<span class="error">${esc(s.says)}</span>`;
// What stands in a field; with ~ before, a hint in an empty one; a * and a number: so many dots.
const inField = (text) => {
  const value = String(text ?? "");
  if (value.startsWith("~")) return `<span class="hint">${esc(value.slice(1))}</span>`;
  return /^\*\d+$/.test(value) ? "●".repeat(Number(value.slice(1))) : esc(value);
};

let state = 7;
function random() {
  state = (state + 0x6d2b79f5) | 0;
  let n = Math.imul(state ^ (state >>> 15), 1 | state);
  n = (n + Math.imul(n ^ (n >>> 7), 61 | n)) ^ n;
  return ((n ^ (n >>> 14)) >>> 0) / 4294967296;
}
const from = (low, high) => low + Math.floor(random() * (high - low + 1));
const any = (list) => list[from(0, list.length - 1)];
const clock = () => `${String(from(7, 21)).padStart(2, "0")}:${String(from(0, 59)).padStart(2, "0")}`;
const svg = (width, height, inside, style = "") =>
  `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}" viewBox="0 0 ${width} ${height}" style="${style}">${inside}</svg>`;

function bar(s) {
  const bars = svg(17, 12, [3, 5.5, 8, 11].map((h, at) => `<rect x="${at * 4.4}" y="${12 - h}" width="3" height="${h}" rx=".8" fill="currentColor" opacity="${at < from(2, 4) ? 1 : 0.3}"/>`).join(""));
  const full = from(7, 99);
  const cell = svg(25, 12, `<rect x=".5" y=".5" width="21" height="11" rx="3" fill="none" stroke="currentColor" opacity=".5"/><rect x="2" y="2" width="${full * 0.18}" height="8" rx="1.8" fill="currentColor"/><rect x="22.5" y="4" width="1.6" height="4" rx=".8" fill="currentColor" opacity=".5"/>`);
  const net = any(["5G", "4G", "5G", "WiFi"]);
  return s.system === "ios"
    ? `<div class="state ios"><b>${clock()}</b>${bars}<span>${net}</span>${cell}</div>`
    : `<div class="state android"><b>${any(["", "中国联通 ", "", "中国电信 "])}${clock()} ${any(["", "✉", ""])}</b>${any(["", "0.4K/s ", "12K/s "])}<span>${net}</span>${bars}<span>${full}%</span>${cell}</div>`;
}
// The two signs at the upper right of a mini-program
const capsule = (ink = "currentColor") =>
  svg(88, 32, `<rect x=".5" y=".5" width="87" height="31" rx="15.5" fill="#ffffff22" stroke="${ink}" stroke-opacity=".22"/><g fill="${ink}"><circle cx="15" cy="16" r="2"/><circle cx="22" cy="16" r="3.2"/><circle cx="29" cy="16" r="2"/></g><path d="M44 8v16" stroke="${ink}" stroke-opacity=".22"/><circle cx="66" cy="16" r="8" fill="none" stroke="${ink}" stroke-width="2"/><circle cx="66" cy="16" r="3" fill="${ink}"/>`, "flex:none");
const chevron = (ink = "currentColor") => svg(12, 20, `<path d="M10 2L2 10l8 8" fill="none" stroke="${ink}" stroke-width="2.2"/>`, "flex:none");
const logo = (size, colour) =>
  svg(size, size, `<rect width="${size}" height="${size}" rx="${size * 0.24}" fill="${colour}"/><g transform="scale(${size / 60})"><path d="M14 16h32v28H14z" fill="none" stroke="#fff" stroke-width="3"/><path d="M20 25h20M20 32h12" stroke="#fff" stroke-width="3"/><circle cx="41" cy="39" r="8" fill="#ffd24d"/></g>`, "flex:none");
const LENS = svg(15, 15, '<circle cx="6" cy="6" r="4.6" fill="none" stroke="currentColor" stroke-width="1.6"/><path d="M9.5 9.5l4.5 4.5" stroke="currentColor" stroke-width="1.8"/>', "vertical-align:-2px");
const person = (name, size, round) => {
  const angle = [...String(name)].reduce((sum, sign) => (sum * 17 + sign.codePointAt(0)) % 360, 5);
  return `<span style="flex:none;width:${size}px;height:${size}px;border-radius:${round}px;background:hsl(${angle} 42% 56%);color:#fff;display:inline-flex;align-items:center;justify-content:center;font-size:${size * 0.42}px">${esc([...String(name)].slice(-1)[0])}</span>`;
};
const qr = (cells, size) => {
  let path = "";
  for (let y = 0; y < cells; y += 1) for (let x = 0; x < cells; x += 1) {
    const corner = (x < 8 && y < 8) || (x > cells - 9 && y < 8) || (x < 8 && y > cells - 9);
    if (!corner && random() < 0.48) path += `M${x} ${y}h1v1h-1z`;
  }
  const eye = (x, y) => `<rect x="${x + 0.5}" y="${y + 0.5}" width="6" height="6" fill="none" stroke="#000"/><rect x="${x + 2}" y="${y + 2}" width="3" height="3"/>`;
  return `<svg width="${size}" height="${size}" viewBox="-1 -1 ${cells + 2} ${cells + 2}" style="background:#fff;flex:none"><path d="${path}"/>${eye(0, 0)}${eye(cells - 7, 0)}${eye(0, cells - 7)}</svg>`;
};
const view = (s, kind = "") =>
  `<div class="view k-${s.look} ${s.dark ? "dim" : ""} ${s.system} ${kind}" style="--key:${s.colour}">${LOOKS[s.look](s)}</div>`;
// A screenshot in small, as it stands in a chat
function inSmall(s, width, ratio = 1.75) {
  const inner = { ...s, ...s.inner, inner: undefined, dark: false, system: "android" };
  const wide = 340;
  return `<div style="flex:none;overflow:hidden;width:${width}px;height:${width * ratio}px;background:#fff"><div style="width:${wide}px;height:${wide * ratio}px;transform-origin:0 0;transform:scale(${width / wide})">${view(inner, "small")}</div></div>`;
}
// What stands below on a page that can be rolled
const below = (s) => when(s.long, () => `<div style="padding:34px 20px 70px;font-size:.84rem;line-height:2.1;color:var(--soft)">${esc("办理须知\n1. 服务时间以登记机关公布的为准。\n2. 办理过程中请勿退出页面。\n3. 请妥善保管个人信息。\n4. 本服务不收取任何费用。\n5. 建议在无线网络下使用。\n相关服务\n企业开办一件事\n公司章程参考格式\n经营范围查询\n个体工商户登记\n企业档案查询\n常用链接　政策文件　｜　办事指南　｜　意见征集\n主办：青岚市市场监督管理局\n技术支持：青岚数字科技有限公司\n版本 V3.8.21")}</div>`);

window.draw = (spec) => {
  state = spec.seed;
  spec.says ||= spec.tells;
  const style = document.createElement("style");
  style.textContent = STYLES.join("\n");
  document.head.append(style);
  const root = document.documentElement.style;
  root.fontSize = `${spec.size}px`;
  root.setProperty("--letters", `"${spec.font}", "Noto Sans CJK SC", sans-serif`);
  document.body.innerHTML = view(spec);
};
