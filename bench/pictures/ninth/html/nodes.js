// What pages of the ninth set are made of; each takes its value and the spec, and gives HTML.
const safe = (x) => String(x ?? "").replace(/&/g, "&amp;").replace(/</g, "&lt;").replace(/\n/g, "<br>");
const each = (xs, f) => (xs ?? []).map(f).join("");
const hint = (x) => String(x ?? "").startsWith("~") ? `<span class="hint">${safe(x.slice(1))}</span>` : safe(x);
const said = (s) => safe(s.says ?? s.tells);
const hue = (i) => `hsl(${(i * 67 + 20) % 360} 55% 62%)`;
const nodes = {
  h: (x) => `<div style="font-size:1.42em;font-weight:650;padding:14px 0 4px">${safe(x)}</div>`,
  p: (x) => `<div class="soft" style="padding:5px 0">${safe(x)}</div>`,
  body: (x) => each(x, (one) => `<p style="padding:7px 0;line-height:1.75">${safe(one)}</p>`),
  f: (x, s) => each(x, ([label, value, end], i) => `<div class="field"><span>${safe(label)}</span><span>${hint(value)}</span>${end ? `<span class="go">${safe(end)}</span>` : ""}</div>${s.how === "below" && i === (s.at ?? x.length - 1) ? `<div class="target below">${s.sign ? `${safe(s.sign)} ` : ""}${said(s)}</div>` : ""}`),
  b: (x) => each(x, (one, i) => `<span class="button ${i ? "plain" : ""}">${safe(one)}</span>`),
  k: (x) => `<div class="links">${each(x, (one) => `<span>${safe(one)}</span>`)}</div>`,
  l: (x) => `<div class="cell">${each(x, ([a, b, c]) => `<div class="row"><span style="flex:1">${safe(a)}<br><span class="soft" style="flex:none">${safe(b)}</span></span><span style="flex:none">${safe(c ?? "›")}</span></div>`)}</div>`,
  g: (x) => `<div class="tiles">${each(x, (one, i) => `<span><i style="background:${hue(i)}"></i>${safe(one)}</span>`)}</div>`,
  goods: (x) => `<div style="display:grid;grid-template-columns:1fr 1fr;gap:10px;padding-top:12px">${each(x, ([name, price], i) => `<div class="cell" style="margin:0;padding:0 0 10px;overflow:hidden"><div style="height:120px;background:${hue(i + 3)}"></div><div style="padding:8px 10px 0">${safe(name)}<br><b style="color:#e5484d">${safe(price)}</b></div></div>`)}</div>`,
  stages: ([xs, now]) => `<div class="stages">${each(xs, (one, i) => `<span class="${i === now ? "on" : ""}">${i + 1}. ${safe(one)}</span>`)}</div>`,
  big: (x) => `<div style="font-size:2.5em;font-weight:600;text-align:center;padding:16px 0 2px">${safe(x)}</div>`,
  t: (x) => `<table>${each(x, (row) => `<tr>${each(row, (one) => `<td>${safe(one)}</td>`)}</tr>`)}</table>`,
  sw: (x) => `<div class="cell">${each(x, ([label, on]) => `<div class="row"><span style="flex:1">${safe(label)}</span><span class="switch ${on ? "on" : ""}" style="flex:none"></span></div>`)}</div>`,
  boxes: (x) => `<div style="display:flex;gap:9px;padding:18px 0">${each([0, 1, 2, 3, 4, 5], (i) => `<span style="flex:1;height:48px;border-bottom:2px solid ${i < x.length ? "var(--tone)" : "var(--line)"};text-align:center;font-size:24px">${x[i] ?? ""}</span>`)}</div>`,
  ring: (x) => `<div style="width:230px;height:230px;border-radius:50%;margin:26px auto 14px;border:6px solid var(--tone);background:radial-gradient(circle at 50% 42%,#cfa98e 0 26%,#5b6b7d 30% 70%,#3a444f)"></div><div class="soft" style="text-align:center">${safe(x)}</div>`,
  pic: ([x, height]) => `<div style="height:${height}px;border-radius:10px;margin-top:12px;background:linear-gradient(160deg,#7aa7d6,#40608a);color:#fff;display:flex;align-items:flex-end;padding:12px;font-size:1.2em;font-weight:600">${safe(x)}</div>`,
  say: (sign, s) => `<div class="state"><div class="sign">${safe(sign)}</div>${s.heading ? `<div style="font-size:1.3em;font-weight:600;padding:8px 0">${safe(s.heading)}</div>` : ""}<div class="target">${said(s)}</div></div>`,
  line: (_, s) => `<div class="target" style="padding:10px 0;color:#e5484d">${said(s)}</div>`,
  note: (_, s) => `<div class="target" style="background:#fff3d6;color:#8a5300;padding:10px 14px;margin:8px 0;border-radius:6px;font-size:.9em">${said(s)}</div>`,
  qr: (x) => `<div style="width:180px;height:180px;margin:18px auto 8px;background:repeating-conic-gradient(#222 0 25%,#fff 0 50%) 0 0/18px 18px"></div><div class="soft" style="text-align:center">${safe(x)}</div>`,
  chat: (x, s) => each(x, ([who, text, hit]) => {
    if (!who) return `<div class="soft" style="text-align:center;padding:8px">${safe(text)}</div>`;
    const own = who === "me";
    const inside = text === "$" ? inner(s) : safe(text);
    return `<div style="display:flex;justify-content:${own ? "flex-end" : "flex-start"};gap:9px;align-items:flex-start">${own ? "" : `<i style="width:36px;height:36px;border-radius:5px;margin-top:7px;flex:none;background:${hue(who.length * 5)}"></i>`}<div class="bubble ${hit ? "target" : ""}" style="background:${text === "$" ? "none" : own ? "#95ec69" : "var(--card)"};color:${own ? "#111" : "var(--ink)"};${text === "$" ? "padding:0" : ""}">${s.group && !own ? `<div class="soft">${safe(who)}</div>` : ""}${inside}</div></div>`;
  }),
  code: (x) => `<pre style="font:13px/1.7 monospace;white-space:pre-wrap">${safe(x)}</pre>`,
  tabs: () => "",
};
// A screenshot that somebody sends in a chat.
const inner = (s) => `<div class="target" style="width:230px;border:1px solid var(--line);background:var(--card);border-radius:6px;padding:10px;font-size:.92em"><b>${safe(s.inner)}</b><div style="margin:26px 0;padding:10px;background:#3338;color:#fff;border-radius:6px;text-align:center">${said(s)}</div></div>`;
const made = (s) => each(s.nodes, (node) => { const [[name, value]] = Object.entries(node); return nodes[name](value, s); });
