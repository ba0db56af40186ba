// Draws one picture of the second set from its spec. A block is one key with its value; the looks
// are those of `design`: "flat", "cards", "gov", "line" or "pill".
const el = (cls, ...inside) => {
  const [tag, ...names] = cls.includes("/") ? cls.split("/") : ["div", cls];
  const node = document.createElement(tag);
  node.className = names.join(" ");
  for (const part of inside.flat(3)) if (part !== undefined && part !== null) node.append(part);
  return node;
};
const span = (cls, text) => el(`span/${cls}`, String(text));
let state = 1;
const random = () => {
  state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
  return state / 4294967296;
};
const between = (low, high) => low + Math.floor(random() * (high - low + 1));
const two = (number) => String(number).padStart(2, "0");
const hue = (light = 55) => `hsl(${between(0, 359)} ${between(35, 65)}% ${light}%)`;
const NS = "http://www.w3.org/2000/svg";
const svg = (width, height, inside) => {
  const node = document.createElementNS(NS, "svg");
  node.setAttribute("viewBox", `0 0 ${width} ${height}`);
  node.innerHTML = inside;
  return node;
};

// What is over or under every screen
const statusBar = (system) => {
  const time = span("clock", `${two(between(6, 22))}:${two(between(0, 59))}`);
  const charge = between(8, 99);
  const signal = svg(17, 12, [3, 6, 9, 12].map((height, at) =>
    `<rect x="${at * 4.4}" y="${12 - height}" width="3" height="${height}" fill="currentColor" opacity="${at < 3 || charge > 40 ? 1 : 0.3}"/>`).join(""));
  const wifi = svg(16, 12, '<path d="M1 4a10 10 0 0 1 14 0M3.5 7a6.5 6.5 0 0 1 9 0" fill="none" stroke="currentColor" stroke-width="1.8"/><circle cx="8" cy="10" r="1.6" fill="currentColor"/>');
  const battery = svg(26, 12, `<rect x=".6" y=".6" width="22" height="10.8" rx="3" fill="none" stroke="currentColor"/><rect x="2" y="2" width="${charge / 5.3}" height="8" rx="1.5" fill="currentColor"/><rect x="23.6" y="4" width="1.8" height="4" fill="currentColor"/>`);
  const net = random() < 0.5 ? wifi : span("net", random() < 0.5 ? "5G" : "4G");
  const more = system === "ios" ? [] : [span("net", `${charge}%`)];
  return el("top", time, el("span/marks", signal, net, more, battery));
};
const bar = (spec) => {
  if (spec.header === "none") return null;
  const close = svg(20, 20, spec.header === "web"
    ? '<path d="M4 4l12 12M16 4L4 16" stroke="currentColor" stroke-width="1.6"/>'
    : '<path d="M13 3L6 10l7 7" fill="none" stroke="currentColor" stroke-width="1.8"/>');
  const name = span("name", spec.title ?? "");
  const pill = svg(84, 30, '<rect x=".5" y=".5" width="83" height="29" rx="14.5" fill="rgba(255,255,255,.25)" stroke="rgba(128,128,128,.4)"/><g fill="currentColor"><circle cx="16" cy="15" r="2"/><circle cx="23" cy="15" r="3.2"/><circle cx="30" cy="15" r="2"/><circle cx="61" cy="15" r="3"/></g><circle cx="61" cy="15" r="8" fill="none" stroke="currentColor" stroke-width="1.8"/><path d="M42 8v14" stroke="rgba(128,128,128,.4)"/>');
  const dots = svg(24, 20, '<g fill="currentColor"><circle cx="4" cy="10" r="2"/><circle cx="12" cy="10" r="2"/><circle cx="20" cy="10" r="2"/></g>');
  const right = spec.header === "mini" ? pill : spec.header === "web" ? dots : null;
  const made = el(`bar ${spec.header ?? "app"}`, close, name, right);
  const address = spec.address && el("where", svg(12, 12, '<path d="M3 5V4a3 3 0 0 1 6 0v1M2 5h8v6H2z" fill="none" stroke="currentColor"/>'), span("", spec.address));
  return [made, address];
};

// What pages are made of
const entry = ([label, hint, value], extra) =>
  el("entry", label ? span("label", label) : null,
    value !== undefined && value !== "" ? span("typed", value) : span("hint", hint), extra);
