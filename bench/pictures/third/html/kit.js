// Draws one picture of the third set: a spec names a `look`, one page with its own HTML and CSS.
const looks = {};
const sheets = [];
const look = (name, css, make) => {
  looks[name] = make;
  sheets.push(`.l-${name} { ${css} }`);
};
const esc = (text) => String(text ?? "").replace(/&/g, "&amp;").replace(/</g, "&lt;").replace(/\n/g, "<br>");
const each = (items, make) => (items ?? []).map(make).join("");
const say = (spec) => `<span class="say">${esc(spec.says)}</span>`;
let state = 1;
const random = () => {
  state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
  return state / 4294967296;
};
const between = (low, high) => low + Math.floor(random() * (high - low + 1));
const two = (number) => String(number).padStart(2, "0");
const tint = (light = 58) => `hsl(${between(0, 359)} ${between(30, 60)}% ${light}%)`;
const clock = () => `${two(between(7, 21))}:${two(between(0, 59))}`;
const svg = (width, height, inside, more = "") =>
  `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" width="${width}" height="${height}" ${more}>${inside}</svg>`;
const bars = (spec) => {
  const charge = between(11, 98);
  const cells = [4, 6, 9, 11].map((h, at) => `<rect x="${at * 4.5}" y="${12 - h}" width="3" height="${h}" rx="1" fill="currentColor"/>`).join("");
  const power = svg(27, 12, `<rect x=".5" y=".5" width="22" height="11" rx="3.4" fill="none" stroke="currentColor" opacity=".6"/><rect x="2" y="2" width="${charge * 0.19}" height="8" rx="2" fill="currentColor"/><rect x="24" y="4" width="1.6" height="4" rx=".8" fill="currentColor" opacity=".6"/>`);
  const fan = svg(17, 12, '<path d="M8.5 11.5L1 4a10.6 10.6 0 0 1 15 0z" fill="currentColor"/>');
  if (spec.system === "ios") return `<div class="sb ios"><span>${clock()}</span><span>${svg(18, 12, cells)} ${random() < 0.5 ? fan : "<i>5G</i>"} ${power}</span></div>`;
  const speed = random() < 0.4 ? `<i>${between(1, 90)}.${between(0, 9)}K/s</i>` : "";
  return `<div class="sb android"><span>${clock()}${random() < 0.3 ? "<i>●</i>" : ""}</span><span>${speed} ${fan} ${svg(18, 12, cells)} <i>${charge}</i> ${power}</span></div>`;
};
const capsule = (ink = "#222") => svg(87, 31, `<rect x=".5" y=".5" width="86" height="30" rx="15" fill="rgba(255,255,255,.6)" stroke="rgba(0,0,0,.12)"/><g fill="${ink}"><circle cx="15" cy="15.5" r="2.1"/><circle cx="22.5" cy="15.5" r="3.4"/><circle cx="30" cy="15.5" r="2.1"/><circle cx="64" cy="15.5" r="3.2"/></g><circle cx="64" cy="15.5" r="8.4" fill="none" stroke="${ink}" stroke-width="1.9"/><path d="M43.5 7v17" stroke="rgba(0,0,0,.15)"/>`, 'class="capsule"');
const back = (ink = "currentColor", weight = 2) => svg(12, 20, `<path d="M10 2L2 10l8 8" fill="none" stroke="${ink}" stroke-width="${weight}"/>`);
const face = (size, skin = "#e6b89a", hair = "#3b2f2a") => svg(100, 100, `<rect width="100" height="100" fill="#cfd8e3"/><path d="M10 100c3-26 22-32 40-32s37 6 40 32z" fill="#5d718c"/><ellipse cx="50" cy="44" rx="22" ry="27" fill="${skin}"/><path d="M27 42c-3-26 10-32 23-32s27 6 23 32c-3-12-8-17-23-17s-20 5-23 17z" fill="${hair}"/><circle cx="42" cy="44" r="2.4"/><circle cx="58" cy="44" r="2.4"/><path d="M43 58q7 5 14 0" fill="none" stroke="#8a4b3c" stroke-width="2"/>`, `style="width:${size};height:${size}"`);
const avatar = (size = 40, round = 5, whose = "") => { // the same for the same person
  const before = state;
  if (whose) state = [...whose].reduce((sum, item) => Math.imul(sum, 31) + item.codePointAt(0) >>> 0, 7);
  const made = drawnAvatar(size, round);
  if (whose) state = before;
  return made;
};
const drawnAvatar = (size, round) => {
  const sky = tint(70);
  return svg(40, 40, `<rect width="40" height="40" fill="${sky}"/><circle cx="${between(14, 26)}" cy="${between(13, 18)}" r="${between(6, 9)}" fill="${tint(45)}"/><path d="M0 40Q${between(8, 30)} ${between(16, 26)} 40 ${between(26, 38)}V40z" fill="${tint(40)}"/>`, `style="width:${size}px;height:${size}px;border-radius:${round}px;flex:none"`);
};
const emblem = (ink = "#c8322b") => svg(48, 48, `<circle cx="24" cy="24" r="22" fill="${ink}"/><path d="M24 9l4 9 10 1-7.5 7 2 10L24 31l-8.5 5 2-10-7.5-7 10-1z" fill="#ffdf80"/>`);
const icon = (kind, size = 64, ink = "#e5493d") => svg(64, 64, {
  cross: `<circle cx="32" cy="32" r="30" fill="${ink}"/><path d="M21 21l22 22M43 21L21 43" stroke="#fff" stroke-width="5" stroke-linecap="round"/>`,
  warn: `<circle cx="32" cy="32" r="30" fill="${ink}"/><path d="M32 15v22" stroke="#fff" stroke-width="6" stroke-linecap="round"/><circle cx="32" cy="47" r="3.8" fill="#fff"/>`,
  done: `<circle cx="32" cy="32" r="30" fill="${ink}"/><path d="M18 33l10 10 19-21" fill="none" stroke="#fff" stroke-width="5" stroke-linecap="round"/>`,
  triangle: `<path d="M32 5l29 53H3z" fill="${ink}"/><path d="M32 23v18" stroke="#fff" stroke-width="5"/><circle cx="32" cy="49" r="3.2" fill="#fff"/>`,
  wait: `<circle cx="32" cy="32" r="28" fill="none" stroke="${ink}" stroke-width="5"/><path d="M32 16v17l11 7" fill="none" stroke="${ink}" stroke-width="5"/>`,
  cloud: `<path d="M18 46a12 12 0 0 1 1-24 16 16 0 0 1 30 4 10 10 0 0 1 0 20z" fill="none" stroke="${ink}" stroke-width="3"/><path d="M22 54L46 14" stroke="${ink}" stroke-width="3"/>`,
}[kind], `style="width:${size}px;height:${size}px"`);
const code = (cells = 21) => {
  let dots = "";
  for (let y = 0; y < cells; y++) for (let x = 0; x < cells; x++) {
    const eye = (x < 7 || x >= cells - 7) && y < 7 || x < 7 && y >= cells - 7;
    if (!eye && random() < 0.48) dots += `<rect x="${x}" y="${y}" width="1" height="1"/>`;
  }
  for (const [x, y] of [[0, 0], [cells - 7, 0], [0, cells - 7]]) dots += `<path d="M${x} ${y}h7v7h-7zM${x + 1} ${y + 1}v5h5v-5z" fill-rule="evenodd"/><rect x="${x + 2}" y="${y + 2}" width="3" height="3"/>`;
  return svg(cells, cells, dots, 'style="width:100%;height:auto;display:block"');
};
const tail = (spec) => each([
  ["办理须知", "请在登记机关公布的渠道办理。每一项都填写完整以后再点按钮，离开页面后需要重新填写。"],
  ["服务时间", "网上全天可以办理；窗口工作日上午 9 点到 12 点，下午 1 点半到 5 点。"],
  ["联系我们", "凤梧县行政审批大厅一楼 6 号窗口，热线 12345。\n版权所有，未经许可不得转载。"],
].slice(0, (spec.tail ?? 0) + 1).filter(() => spec.tail), ([name, value]) => `<div style="padding:14px 20px 56px"><b>${name}</b><p style="color:var(--sub);font-size:.88rem">${esc(value)}</p></div>`);
const render = (spec, inner = false) =>
  `<section class="root l-${spec.look} ${spec.dark ? "dark" : ""} ${spec.system} ${inner ? "inner" : ""}" style="--main:${spec.colour}">${looks[spec.look](spec)}</section>`;
// A screen within a screen: a picture that was sent in a chat.
const shrunk = (spec, width, tall = 1.85) => {
  const full = 360;
  const share = width / full;
  const inside = { ...spec, ...spec.inner, inner: undefined, dark: false, system: "android" };
  return `<div style="width:${width}px;height:${width * tall}px;overflow:hidden;flex:none"><div style="width:${full}px;height:${full * tall}px;transform:scale(${share});transform-origin:0 0">${render(inside, true)}</div></div>`;
};
window.draw = (spec) => {
  state = spec.seed >>> 0;
  spec.says ||= spec.tells; // of something else, which is no error of ours
  const style = document.createElement("style");
  style.textContent = sheets.join("\n");
  document.head.append(style);
  document.documentElement.style.fontSize = `${spec.size}px`;
  document.documentElement.style.setProperty("--font", `"${spec.font}", "Noto Sans CJK SC", sans-serif`);
  document.body.innerHTML = render(spec);
};
