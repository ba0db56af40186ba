// Chats, text messages, letters and what a locked phone shows.

const face = (name, round) => { const tone = [...String(name)].reduce((sum, sign) => (sum * 29 + sign.codePointAt(0)) % 360, 5); return `<span style="width:38px;height:38px;border-radius:${round};background:hsl(${tone} 42% 58%);flex:none;display:grid;place-items:center;color:#fff;font-size:.9rem">${esc(String(name)[0])}</span>`; };
const cut = (text, s) => text === "$" ? (s.says ?? s.telling ?? "") : text;
const bubble = (s, line, back, ink, hit) => line.shot ? nested(s, line.shot, line.tall ?? 1.8) : `<span class="${hit ? "target" : ""}" style="background:${back};color:${ink};border-radius:${s.round ?? 5}px;padding:8px 12px;max-width:68%;font-size:.97rem;line-height:1.42">${esc(cut(line.them ?? line.me, s))}</span>`;
const talk = (s, look) => each(s.lines, (line) => {
  if (line.at) return `<div style="text-align:center;color:var(--soft);font-size:.76rem;padding:12px">${esc(line.at)}</div>`;
  if (line.keys) return `<div style="display:flex;gap:8px;padding:4px 60px;flex-wrap:wrap">${each(line.keys, (x) => `<span style="border:1px solid var(--line);border-radius:99px;padding:3px 14px;font-size:.84rem;background:var(--card)">${esc(x)}</span>`)}</div>`;
  const mine = "me" in line;
  const who = line.who ?? (mine ? "我" : s.title);
  return `<div style="display:flex;gap:9px;padding:7px 12px;flex-direction:${mine ? "row-reverse" : "row"}">${look.faces ? face(who, look.faces) : ""}<div style="display:flex;flex-direction:column;align-items:${mine ? "flex-end" : "flex-start"};flex:1">${line.who && !mine ? `<small style="padding:0 2px 3px">${esc(line.who)}</small>` : ""}${bubble(s, line, mine ? look.mine : "var(--card)", mine ? look.ink : "var(--fg)", line.hit)}</div></div>`;
});

// The green messenger
looks.green = (s) => shell(s, s.dark ? "" : "background:#ededed", `${status(s)}<div style="display:flex;justify-content:space-between;padding:9px 16px;border-bottom:1px solid var(--line);font-weight:600"><span>‹${from("", " 12", " 3")}</span><span>${esc(s.title)}</span><span>⋯</span></div><div style="padding:6px 0">${talk(s, { faces: "5px", mine: "#95ec69", ink: "#111" })}</div><div style="margin-top:auto;background:${s.dark ? "#1c1c1c" : "#f6f6f6"};padding:9px 12px 22px;display:flex;gap:10px;align-items:center"><span>◉</span><span style="flex:1;background:var(--card);border-radius:5px;height:34px"></span><span>☺　⊕</span></div>`);

// A messenger of firms, with names over the words
looks.firm = (s) => shell({ ...s, round: 12 }, "", `${status(s)}<div style="background:var(--card);padding:9px 16px;border-bottom:1px solid var(--line);display:flex;gap:10px;align-items:center"><span>←</span><span style="flex:1"><b>${esc(s.title)}</b><br><small>${esc(s.sub)}</small></span><span>☏　≡</span></div><div style="padding:6px 0">${talk({ ...s, round: 12 }, { faces: "50%", mine: "#3a7afe", ink: "#fff" })}</div><div style="margin-top:auto;background:var(--card);padding:11px 16px 20px;color:var(--soft);font-size:.9rem">请输入消息</div>`);

// Text messages
looks.text = (s) => shell(s, "background:var(--card)", `${status(s)}<div style="text-align:center;padding:8px;border-bottom:1px solid var(--line)"><span style="float:left;color:#0a7aff">‹</span><b>${esc(s.title)}</b>${opt(s.sub, (x) => `<br><small>${esc(x)}</small>`)}</div><div style="padding:6px 0">${talk({ ...s, round: 17 }, { mine: "#34c759", ink: "#fff" }).replaceAll("var(--card)", s.dark ? "#2c2c2e" : "#e9e9eb")}</div><div style="margin-top:auto;padding:10px 14px 22px;display:flex;gap:10px"><span style="flex:1;border:1px solid var(--line);border-radius:99px;padding:6px 14px;color:#b4b9c1;font-size:.9rem">${s.system === "ios" ? "文本信息" : "短信"}</span></div>`);

// A counter where one writes to a bot
looks.bot = (s) => shell(s, "background:#eef2f9;--fg:#222;--card:#fff", `${status(s)}${bar(s)}<div>${talk({ ...s, round: 14 }, { faces: "50%", mine: s.colour, ink: "#fff" })}</div><div style="margin-top:auto;background:#fff;padding:10px 16px 18px;display:flex;gap:8px;font-size:.86rem;color:#666">${each(["转人工", "常见问题", "评价服务"], (x) => `<span style="background:#eef2f9;border-radius:99px;padding:4px 12px">${x}</span>`)}</div>`);

// What was passed on of a chat
looks.passed = (s) => shell(s, "background:var(--card)", `${status(s)}<div style="text-align:center;padding:11px;font-weight:600">${esc(s.title)}</div><div style="text-align:center;color:var(--soft);font-size:.8rem;padding-bottom:10px">${esc(s.day)}</div>${each(s.lines, ([who, when, text, hit]) => `<div style="display:flex;gap:10px;padding:10px 16px">${face(who, "5px")}<div style="flex:1;border-bottom:1px solid var(--line);padding-bottom:10px"><div style="display:flex;justify-content:space-between"><small>${esc(who)}</small><small>${esc(when)}</small></div><span class="${hit ? "target" : ""}" style="font-size:.96rem">${esc(cut(text, s))}</span></div></div>`)}`);

// Notes on a locked phone
looks.locked = (s) => shell(s, "background:linear-gradient(170deg,#31506b,#8a5a6a);color:#fff", `${status(s, "#fff")}<div style="text-align:center;padding:38px 0 30px"><div>${esc(s.day)}</div><div style="font-size:4.2rem;line-height:1.1">${esc(s.clock)}</div></div>${each(s.notes, ([app, when, who, text]) => `<div style="background:#ffffffcc;color:#222;border-radius:16px;margin:5px 12px;padding:12px 15px"><div style="display:flex;justify-content:space-between;font-size:.76rem;color:#555"><span>${esc(app)}</span><span>${esc(when)}</span></div><b style="font-size:.92rem">${esc(who)}</b><div style="font-size:.92rem">${esc(text)}</div></div>`)}`);

// A letter
looks.post = (s) => shell(s, "background:var(--card)", `${status(s)}<div style="padding:10px 16px;color:#0a7aff">‹ 收件箱</div><div style="padding:8px 20px"><h2 style="font-size:1.24rem;margin-bottom:10px">${esc(s.title)}</h2><div style="display:flex;gap:10px;border-bottom:1px solid var(--line);padding-bottom:12px">${face(s.from, "50%")}<span>${esc(s.from)}<br><small>${esc(s.sub)}</small></span></div><p class="target" style="padding:16px 0;line-height:1.8">${esc(s.text)}</p>${opt(s.button, (x) => `<span style="background:#d33;color:#fff;padding:9px 26px;border-radius:4px">${esc(x)}</span>`)}</div>`);

// A picture of a screen, looked at in full on black
looks.viewer = (s) => `<div class="screen" style="background:#000;justify-content:center;align-items:center">${nested(s, s.wide ?? 300, s.tall ?? 1.9)}</div>`;
