// What the pages of the sixth set are put together from; a spec's `look` names one of `looks`.
const looks = {};
const esc = (text) => String(text ?? "").replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll("\n", "<br>");
const each = (list, make) => (list ?? []).map(make).join("");
const opt = (text, make) => text === undefined || text === "" ? "" : make(text);
const saying = (s, css = "") => opt(s.says ?? s.tells, (text) => `<span style="${css}">${esc(text)}</span>`);

let state = 1;
const random = () => { state = (state * 1103515245 + 12345) % 2147483648; return state / 2147483648; };
const from = (...list) => list[Math.floor(random() * list.length)];
const between = (low, high) => low + Math.floor(random() * (high - low + 1));
const time = () => `${between(7, 22)}:${String(between(0, 59)).padStart(2, "0")}`;

const status = (s, ink = "inherit") => s.system === "desktop" || s.inside ? "" :
  `<div class="state" style="color:${ink}"><span>${s.system === "ios" ? "" : from("", "", "中国联通 ", "中国移动 ")}${time()}</span><span>${from("", "5G", "HD")}<u></u><i></i>${s.system === "ios" ? "" : ` ${between(11, 99)}`}</span></div>`;
const capsule = (ink) => `<span style="border:1px solid ${ink}55;border-radius:99px;padding:3px 11px;letter-spacing:5px;color:${ink};font-size:.8rem;white-space:nowrap">•••&#8201;|&#8201;◎</span>`;
const bar = (s, ink = "var(--fg)", back = "transparent") => `<div style="display:flex;align-items:center;gap:10px;padding:8px 14px;background:${back};color:${ink};flex:none"><span style="font-size:1.5rem;line-height:1">‹</span><b style="flex:1;${s.system === "ios" ? "text-align:center;padding-left:46px" : ""};font-weight:600;font-size:1.06rem">${esc(s.title)}</b>${s.plain ? "" : capsule(ink === "var(--fg)" ? "#888" : ink)}</div>`;
const disc = (sign, colour, size = 44) => `<span style="display:inline-grid;place-items:center;width:${size}px;height:${size}px;border-radius:50%;background:${colour};color:#fff;font-size:${size * .62}px;line-height:1;font-family:Arial,sans-serif;font-weight:700">${sign}</span>`;
const blank = (text) => String(text ?? "").startsWith("~") ? `<span style="color:#b4b9c1">${esc(text.slice(1))}</span>` : `<span>${esc(text)}</span>`;
const go = (text, s, css = "") => opt(text, (x) => `<div style="background:${s.colour};color:#fff;text-align:center;border-radius:8px;padding:11px;${css}">${esc(x)}</div>`);
const shell = (s, css, inside) => `<div class="screen ${s.dark ? "dark" : ""} ${s.inside ? "inside" : ""}" style="${css}">${inside}</div>`;
const foot = (s) => opt(s.foot, (x) => `<p style="margin-top:auto;padding:22px 24px;text-align:center;color:var(--soft);font-size:.76rem">${esc(x)}</p>`);
const tail = (s) => s.long ? `<div style="padding:30px 20px 70px;color:var(--soft);font-size:.84rem;line-height:2.1">${esc("常见疑问\n办理时间为每日 6:00 至 23:00\n请勿在公用电脑上保存账号\n如需现场办理请携带原件\n意见箱：wq@rongzhou.test\n本服务由蓉洲市营商环境局提供")}</div>` : "";
const nested = (s, width, ratio) => {
  const inner = { ...s, ...s.inner, inner: undefined, dark: false, inside: true, system: "android" };
  return `<div style="width:${width}px;height:${width * ratio}px;overflow:hidden;border-radius:5px;background:#fff;flex:none"><div style="width:360px;height:${360 * ratio}px;zoom:${width / 360};position:relative">${looks[inner.look](inner)}</div></div>`;
};
window.draw = (spec) => {
  state = spec.seed % 2147483648;
  document.documentElement.style.fontSize = `${spec.size}px`;
  document.documentElement.style.setProperty("--font", `"${spec.font}"`);
  document.body.innerHTML = looks[spec.look](spec);
};
