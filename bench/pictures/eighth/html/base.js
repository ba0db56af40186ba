// What all looks of the eighth set share; a spec's `look` names a frame, its `show` how the error comes.
const frames = {}, shows = {};
const t = (x) => String(x ?? "").replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll("\n", "<br>");
const all = (xs, f) => (xs ?? []).map(f).join("");
const when = (x, f) => (x === undefined || x === "" || x === null ? "" : f(x));
let seed = 7;
const roll = (n) => { seed = (seed * 69069 + 1) % 4294967296; return Math.floor((seed / 4294967296) * n); };
const pick = (...xs) => xs[roll(xs.length)];
const clock = () => `${pick("7", "08", "9", "10", "11", "14", "15", "16", "19", "21")}:${String(roll(60)).padStart(2, "0")}`;
const top_ = (s, ink) => s.bare || s.system === "desktop" || s.wide ? "" : s.system === "ios"
  ? `<div class="top" style="color:${ink ?? "inherit"}"><span>${clock()}</span><span>${pick("▂▄▆ 5G", "▂▄ 4G", "▂▄▆ Wi-Fi")} ${pick("▰▰▱", "▰▰▰", "78", "41")}</span></div>`
  : `<div class="top left" style="color:${ink ?? "inherit"}"><span>${clock()} ${pick("", "◔", "✉", "⌁")}</span><span>${pick("HD ", "", "0.8K/s ", "12.3KB/s ")}${pick("5G", "4G", "5G◢")} ${20 + roll(79)}%</span></div>`;
const pill = () => `<span class="pill"><b>···</b><span style="opacity:.25">|</span><b>◉</b></span>`;
const hint = (x) => String(x ?? "").startsWith("~") ? `<span style="color:#b9b9c0">${t(x.slice(1))}</span>` : t(x);
const err = (s) => t(s.says ?? s.tells);
// A field is [label, value, button at its end]; an error may stand under one of them (`at`, from 0).
const under = (s, i, css) => s.show === "under" && i === (s.at ?? (s.form?.length ?? 1) - 1) ? `<div class="target" style="color:#e5484d;font-size:.82rem;padding:5px 0;${css ?? ""}">${when(s.sign, (x) => `<span>${t(x)} </span>`)}${err(s)}</div>` : "";
window.draw = (spec) => {
  seed = spec.seed % 4294967296;
  for (let i = 0; i < 5; i++) roll(2);
  document.documentElement.style.fontSize = `${spec.size}px`;
  document.documentElement.style.setProperty("--font", `"${spec.font}"`);
  if (spec.inner) spec.inner = { size: spec.size, colour: spec.colour, seed: spec.seed, system: "ios", ...spec.inner };
  document.body.innerHTML = frames[spec.look](spec);
};
