// Draws a spec of the ninth set: a skin around nodes, with what lies over them.
const clock = (s) => `${8 + s.seed % 12}:${String(s.seed % 60).padStart(2, "0")}`;
function bars(s) {
  if (s.system === "desktop") {
    if (s.look === "client") return `<div style="background:#fff;padding:6px 12px;display:flex;font-size:13px"><span style="flex:1">${safe(s.title)}</span><span>—　▢　✕</span></div>`;
    const menu = s.menu ? `<div style="background:var(--tone);color:#fff;padding:16px 40px;display:flex;gap:30px"><b style="font-size:1.3em">${safe(s.title)}</b>${each(s.menu, (one) => `<span>${safe(one)}</span>`)}</div>` : "";
    return `<div style="background:#e6e9ef;padding:8px 14px;font-size:12px"><span style="background:#fff;border-radius:8px 8px 0 0;padding:8px 18px">${safe(s.tab ?? s.title)}　×</span></div><div style="background:#fff;padding:6px 14px;font-size:13px;color:#555;border-bottom:1px solid #dde">←　→　↻　　${safe(s.address)}</div>${menu}`;
  }
  const status = s.system === "ios" ? `<div class="status"><b>${clock(s)}</b><span>▂▄▆ 5G ▰▰▱</span></div>` : `<div class="status"><span>${clock(s)}　✉</span><span>◢ ${20 + s.seed % 75}%</span></div>`;
  if (s.title === undefined) return status;
  const back = s.root ? "" : `<span style="font-size:1.3em">${s.system === "ios" ? "‹" : "←"}</span>`;
  return `${status}<div class="nav">${back}<b>${safe(s.title)}</b>${s.mini ? `<span class="capsule">•••|◉</span>` : s.right ? `<span>${safe(s.right)}</span>` : ""}</div>`;
}
window.draw = (s) => {
  const dark = s.dark && !["web", "client", "brick", "paper"].includes(s.look);
  const set = dark
    ? { back: "#0f1012", card: "#1c1d20", ink: "#e9e9ea", soft: "#97999e", line: "#303236", hint: "#66686d", fill: "#26272b" }
    : { back: { tide: "#f3f3f5", slate: "#fff", brick: "#fff" }[s.look] ?? "#f5f6f8", card: "#fff", ink: "#1d1e20", soft: "#85888f", line: "#e6e7ea", hint: "#b9bcc2", fill: "#f1f2f4" };
  if (s.chatty && !dark) set.back = "#ededed";
  for (const [name, value] of Object.entries(set)) document.body.style.setProperty(`--${name}`, value);
  document.body.style.setProperty("--tone", s.tone ?? s.colour);
  document.body.style.setProperty("--round", { tide: "6px", slate: "26px", pine: "12px" }[s.look] ?? "5px");
  document.body.style.setProperty("--size", `${s.size}px`);
  document.body.style.fontFamily = `"${s.font}"`;
  const tabs = (s.nodes ?? []).find((node) => node.tabs);
  const foot = s.chatty ? `<div style="display:flex;gap:12px;padding:10px 14px 18px;background:var(--fill)"><span>◌</span><span style="flex:1;background:var(--card);border-radius:5px;padding:7px"></span><span>☺</span><span>＋</span></div>` : tabs ? `<div class="tabs">${each(tabs.tabs, (one) => `<span>▢<br>${safe(one)}</span>`)}</div>` : "";
  document.body.innerHTML = `<div class="screen ${s.look}">${s.look === "paper" ? "" : bars(s)}<div class="main" style="${s.look === "paper" ? "padding:26px;width:520px" : ""}">${made(s)}</div>${foot}${s.how && shows[s.how] ? shows[s.how](s) : ""}</div>`;
};