const rows = (items) => items.map((item) => {
  const [left, right] = String(item).split("|");
  return el("row", span("", left), span("right", right ?? "›"));
});
const over = (cls, ...inside) => el(`veil ${cls}`, ...inside);
const blob = () => el("span/blob");
const SIGNS = {
  bad: '<circle cx="40" cy="40" r="34" fill="#e5484d"/><path d="M27 27l26 26M53 27L27 53" stroke="#fff" stroke-width="6"/>',
  warn: '<path d="M40 8l36 62H4z" fill="#f59f0a"/><path d="M40 30v20M40 57v5" stroke="#fff" stroke-width="6"/>',
  good: '<circle cx="40" cy="40" r="34" fill="#22a06b"/><path d="M24 41l12 12 21-24" fill="none" stroke="#fff" stroke-width="6"/>',
  lost: '<rect x="10" y="18" width="60" height="44" rx="5" fill="none" stroke="#98a2b3" stroke-width="4"/><path d="M10 30h60" stroke="#98a2b3" stroke-width="4"/><path d="M31 52c4-7 14-7 18 0" fill="none" stroke="#98a2b3" stroke-width="4"/>',
  wait: '<circle cx="40" cy="40" r="32" fill="none" stroke="#98a2b3" stroke-width="5"/><path d="M40 20v21l13 8" fill="none" stroke="#98a2b3" stroke-width="5"/>',
};
const sign = (name) => {
  const node = svg(80, 80, SIGNS[name]);
  node.setAttribute("class", "sign");
  return node;
};
const scene = (kind) => {
  const sky = ["#9cc7ea", "#f1c58f", "#c9d6df"][between(0, 2)];
  const circles = (number, low, high, tones) => Array.from({ length: number }, () =>
    `<circle cx="${between(0, 400)}" cy="${between(low, high)}" r="${between(12, 46)}" fill="${tones[between(0, tones.length - 1)]}"/>`).join("");
  const drawn = {
    hills: `<rect width="400" height="600" fill="${sky}"/><circle cx="300" cy="120" r="42" fill="#fff3c4"/><path d="M0 360Q90 200 190 330T400 280V600H0z" fill="#6f9a7b"/><path d="M0 460Q130 350 260 450T400 420V600H0z" fill="#3f6b4f"/>`,
    table: `<rect width="400" height="600" fill="#b58d62"/><circle cx="200" cy="290" r="150" fill="#f5f3ee"/><circle cx="200" cy="290" r="118" fill="#e9e2d2"/>${circles(14, 220, 360, ["#c2462e", "#7da33b", "#e0a93a", "#8a4b2a"])}`,
    cat: `<rect width="400" height="600" fill="#d9d2c5"/><ellipse cx="200" cy="420" rx="130" ry="120" fill="#d78b3f"/><circle cx="200" cy="260" r="86" fill="#e09b4d"/><path d="M128 220l10-80 54 40zM272 220l-10-80-54 40z" fill="#d78b3f"/><circle cx="170" cy="250" r="11" fill="#222"/><circle cx="230" cy="250" r="11" fill="#222"/><path d="M190 285h20l-10 10z" fill="#7c3b2a"/>`,
    street: `<rect width="400" height="600" fill="#39435a"/>${Array.from({ length: 7 }, (_, at) => `<rect x="${at * 60 - 8}" y="${between(90, 260)}" width="52" height="420" fill="${["#232b3d", "#2d374d", "#1c2333"][at % 3]}"/>`).join("")}${circles(26, 160, 430, ["#f7d98899", "#ffd27a66", "#ff9e6d55"]).replaceAll(/r="\d+"/g, 'r="4"')}<rect y="500" width="400" height="100" fill="#15181f"/>`,
    leaves: `<rect width="400" height="600" fill="#e7efe2"/>${circles(60, 0, 600, ["#5a8f4d", "#7fb069", "#3c6e3c", "#b3cf8b"])}`,
  };
  return drawn[kind];
};
const picture = (kind, height) => {
  const node = svg(400, 600, scene(kind));
  node.setAttribute("class", "scene");
  node.setAttribute("preserveAspectRatio", "xMidYMid slice");
  node.style.height = `${height}px`;
  return node;
};
const MAKERS = {
  hero: ([title, sub]) => el("hero", el("big", title), sub ? el("sub", sub) : null),
  h: (text) => el("h", text),
  p: (text) => el("p", text),
  mid: (text) => el("p mid", text),
  fine: (text) => el("fine", text),
  field: (value) => entry(value),
  code: ([label, hint, get, value]) => entry([label, hint, value], span("get", get)),
  boxes: (filled) => el("boxes", Array.from({ length: 6 }, (_, at) => el("box", String(filled)[at] ?? ""))),
  button: (text) => el("press", text),
  pale: (text) => el("press off", text),
  plain: (text) => el("press thin", text),
  links: (items) => el("links", items.map((text) => span("", text))),
  agree: (text) => el("agree", el("span/tick"), span("", text)),
  rows: (items) => el("rows", rows(items)),
  choices: (items) => el("choices", items.map((item) => {
    const [head, sub] = item.split("|");
    return el("choice", blob(), el("words", el("head", head), sub ? el("sub", sub) : null), span("right", "›"));
  })),
  tiles: (items) => el("tiles", items.map((text) => el("tile", blob(), span("", text)))),
  tabs: (items) => el("tabs", items.map((text, at) => span(at ? "" : "on", text))),
  foot: (items) => el("foot", items.map((text) => el("spot", blob(), span("", text)))),
  track: ([at, ...names]) => el("track", names.map((name, place) =>
    el(`stop ${place < at ? "on" : ""}`, span("dot", place + 1), span("", name)))),
  oval: (text) => {
    const face = svg(200, 240, '<ellipse cx="100" cy="120" rx="86" ry="108" fill="rgba(128,140,160,.18)" stroke="var(--main)" stroke-width="4" stroke-dasharray="10 5"/><circle cx="100" cy="100" r="38" fill="rgba(128,140,160,.45)"/><path d="M40 205c8-56 112-56 120 0" fill="rgba(128,140,160,.45)"/>');
    face.setAttribute("class", "oval");
    return [face, text ? el("p mid strong", text) : null];
  },
  spin: (text) => el("spin", el("ring"), text ? el("p mid", text) : null),
  gap: (height) => {
    const node = el("gap");
    node.style.height = `${height}px`;
    return node;
  },
  scene: (kind) => picture(kind, 5000),
  image: (kind) => picture(kind, 190),
  table: (lines) => el("table/grid", lines.map((line, at) => el("tr/", line.map((cell) => el(at ? "td/" : "th/", String(cell)))))),
  digits: (text) => el("digits", text),
  keys: () => el("keypad", ["1", "2", "3", "4", "5", "6", "7", "8", "9", "", "0", "⌫"].map((key) => el("key", key))),
  mono: (text) => el("mono", text),
  bars: (names) => el("graph", names.map((name) => {
    const column = el("column");
    column.style.height = `${between(20, 120)}px`;
    return el("span/", column, span("", name));
  })),
  goods: (items) => el("goods", items.map((item) => {
    const [name, price] = item.split("|");
    const shown = el("shown");
    shown.style.background = hue(72);
    return el("good", shown, el("p", name), el("price", price));
  })),
  // papers
  sheet_paper: ([title, ...lines]) => el("paper", el("title", title), lines.map((line) => el("line", line))),
  licence: ([title, code, ...lines]) => el("framed", el("crest"), el("title", title), el("fine", code), lines.map((line) => el("line", line)), el("seal")),
  card: ([head, ...lines]) => el("plastic", el("head", head), lines.map((line) => el("line", line)), el("who")),
  slip: (lines) => el("slip", lines.map((line) => el("line", line))),
  hand: (lines) => el("hand", lines.map((line) => el("line", line))),
  // errors
  red: (text) => el("red", span("target", text)),
  redmid: (text) => el("red mid", span("target", text)),
  alert: (text) => el("alert target", el("span/bang", "!"), span("", text)),
  notice: (text) => el("notice target", span("", text)),
  failed: (text) => el("failed", sign("bad"), el("p mid target", text)),
  empty: (text) => el("failed", sign("lost"), el("p mid target", text)),
  result: ([icon, title, says]) => el("failed", sign(icon), el("h mid target", title), el("p mid target", says)),
  toast: (text) => over("clear", el("toast target", text)),
  toastx: (text) => over("clear", el("toast square target", sign("warn"), el("", text))),
  snack: (text) => over("clear end", el("snack target", span("", text), span("act", "关闭"))),
  drop: (text) => over("clear start", el("drop target", el("span/bang", "✕"), span("", text))),
  dialog: ([title, says, ...buttons]) => over("", el("dialog target", title ? el("title", title) : null,
    el("text", says), el("buttons", buttons.map((text, at) => span(at === buttons.length - 1 ? "main" : "", text))))),
  bottom: ([title, says, ...buttons]) => over("end", el("bottom target", el("title", title), el("text", says),
    [...buttons].reverse().map((text, at) => el(at ? "press thin" : "press", text)))),
};
const build = (block) => Object.entries(block).map(([kind, value]) => MAKERS[kind](value));

