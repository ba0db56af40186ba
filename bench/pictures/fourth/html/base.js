// Draws one picture of the fourth set: the `look` of a spec is a page with its own HTML and CSS.
const makers = {};
const styles = [];
const page = (name, css, make) => {
  makers[name] = make;
  styles.push(`.p-${name} { ${css} }`);
};
const t = (text) => String(text ?? "").replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll("\n", "<br>");
const all = (list, make) => (list ?? []).map(make).join("");
const if_ = (value, make) => value ? make(value) : "";
const says = (s, kind = "span") => `<${kind} class="said">${t(s.says)}</${kind}>`;
// A value that begins with ~ is only a hint in an empty field.
const value = (text) => String(text ?? "").startsWith("~") ? `<i class="ph">${t(text.slice(1))}</i>` : `<span>${t(text)}</span>`;

let seed = 1;
const chance = () => {
  seed ^= seed << 13; seed ^= seed >>> 17; seed ^= seed << 5;
  return (seed >>> 0) / 4294967296;
};
const pick = (from, to) => from + Math.floor(chance() * (to - from + 1));
const one = (...list) => list[pick(0, list.length - 1)];
const hue = (of) => [...String(of)].reduce((sum, sign) => (sum * 33 + sign.codePointAt(0)) % 360, 11);
const hour = () => `${pick(6, 22)}:${String(pick(0, 59)).padStart(2, "0")}`;
const draw_ = (box, inside, style = "") => `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${box}" style="${style}">${inside}</svg>`;

