// Draws one invented picture from its spec: a phone's screen, a chat, a short message, a paper or a
// page on a desktop. The Python side sets the size, takes the screenshot and makes the photograph.
const make = (tag, cls, text) => {
  const node = document.createElement(tag);
  if (cls) node.className = cls;
  if (text !== undefined) node.textContent = text;
  return node;
};
const put = (parent, ...children) => (parent.append(...children), parent);
let random = Math.random;
const seeded = (seed) => () => {
  seed = (seed + 0x6d2b79f5) | 0;
  let t = Math.imul(seed ^ (seed >>> 15), 1 | seed);
  t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
  return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
};
const colour = () => `hsl(${Math.floor(random() * 360)} 55% ${45 + Math.floor(random() * 25)}%)`;

const status = (spec) => {
  const bar = make("div", "status");
  const hour = 7 + Math.floor(random() * 14);
  const time = `${hour}:${String(Math.floor(random() * 60)).padStart(2, "0")}`;
  const bars = put(make("span", "bars"), make("i"), make("i"), make("i"), make("i"));
  const battery = make("span", "battery");
  const charge = make("i");
  charge.style.width = `${20 + Math.floor(random() * 80)}%`;
  put(battery, charge);
  const net = make("span", "", ["5G", "4G", "WiFi"][Math.floor(random() * 3)]);
  const right = put(make("span", "right"), bars, net, battery);
  return put(bar, make("span", "", time), right);
};
const nav = (title, spec) => {
  const bar = make("div", "nav");
  put(bar, make("span", "back", spec.header === "web" ? "×" : "‹"), make("span", "title", title));
  if (spec.header === "mini")
    put(bar, put(make("span", "capsule"), make("b", "", "•••"), make("i")));
  else if (spec.header === "web") put(bar, make("b", "", "···")), (bar.lastChild.style.marginLeft = "auto");
  return bar;
};
const field = ([label, shown, more], get) => {
  const row = make("div", "field");
  if (label) put(row, make("label", "", label));
  put(row, make("span", more ? "value" : "empty", more || shown));
  if (get) put(row, make("span", "get", get));
  return row;
};
const list = (cls, items, child) => put(make("div", cls), ...items.map(child));
const marked = (node, text) => {
  text.split(/(https?:\/\/[\w./?=&-]+|[\w-]+(?:\.[\w-]+)+\/[\w./?=&-]*)/).forEach((part, at) =>
    put(node, at % 2 ? make("u", "", part) : part));
  return node;
};
const BLOCKS = {
  h: (text) => make("div", "h", text),
  h2: (text) => make("div", "h2", text),
  p: (text) => make("div", "p", text),
  pc: (text) => make("div", "p center", text),
  small: (text) => make("div", "small", text),
  big: (text) => make("div", "big", text),
  field: (value) => field(value),
  code: ([label, shown, get, value]) => field([label, shown, value], get),
  red: (text) => put(make("div", "red"), put(make("span", "target", text))),
  redbig: (text) => put(make("div", "redbig"), make("span", "target", text)),
  button: (text) => make("div", "button", text),
  faint: (text) => make("div", "button off", text),
  plain: (text) => make("div", "plain", text),
  links: (items) => list("links", items, (text) => make("span", "", text)),
  cells: (items) => list("cells", items, (text) => {
    const [left, right] = text.split("|");
    return put(make("div"), make("span", "", left), make("span", "", right ?? "›"));
  }),
  choices: (items) => list("", items, (text) => {
    const [title, under] = text.split("|");
    return put(make("div", "choice"), make("i"), put(make("div"), make("b", "", title), make("small", "", under ?? "")));
  }),
  grid: (items) => list("grid", items, (text) => put(make("div"), make("i"), text)),
  steps: ([on, ...items]) => put(make("div", "steps"), ...items.map((text, at) =>
    put(make("div", at < on ? "on" : ""), make("b", "", String(at + 1)), text))),
  licence: ([name, ...under]) => put(make("div", "licence"), make("b", "", name), ...under.map((text) => make("span", "", text))),
  agree: (text) => make("div", "agree", text),
  face: (text) => put(make("div"), make("div", "face"), make("div", "p center target", text)),
  result: ([kind, title, text]) => {
    const box = make("div", "result target");
    put(box, make("i", kind, { ok: "✓", fail: "×", warn: "!", info: "i" }[kind]));
    if (title) put(box, make("b", "", title));
    return text ? put(box, make("p", "", text)) : box;
  },
  strip: (text) => make("div", "strip", text),
  banner: (text) => make("div", "banner", text),
  tabs: ([on, ...items]) => put(make("div", "tabs"), ...items.map((text, at) =>
    put(make("div", at === on ? "on" : ""), make("i"), text))),
  toast: (text) => make("div", "toast target", text),
  toasti: (text) => put(make("div", "toast target"), make("i", "", "!"), text),
  low: (text) => make("div", "toast low target", text),
  snack: (text) => make("div", "snack target", text),
  dialog: ([title, text, ...buttons]) => {
    const box = make("div", "dialog target" + (random() < 0.25 ? " left" : ""));
    put(box, make("b", "", title), make("p", "", text));
    put(box, put(make("footer"), ...buttons.map((word) => make("span", "", word))));
    return put(make("div"), make("div", "mask"), box);
  },
  keys: () => put(make("div", "keys"), ..."123456789".split("").map((key) => make("div", "", key)), make("div", "", " "), make("div", "", "0"), make("div", "", "⌫")),
  table: (rows) => put(make("table"), ...rows.map((row) => put(make("tr"), ...row.split("|").map((text) => make("td", "", text))))),
  note: (text) => make("div", "note target", text),
  receipt: (text) => make("div", "receipt", text),
  paper: ([title, seal, ...lines]) => {
    const box = make("div", "paper" + (seal ? "" : " bare"));
    put(box, make("h1", "", title), ...lines.map((text) => make("p", "", text)));
    return seal ? put(box, make("div", "seal", seal)) : box;
  },
  idcard: (lines) => put(make("div", "idcard"), ...lines.map((text) => make("p", "", text)), make("i")),
  tiles: (count) => put(make("div", "tiles"), ...Array.from({ length: count }, () => {
    const tile = make("i");
    tile.style.background = colour();
    return tile;
  })),
  photo: (height) => {
    const box = make("div");
    const [a, b, c] = [colour(), colour(), colour()];
    box.style.cssText = `height:${height}px;border-radius:8px;margin:10px 0;background:radial-gradient(circle at 30% 40%, ${a} 0 22%, transparent 23%), linear-gradient(160deg, ${b}, ${c})`;
    return box;
  },
  // A landscape: sky, sun, hills, no text.
  scene: () => {
    const canvas = make("canvas");
    canvas.width = innerWidth;
    canvas.height = innerHeight;
    const pen = canvas.getContext("2d");
    const sky = pen.createLinearGradient(0, 0, 0, innerHeight);
    sky.addColorStop(0, colour());
    sky.addColorStop(1, "#fdeccc");
    pen.fillStyle = sky;
    pen.fillRect(0, 0, innerWidth, innerHeight);
    pen.fillStyle = "#fff3b0";
    pen.beginPath();
    pen.arc(innerWidth * random(), innerHeight * 0.25, 34, 0, 7);
    pen.fill();
    for (let hill = 0; hill < 4; hill++) {
      pen.fillStyle = `hsl(${90 + random() * 70} 40% ${50 - hill * 9}%)`;
      pen.beginPath();
      pen.moveTo(0, innerHeight);
      const phase = random() * 6;
      for (let x = 0; x <= innerWidth; x += 6)
        pen.lineTo(x, innerHeight * (0.5 + hill * 0.1) + Math.sin(x / (50 + hill * 20) + phase) * 34);
      pen.lineTo(innerWidth, innerHeight);
      pen.fill();
    }
    return canvas;
  },
};
const LINES = {
  time: (text) => make("div", "time", text),
  me: (text) => bubble("me", text),
  them: (text) => bubble("", text),
  // A line that answers an older one, which stands below it in grey.
  quoting: (text) => {
    const [said, old] = text.split("|");
    const row = bubble("", said);
    const box = make("div");
    box.style.maxWidth = "calc(100% - 104px)";
    row.lastChild.style.maxWidth = "100%";
    put(box, row.lastChild, make("div", "quote", old));
    return put(row, box);
  },
  // A screenshot within the chat.
  shot: (text) => {
    const row = bubble("me", "");
    row.lastChild.replaceWith(put(make("div", "shot target"), ...text.split("|").map((line) => make("div", "p", line))));
    return row;
  },
};
const bubble = (side, text) => {
  const picture = make("i");
  picture.style.background = colour();
  return put(make("div", `row ${side}`), picture, marked(make("div", "bubble target"), text));
};
const entries = (block) => Object.entries(block)[0];