// Talk
const faces = {};  // the same colour for all that one person says
const bubble = (item, side, spec) => {
  const face = el("span/avatar");
  const who = side + (item.name ?? "");
  face.style.background = faces[who] ??= hue();
  const kind = Object.keys(item)[0].split("_")[0];
  const value = Object.values(item)[0];
  const name = item.name ? el("who-says", item.name) : null;
  const body = {
    them: () => el("bubble", value),
    me: () => el("bubble", value),
    shot: () => el("shot", el("shot-bar", value[0]), value.slice(1).map(build)),
    card: () => el("bubble card", el("head", value[0]), el("sub", value[1]), el("from", value[2] ?? "链接")),
    file: () => el("bubble card", el("head", value[0]), el("sub", value[1])),
    quote: () => [el("bubble", value[0]), el("quoted", value[1])],
    voice: () => el("bubble", `${value}″  ◗))`),
  }[kind]();
  return el(`turn ${side}`, face, el("said", side === "left" ? name : null, body));
};
const chat = (spec) => {
  const turns = spec.chat.map((item) => {
    const key = Object.keys(item)[0];
    if (key === "time" || key === "tip") return el("tip", item[key]);
    return bubble(item, key === "me" || key.endsWith("_me") ? "right" : "left", spec);
  });
  return [bar(spec), el("main conversation", turns), el("typing", blob(), el("wide"), blob())];
};
const letters = (spec) => {
  const [sender, ...items] = spec.sms;
  const said = items.map((item) => {
    const [key, text] = Object.entries(item)[0];
    if (key === "time") return el("tip", text);
    const parts = text.split(/(https?:\/\/[\w./?=&-]+|[\w-]+(?:\.[\w-]+)+\/[\w./?=&-]*)/);
    return el(key === "me" ? "letter mine" : "letter", parts.map((part, at) => (at % 2 ? el("u/", part) : part)));
  });
  return [bar({ ...spec, title: String(sender), header: "app" }), el("main conversation", said), el("typing", blob(), el("wide", span("hint", "短信")))];
};
const locked = (spec) => [
  el("lock", el("hour", `${two(between(6, 22))}:${two(between(0, 59))}`), el("p mid", spec.title)),
  el("main", spec.blocks.map((block) => Object.entries(block).map(([from, text]) =>
    el("push", el("head", span("", from), span("right", `${between(1, 50)}分钟前`)), el("p", text))))),
];

window.draw = (spec) => {
  state = (spec.seed >>> 0) || 1;
  const body = document.body;
  const design = spec.design ?? ["flat", "cards", "gov", "line", "pill"][spec.seed % 5];
  body.className = `${spec.system} ${design} ${spec.dark ? "dark" : ""} ${spec.screen ?? ""} ${spec.chat ? "chatting" : ""} ${spec.head ? "inked" : ""}`;
  body.style.setProperty("--font", `"${spec.font}"`);
  body.style.setProperty("--main", spec.colour);
  document.documentElement.style.fontSize = `${spec.size}px`;
  const page = () => el("main", (spec.blocks ?? []).map(build));
  if (spec.screen === "bare") return body.append(page());
  if (spec.screen === "desktop")
    return body.append(
      el("window", el("tab-line", span("tab", spec.title), span("add", "+")), el("where", span("", spec.address ?? "localhost"))), page());
  body.append(statusBar(spec.system));
  if (spec.screen === "lock") body.append(...locked(spec));
  else body.append(...(spec.chat ? chat(spec) : spec.sms ? letters(spec) : [bar(spec), page()]).flat(3).filter(Boolean));
  if (spec.system === "android") body.append(el("gesture"));
};
