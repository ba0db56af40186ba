// Draws one picture of the tenth set. `make.LOOK(spec, error)` returns the page of a look; `as` says
// how the error stands on it, so that every page can be had with every kind of error.
const make = {};
let seed = 1;
const chance = () => {
  seed = (Math.imul(seed ^ (seed >>> 15), 2246822507) + 0x9e3779b9) >>> 0;
  return ((seed ^ (seed >>> 13)) >>> 0) / 4294967296;
};
const from = (low, high) => low + Math.floor(chance() * (high - low + 1));
const one = (items) => items[from(0, items.length - 1)];
const pad = (number) => String(number).padStart(2, "0");
const h = (text) => String(text ?? "").replace(/&/g, "&amp;").replace(/</g, "&lt;").replace(/\n/g, "<br>");
const all = (items, draw) => (items ?? []).map(draw).join("");
const when = (value, draw) => (value === undefined || value === null || value === "" || value === false ? "" : draw(value));
const line = (path, size = 20, weight = 2, more = "") =>
  `<svg viewBox="0 0 24 24" width="${size}" height="${size}" fill="none" stroke="currentColor" stroke-width="${weight}" stroke-linecap="round" stroke-linejoin="round" ${more}>${path}</svg>`;
const GLYPHS = {
  back: '<path d="M15 4l-8 8 8 8"/>', arrow: '<path d="M20 12H4M11 5l-7 7 7 7"/>', close: '<path d="M5 5l14 14M19 5L5 19"/>', next: '<path d="M9 5l7 7-7 7"/>',
  more: '<path d="M5 12h.01M12 12h.01M19 12h.01" stroke-width="4"/>', search: '<circle cx="10.5" cy="10.5" r="6.5"/><path d="M15.5 15.5L21 21"/>',
  user: '<circle cx="12" cy="8" r="4"/><path d="M4 21c1-5 4-7 8-7s7 2 8 7"/>', lock: '<rect x="5" y="11" width="14" height="10" rx="2"/><path d="M8 11V7a4 4 0 0 1 8 0v4"/>',
  phone: '<rect x="7" y="2" width="10" height="20" rx="2"/><path d="M11 18h2"/>', shield: '<path d="M12 2l8 3v6c0 6-4 9-8 11-4-2-8-5-8-11V5z"/>', mail: '<rect x="3" y="5" width="18" height="14" rx="2"/><path d="M3 7l9 7 9-7"/>',
  eye: '<path d="M2 12s4-7 10-7 10 7 10 7-4 7-10 7S2 12 2 12z"/><circle cx="12" cy="12" r="3"/>', bell: '<path d="M6 16V10a6 6 0 0 1 12 0v6l2 2H4zM10 21h4"/>', plus: '<path d="M12 4v16M4 12h16"/>',
  home: '<path d="M3 11l9-8 9 8M6 9v11h12V9"/>', paper: '<path d="M6 2h9l4 4v16H6zM9 10h7M9 14h7M9 18h4"/>', card: '<rect x="2" y="5" width="20" height="14" rx="2"/><path d="M2 10h20"/>', star: '<path d="M12 3l3 6 6 1-4.500 4.500 1 6.500-5.500-3-5.500 3 1-6.500L3 10l6-1z"/>',
  heart: '<path d="M12 21C5 15 2 12 2 8a5 5 0 0 1 10-1 5 5 0 0 1 10 1c0 4-3 7-10 13z"/>', scan: '<path d="M3 8V3h5M16 3h5v5M21 16v5h-5M8 21H3v-5M3 12h18"/>', clock: '<circle cx="12" cy="12" r="9"/><path d="M12 7v5l4 2"/>',
  face: '<circle cx="12" cy="12" r="9"/><path d="M9 10h.01M15 10h.01M8.500 14.500q3.500 3 7 0"/>', people: '<circle cx="9" cy="8" r="3.500"/><path d="M2 20c.5-4 3-6 7-6s6.500 2 7 6M16 5a3.500 3.500 0 0 1 0 7M18 14c2.500.6 4 2.500 4 6"/>', key: '<circle cx="8" cy="15" r="5"/><path d="M12 11l9-9M17 6l3 3"/>',
  mic: '<rect x="9" y="3" width="6" height="11" rx="3"/><path d="M5 11a7 7 0 0 0 14 0M12 18v3"/>', gear: '<circle cx="12" cy="12" r="3"/><path d="M12 2v4M12 18v4M2 12h4M18 12h4M5 5l3 3M16 16l3 3M5 19l3-3M16 8l3-3"/>', stamp: '<path d="M9 3h6l-1 8h4v5H6v-5h4zM5 20h14"/>', down: '<path d="M12 3v13M6 11l6 6 6-6M4 21h16"/>',
  chart: '<path d="M4 20V10M10 20V4M16 20v-8M21 20H2"/>', box: '<path d="M3 7l9-4 9 4v10l-9 4-9-4zM3 7l9 4 9-4M12 11v10"/>', chat: '<path d="M3 4h18v13H10l-5 4v-4H3z"/>', wifi: '<path d="M2 9a15 15 0 0 1 20 0M6 13a9 9 0 0 1 12 0M10 17a3 3 0 0 1 4 0"/>',
};
const glyph = (name, size = 20, weight = 2, more = "") => line(GLYPHS[name] ?? GLYPHS.paper, size, weight, more);
const mark = (kind, size = 22, ink = "") => {
  const fill = ink || { bad: "#f0483e", warn: "#f7a41d", info: "#2b85e4", good: "#1aad5b", ask: "#8c98a8" }[kind];
  const sign = { bad: '<path d="M8 8l8 8M16 8l-8 8"/>', warn: '<path d="M12 6v7M12 17.200h.01"/>', info: '<path d="M12 11v6M12 7h.01"/>', good: '<path d="M7 12.500l3.500 3.500L17 9"/>', ask: '<path d="M9 9.500a3 3 0 1 1 4 3c-1 .5-1 1-1 2M12 17.500h.01"/>' }[kind];
  return `<svg class="mark" viewBox="0 0 24 24" width="${size}" height="${size}"><circle cx="12" cy="12" r="11" fill="${fill}"/><g fill="none" stroke="#fff" stroke-width="2.200" stroke-linecap="round" stroke-linejoin="round">${sign}</g></svg>`;
};
const clock = () => `${pad(from(6, 22))}:${pad(from(0, 59))}`;
const status = (s, ink = "") => {
  const at = s.clock ?? clock();
  const level = from(8, 100);
  const battery = `<svg viewBox="0 0 30 14" width="27" height="13"><rect x="1" y="1" width="24" height="12" rx="4" fill="none" stroke="currentColor" stroke-opacity=".45"/><rect x="3" y="3" width="${Math.max(2, level * 0.2)}" height="8" rx="2.200" fill="${level < 20 ? "#f33" : "currentColor"}"/><path d="M27 5v4c1.200-.3 1.800-1 1.800-2s-.6-1.700-1.800-2z" fill="currentColor" opacity=".5"/></svg>`;
  const net = `<svg viewBox="0 0 20 14" width="18" height="12" fill="currentColor"><rect x="0" y="9" width="3.400" height="5" rx="1"/><rect x="5" y="6" width="3.400" height="8" rx="1"/><rect x="10" y="3" width="3.400" height="11" rx="1" ${chance() < 0.3 ? 'opacity=".3"' : ""}/><rect x="15" y="0" width="3.400" height="14" rx="1" ${chance() < 0.4 ? 'opacity=".3"' : ""}/></svg>`;
  const fan = glyph("wifi", 17, 2.600);
  const style = ink ? `style="color:${ink}"` : "";
  if (s.system === "ios") return `<header class="st ios" ${style}><b>${at}</b><span>${net}${chance() < 0.5 ? fan : `<i>${one(["5G", "4G"])}</i>`}${battery}</span></header>`;
  if (chance() < 0.5) return `<header class="st droid" ${style}><span>${at}${chance() < 0.5 ? ` ${glyph("chat", 12)}` : ""}</span><span>${chance() < 0.5 ? `<i>${from(1, 99)}.${from(0, 9)}KB/s</i>` : ""}${fan}<i>${one(["5G", "HD", "4G"])}</i>${net}<em>${level}</em></span></header>`;
  return `<header class="st droid" ${style}><span>${one(["中国移动", "中国电信", "中国联通"])}${chance() < 0.4 ? glyph("bell", 11) : ""}</span><span>${net}${fan}<i>${level}%</i>${battery} ${at}</span></header>`;
};
const bottom = (s, ink = "") => (s.system === "ios" ? `<div class="homebar" ${ink ? `style="background:${ink}"` : ""}></div>` : s.system === "android" ? `<div class="navkeys" ${ink ? `style="color:${ink}"` : ""}><i class="tri"></i><i class="rnd"></i><i class="sq"></i></div>` : "");
const capsule = (kind = "wx") => (kind === "ali" ? `<div class="caps ali"><i></i><i></i><i></i><u></u><s>✕</s></div>` : `<div class="caps"><i></i><i class="big"></i><i></i><u></u><b></b></div>`);
const keyboard = (kind) => {
  if (!kind) return "";
  if (kind === "num") return `<div class="kb num">${all(["1", "2", "3", "4", "5", "6", "7", "8", "9", "", "0", "⌫"], (k) => `<b class="${k === "" || k === "⌫" ? "dim" : ""}">${k}</b>`)}</div>`;
  const rows = ["qwertyuiop", "asdfghjkl", "zxcvbnm"];
  const top = kind === "cn" ? `<div class="cand">${all(one([["我", "你", "好", "在", "是", "不"], ["的", "了", "这", "有", "请", "看"]]), (w) => `<span>${w}</span>`)}</div>` : '<div class="cand safe">安全键盘</div>';
  return `<div class="kb abc">${top}${all(rows, (row, at) => `<p>${at === 2 ? '<b class="dim w">⇧</b>' : ""}${all([...row], (k) => `<b>${k}</b>`)}${at === 2 ? '<b class="dim w">⌫</b>' : ""}</p>`)}<p><b class="dim w">123</b><b class="space">${kind === "cn" ? "拼音" : "空格"}</b><b class="dim w">${kind === "cn" ? "发送" : "完成"}</b></p></div>`;
};
const figure = (size, light = 1, mask = false) => `<svg viewBox="0 0 200 200" width="${size}" height="${size}" style="filter:brightness(${light})"><rect width="200" height="200" fill="#c9d3d0"/><path d="M18 200c4-44 36-62 82-62s78 18 82 62z" fill="#4a5a76"/><path d="M84 128h32v26c-10 9-22 9-32 0z" fill="#dba98a"/><ellipse cx="100" cy="88" rx="44" ry="53" fill="#eabf9f"/><path d="M54 84C48 30 78 22 102 22s54 10 45 62c-4-18-10-28-24-32-20 6-48 2-58 4-5 8-9 16-11 28z" fill="#2c2523"/><g fill="#33251f"><ellipse cx="82" cy="88" rx="5" ry="4"/><ellipse cx="118" cy="88" rx="5" ry="4"/></g>${mask ? '<path d="M62 98q38 12 76 0v22q-12 22-38 22t-38-22z" fill="#a9cbe8"/>' : '<path d="M100 92v16h-5M86 120q14 9 28 0" fill="none" stroke="#a5684f" stroke-width="3"/>'}</svg>`;
const emblem = (size = 44, kind = 0) => {
  const inside = [
    '<circle cx="24" cy="24" r="23" fill="#d9352c"/><path d="M24 8l4 10 11 1-8.500 7 2.700 11L24 31l-9.200 6 2.700-11L9 19l11-1z" fill="#ffd974"/>',
    '<rect x="2" y="2" width="44" height="44" rx="11" fill="#1f6feb"/><path d="M13 11h22v27H13z" fill="#fff"/><path d="M17 18h14M17 24h14M17 30h8" stroke="#1f6feb" stroke-width="2.600"/><circle cx="32" cy="33" r="6" fill="#e5483b"/>',
    '<path d="M24 2l20 8v14c0 12-9 18-20 22C13 42 4 36 4 24V10z" fill="#0a8f6c"/><path d="M14 24l7 7 13-14" fill="none" stroke="#fff" stroke-width="4.500"/>',
    '<circle cx="24" cy="24" r="22" fill="none" stroke="#b8860b" stroke-width="3"/><path d="M10 32h28M13 32V20h22v12M24 9L9 20h30z" fill="none" stroke="#b8860b" stroke-width="3"/>',
  ][kind % 4];
  return `<svg viewBox="0 0 48 48" width="${size}" height="${size}">${inside}</svg>`;
};
const qr = (cells = 25) => {
  let dots = "";
  for (let y = 0; y < cells; y++) for (let x = 0; x < cells; x++) {
    const corner = (x < 8 || x > cells - 9) && y < 8 || x < 8 && y > cells - 9;
    if (!corner && chance() < 0.5) dots += `<rect x="${x}" y="${y}" width="1.030" height="1.030"/>`;
  }
  for (const [x, y] of [[0, 0], [cells - 7, 0], [0, cells - 7]]) dots += `<path fill-rule="evenodd" d="M${x} ${y}h7v7h-7zm1 1v5h5v-5z"/><rect x="${x + 2}" y="${y + 2}" width="3" height="3"/>`;
  return `<svg class="qr" viewBox="0 0 ${cells} ${cells}">${dots}</svg>`;
};
const portrait = (name, size = 40, round = 6) => { // the same for the same person
  let sum = 17;
  for (const letter of name) sum = (Math.imul(sum, 33) + letter.codePointAt(0)) >>> 0;
  const hue = sum % 360;
  const kind = (sum >>> 9) % 4;
  const inside = [
    `<rect width="40" height="40" fill="hsl(${hue} 55% 78%)"/><circle cx="20" cy="16" r="8" fill="hsl(${hue} 40% 45%)"/><path d="M5 40c2-12 8-15 15-15s13 3 15 15z" fill="hsl(${hue} 40% 45%)"/>`,
    `<rect width="40" height="40" fill="hsl(${hue} 60% 60%)"/><path d="M0 40L14 18l8 11 6-8 12 19z" fill="hsl(${hue} 35% 35%)"/><circle cx="29" cy="11" r="4.500" fill="#ffe9a8"/>`,
    `<rect width="40" height="40" fill="hsl(${hue} 45% 88%)"/><g fill="hsl(${hue} 70% 58%)"><circle cx="20" cy="12" r="6"/><circle cx="12" cy="20" r="6"/><circle cx="28" cy="20" r="6"/><circle cx="20" cy="28" r="6"/></g><circle cx="20" cy="20" r="5" fill="#ffd34d"/>`,
    `<rect width="40" height="40" fill="hsl(${hue} 50% 46%)"/><path d="M6 26q14-22 28 0-14 12-28 0z" fill="#fff" opacity=".85"/><circle cx="20" cy="23" r="4" fill="hsl(${hue} 50% 30%)"/>`,
  ][kind];
  return `<svg class="who" viewBox="0 0 40 40" width="${size}" height="${size}" style="border-radius:${round}px">${inside}</svg>`;
};
const acts = (s, fallback) => s.acts ?? fallback;
// Everything that an error can be. `inline` gives what stands within the page, `over` what lies on it.
const errors = {
  toast: (s) => `<div class="ov toast target">${h(s.says)}</div>`,
  toastx: (s) => `<div class="ov toast tall target">${line(s.sign === "warn" ? '<circle cx="12" cy="12" r="10"/><path d="M12 6v7M12 17h.01"/>' : GLYPHS.close, 38, 2)}<span>${h(s.says)}</span></div>`,
  toastlow: (s) => `<div class="ov toast low target">${h(s.says)}</div>`,
  modal: (s) => {
    const kind = s.kind ?? (s.system === "ios" ? "ios" : s.system === "desktop" ? "ant" : "md");
    const buttons = acts(s, [one(["确定", "我知道了", "知道了"])]);
    const head = when(s.heading, (text) => `<h4>${h(text)}</h4>`);
    const picture = kind === "round" ? `<div class="pic">${mark(s.sign ?? "warn", 58)}</div>` : kind === "ant" ? mark(s.sign ?? "bad", 22) : "";
    return `<div class="veil"></div><div class="ov modal k-${kind} n${buttons.length} target">${picture}<div class="in">${head}<p>${h(s.says)}</p>${when(s.after, (text) => `<small>${h(text)}</small>`)}</div><footer>${all(buttons, (b, at) => `<b class="${at === buttons.length - 1 ? "go" : ""}">${h(b)}</b>`)}</footer>${kind === "round" && s.cross ? '<u class="x">✕</u>' : ""}</div>`;
  },
  sheet: (s) => `<div class="veil"></div><div class="ov sheet target"><i class="grip"></i>${s.sign === "none" ? "" : mark(s.sign ?? "bad", 50)}<h4>${h(s.heading)}</h4><p>${h(s.says)}</p>${when(s.after, (text) => `<small>${h(text)}</small>`)}<footer>${all(acts(s, ["好的"]), (b, at) => `<b class="${at ? "" : "go"}">${h(b)}</b>`)}</footer></div>`,
  snack: (s) => `<div class="ov snack target"><span>${h(s.says)}</span>${when(acts(s, [""])[0], (b) => `<b>${h(b)}</b>`)}</div>`,
  notify: (s) => `<div class="ov notify ${s.sign ?? "bad"} target">${h(s.says)}</div>`,
  pill: (s) => `<div class="ov pill target">${mark(s.sign ?? "bad", 18)}<span>${h(s.says)}</span></div>`,
  alert: (s) => `<div class="veil light"></div><div class="ov alert target"><h4>${h(s.heading)}</h4><p>${h(s.says)}</p><footer>${all(acts(s, ["确定"]), (b, at) => `<b class="${at ? "" : "go"}">${h(b)}</b>`)}</footer></div>`,
  win: (s) => `<div class="ov win target"><h4>${h(s.heading)}<i>✕</i></h4><div>${mark(s.sign ?? "bad", 34)}<p>${h(s.says)}</p></div><footer>${all(acts(s, ["确定"]), (b) => `<b>${h(b)}</b>`)}</footer></div>`,
  layer: (s) => `<div class="veil soft"></div><div class="ov layer target"><h4>${h(s.heading)}<i>×</i></h4><div>${mark(s.sign ?? "bad", 30)}<p>${h(s.says)}</p></div><footer>${all(acts(s, ["确定"]), (b, at) => `<b class="${at ? "" : "go"}">${h(b)}</b>`)}</footer></div>`,
  note: (s) => `<div class="ov notecard target">${mark(s.sign ?? "bad", 22)}<div><h4>${h(s.heading)}</h4><p>${h(s.says)}</p></div><i>×</i></div>`,
};
const error = (s) => {
  const is = (...kinds) => s.says && kinds.includes(s.as);
  return {
    over: s.says && errors[s.as] ? errors[s.as](s) : "",
    bar: is("bar") ? `<div class="bar target">${s.sign === "none" ? "" : mark(s.sign ?? "warn", 18)}<span>${h(s.says)}</span>${s.cross ? "<i>×</i>" : ""}</div>` : "",
    field: (at) => (is("field") && at === (s.bad ?? s.fields.length - 1) ? `<small class="er"><span class="target">${h(s.says)}</span></small>` : is("tip") && at === (s.bad ?? 0) ? `<small class="tip target">${h(s.says)}</small>` : ""),
    beside: (at) => (is("beside") && at === (s.bad ?? s.fields.length - 1) ? `<small class="beside target">${mark("bad", 15)}${h(s.says)}</small>` : ""),
    marked: (at) => (is("field", "beside", "tip") && at === (s.bad ?? (s.as === "tip" ? 0 : s.fields.length - 1)) ? "bad" : ""),
    under: is("under") ? `<small class="below9 target">${h(s.says)}</small>` : "",
  };
};
// The fields of a form: [label, hint, what is typed, what stands at the end].
const rows = (s, e, style, icons) => `<div class="rows ${style}">${all(s.fields, ([label, hint, typed, end], at) => `<div class="f ${e.marked(at)} ${typed ? "full" : ""}">${icons ? glyph(icons[at % icons.length], 19, 1.700) : ""}<label>${h(label)}</label><div class="v">${typed ? `<span>${h(typed)}</span>` : `<em>${h(hint)}</em>`}${end === "*eye" ? glyph("eye", 18, 1.600, 'class="eye"') : when(end, (text) => `<b>${h(text)}</b>`)}</div>${e.beside(at)}</div>${e.field(at)}${when(s.hints?.[at], (text) => `<small class="hint">${h(text)}</small>`)}`)}</div>`;
const links = (s) => when(s.links, (items) => `<div class="links">${all(items, (item) => `<span>${h(item)}</span>`)}</div>`);
const agree = (s) => when(s.agree, (text) => `<div class="agree"><i></i>${h(text)}</div>`);
const foot = (s) => when(s.foot, (text) => `<div class="foot">${h(text)}</div>`);
const screen = (s, inner = "") => {
  const e = error(s);
  return `<main class="scr L-${s.look} ${s.system} ${s.dark ? "dark" : ""} ${inner}" style="--c:${s.colour}">${make[s.look](s, e)}${e.over}</main>`;
};
// A screen that is itself a picture within another
const within = (s, width, tall = 1.9) => {
  const full = 360;
  const inside = { ...s, dark: false, system: "android", ...s.inner, inner: undefined };
  return `<div class="within" style="width:${width}px;height:${width * tall}px"><div style="width:${full}px;height:${full * tall}px;transform:scale(${width / full})">${screen(inside, "inner")}</div></div>`;
};
window.draw = (spec) => {
  seed = (spec.seed ^ 0x5bd1e995) >>> 0;
  const s = { ...spec, says: spec.says ?? spec.tells };
  document.documentElement.style.fontSize = `${s.size}px`;
  document.documentElement.style.setProperty("--font", `"${s.font}", "Noto Sans CJK SC", sans-serif`);
  document.body.innerHTML = screen(s);
};