const top_ = (s) => {
  const level = pick(8, 100);
  const wave = draw_("16 12", '<g fill="none" stroke="currentColor" stroke-width="1.7" stroke-linecap="round"><path d="M1.5 4.6a9.4 9.4 0 0 1 13 0"/><path d="M4 7.3a5.8 5.8 0 0 1 8 0"/></g><circle cx="8" cy="10" r="1.5" fill="currentColor"/>', "width:16px;height:12px");
  const mast = draw_("16 12", '<path d="M0 12L16 0v12z" fill="currentColor" opacity=".85"/>', "width:13px;height:11px");
  const cell = draw_("24 12", `<rect x=".6" y=".6" width="20" height="10.8" rx="2.6" fill="none" stroke="currentColor" stroke-width="1.1"/><rect x="2.2" y="2.2" width="${level * 0.168}" height="7.6" rx="1.4" fill="${level < 20 ? "#f33" : "currentColor"}"/><rect x="21.6" y="3.6" width="1.8" height="4.8" rx=".9" fill="currentColor"/>`, "width:24px;height:12px");
  if (s.system === "ios") return `<div class="top ios"><span>${hour()}</span><span>${mast}${wave}${cell}</span></div>`;
  return `<div class="top android"><span>${one("", "中国移动　", "", "中国电信　")}${hour()}</span><span>${one("", "HD ", "")}${wave}${mast}${cell} ${level}%</span></div>`;
};
const dots = (ink = "currentColor") => draw_("84 30", `<rect x=".7" y=".7" width="82.6" height="28.6" rx="14.3" fill="#fff" fill-opacity=".55" stroke="#0000001f"/><path d="M42 7v16" stroke="#00000022"/><g fill="${ink}"><circle cx="14" cy="15" r="2"/><circle cx="21.5" cy="15" r="3.2"/><circle cx="29" cy="15" r="2"/><circle cx="63" cy="15" r="2.9"/></g><circle cx="63" cy="15" r="7.8" stroke="${ink}" stroke-width="1.8" fill="none"/>`, "width:84px;height:30px;flex:none");
const left = (ink = "currentColor") => draw_("12 20", `<path d="M10 2.5L2.5 10l7.5 7.5" fill="none" stroke="${ink}" stroke-width="2.2" stroke-linecap="round" stroke-linejoin="round"/>`, "width:11px;height:19px;flex:none");
const head = (whose, size = 40, round = 6) => {
  const tone = hue(whose);
  return `<span style="flex:none;width:${size}px;height:${size}px;border-radius:${round}px;overflow:hidden;display:block">${draw_("40 40", [
    `<rect width="40" height="40" fill="hsl(${tone} 45% 78%)"/><circle cx="28" cy="12" r="5" fill="#fff6c9"/><path d="M0 40V29l11-10 9 8 7-5 13 11v7z" fill="hsl(${tone} 34% 42%)"/>`,
    `<rect width="40" height="40" fill="hsl(${tone} 40% 60%)"/><circle cx="20" cy="16" r="7.5" fill="#f4dcc6"/><path d="M6 40c1-11 7-14 14-14s13 3 14 14z" fill="hsl(${(tone + 140) % 360} 35% 38%)"/><path d="M12 15c0-9 16-9 16 0-3-4-13-4-16 0z" fill="#352a26"/>`,
    `<rect width="40" height="40" fill="hsl(${tone} 30% 88%)"/><g fill="hsl(${tone} 60% 62%)"><circle cx="20" cy="12" r="5"/><circle cx="12" cy="18" r="5"/><circle cx="28" cy="18" r="5"/><circle cx="15" cy="27" r="5"/><circle cx="25" cy="27" r="5"/></g><circle cx="20" cy="20" r="4" fill="#fbd65c"/>`,
  ][tone % 3], "display:block;width:100%;height:100%")}</span>`;
};
const seal = (size = 40, ink = "#c62f2f") => draw_("40 40", `<path d="M20 1l17 6v13c0 10-7 16-17 19C10 36 3 30 3 20V7z" fill="${ink}"/><path d="M12 15h16v3H12zm2 6h12v3H14zm4-12h4v22h-4z" fill="#fff" opacity=".9"/>`, `width:${size}px;height:${size}px;flex:none`);
const mark = (kind, size = 48, ink = "#e34d4d") => draw_("48 48", {
  no: `<circle cx="24" cy="24" r="21" fill="none" stroke="${ink}" stroke-width="3.5"/><path d="M16.5 16.5l15 15m0-15l-15 15" stroke="${ink}" stroke-width="3.5" stroke-linecap="round"/>`,
  oh: `<circle cx="24" cy="24" r="21" fill="none" stroke="${ink}" stroke-width="3.5"/><path d="M24 12.5v15" stroke="${ink}" stroke-width="4" stroke-linecap="round"/><circle cx="24" cy="34.5" r="2.6" fill="${ink}"/>`,
  ok: `<circle cx="24" cy="24" r="21" fill="none" stroke="${ink}" stroke-width="3.5"/><path d="M14.5 24.5l7 7 12.5-14" fill="none" stroke="${ink}" stroke-width="3.8" stroke-linecap="round" stroke-linejoin="round"/>`,
  lock: `<rect x="9" y="21" width="30" height="22" rx="4" fill="${ink}"/><path d="M15 21v-5a9 9 0 0 1 18 0v5" fill="none" stroke="${ink}" stroke-width="4"/><circle cx="24" cy="32" r="3.4" fill="#fff"/>`,
  plug: `<path d="M4 44l12-12m16-16L44 4" stroke="${ink}" stroke-width="3"/><path d="M13 25l10 10-5 5c-3 3-7 3-10 0s-3-7 0-10zM35 23L25 13l5-5c3-3 7-3 10 0s3 7 0 10z" fill="${ink}"/>`,
  cone: `<path d="M20 6h8l10 34H10z" fill="#f2803a"/><path d="M17.500 15h13l2.500 8H15zM13.500 30h21l2 7h-25z" fill="#fff"/><path d="M4 40h40v4H4z" fill="#565b66"/>`,
  bell: `<path d="M24 5a13 13 0 0 1 13 13v10l5 7H6l5-7V18A13 13 0 0 1 24 5z" fill="${ink}"/><path d="M19 38a5 5 0 0 0 10 0z" fill="${ink}"/>`,
}[kind], `width:${size}px;height:${size}px;flex:none`);
const person = (look = "plain") => draw_("120 120", `<rect width="120" height="120" fill="#a9b6c2"/><path d="M14 120c3-30 24-38 46-38s43 8 46 38z" fill="#38506b"/><path d="M50 74h20v18H50z" fill="#d8a684"/><ellipse cx="60" cy="54" rx="25" ry="31" fill="#e2b492"/><path d="M34 52C30 20 44 14 60 14s31 6 26 38c-4-16-9-21-26-21s-22 5-26 21z" fill="#29221f"/><g fill="#2b2320"><circle cx="50" cy="54" r="2.700"/><circle cx="70" cy="54" r="2.700"/></g><path d="M52 71q8 5 16 0" stroke="#93513f" stroke-width="2.500" fill="none"/>${look === "glasses" ? '<g fill="none" stroke="#222" stroke-width="2.500"><circle cx="49" cy="54" r="9"/><circle cx="71" cy="54" r="9"/><path d="M58 54h4"/></g>' : ""}${look === "dark" ? '<rect width="120" height="120" fill="#000" opacity=".72"/>' : ""}`, "display:block;width:100%;height:100%");
const squares = (size) => {
  const n = 25; let path = "";
  for (let y = 0; y < n; y++) for (let x = 0; x < n; x++) {
    const corner = (x < 8 || x > n - 9) && y < 8 || x < 8 && y > n - 9;
    if (!corner && chance() < .5) path += `M${x} ${y}h1v1h-1z`;
  }
  for (const [x, y] of [[0, 0], [n - 7, 0], [0, n - 7]]) path += `M${x} ${y}h7v1h-7zM${x} ${y + 6}h7v1h-7zM${x} ${y}h1v7h-1zM${x + 6} ${y}h1v7h-1zM${x + 2} ${y + 2}h3v3h-3z`;
  return draw_(`${n} ${n}`, `<path d="${path}"/>`, `width:${size}px;height:${size}px;background:#fff`);
};
const made = (s, nested = false) =>
  `<div class="page p-${s.look} ${s.dark ? "night" : ""} ${s.system} ${nested ? "nested" : ""}" style="--tone:${s.colour}">${makers[s.look](s)}</div>`;
// A screenshot within a chat or a viewer
const within = (s, width, ratio = 1.9) => {
  const share = width / 375;
  const inner = { ...s, heading: undefined, ...s.inner, inner: undefined, dark: false, system: "android" };
  return `<div style="flex:none;width:${width}px;height:${width * ratio}px;overflow:hidden;background:#fff"><div style="width:375px;height:${375 * ratio}px;transform:scale(${share});transform-origin:0 0">${made(inner, true)}</div></div>`;
};
const more = (s) => if_(s.long, () => `<div style="padding:26px 22px 60px;color:var(--dim);font-size:.86rem;line-height:2">${t("温馨提示\n一、本页面由澄江市政务服务数据局提供技术支持。\n二、办理进度可在“我的办件”中查看。\n三、上班时间：工作日 8:30—12:00，14:30—17:30。\n四、意见建议请写信至澄江市望湖路 8 号。\n无障碍浏览　｜　网站地图　｜　关于我们")}</div>`);
window.draw = (spec) => {
  seed = spec.seed | 1;
  spec.says ||= spec.tells;
  const style = document.createElement("style");
  style.textContent = styles.join("\n");
  document.head.append(style);
  document.documentElement.style.fontSize = `${spec.size}px`;
  document.documentElement.style.setProperty("--face", `"${spec.font}", "Noto Sans CJK SC", sans-serif`);
  document.body.innerHTML = made(spec);
};