const chat = (lines) => put(make("div", "chat"), ...lines.map((line) => LINES[entries(line)[0]](entries(line)[1])));
const sms = ([from, ...lines]) => {
  const box = put(make("div", "sms"), put(make("div", "head"), make("i"), from));
  for (const line of lines) {
    const [kind, text] = entries(line);
    put(box, kind === "time" ? make("div", "time", text) : marked(make("div", "bubble target"), text));
  }
  return box;
};
const input = () => put(make("div", "input"), make("i"), make("div", "", ""), make("i"));

window.draw = (spec) => {
  random = seeded(spec.seed);
  const body = document.body;
  document.documentElement.style.fontSize = `${spec.size}px`;
  body.className = [spec.system, spec.design, spec.dark ? "dark" : ""].join(" ");
  body.style.setProperty("--font", `"${spec.font}"`);
  body.style.setProperty("--main", spec.colour);
  if (spec.head) {
    body.style.setProperty("--head", spec.colour);
    body.style.setProperty("--headink", "#fff");
  }
  if (spec.chat && !spec.dark) body.style.setProperty("--bg", "#ededed");
  if (spec.sms) body.style.setProperty("--bg", spec.dark ? "#000" : "#fff");
  let host = body;
  if (spec.screen === "desktop") {
    host = put(body, make("div", "desktop")).lastChild;
    put(host, put(make("div", "window"), make("span", "", "‹ › ⟳"), make("b", "", spec.title)));
    put(host, make("div", "url", spec.url || "https://zwfw.example.gov.cn/login"), make("div", "top", spec.title));
  } else if (spec.screen !== "bare") {
    put(body, status(spec));
    if (spec.title) put(body, nav(spec.title, spec));
  }
  if (spec.chat) put(host, chat(spec.chat), input());
  if (spec.sms) put(host, sms(spec.sms), input());
  if (spec.blocks) {
    const main = make("div", "main");
    for (const block of spec.blocks) {
      const [kind, value] = entries(block);
      put(main, BLOCKS[kind](value));
    }
    if (spec.screen === "bare") main.style.padding = "0";
    put(host, main);
  }
};
