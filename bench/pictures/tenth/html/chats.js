// Chats, SMS, locked screens, a picture looked at.
const aimed = (s, text) => (s.aim || (s.says && String(text).includes(s.says)) ? "target" : "");
const bubble = (s, l, mine) => {
  if (l.shot) return `<div class="bb2 shot">${within(s, s.size > 18 ? 176 : 190, s.tall ?? 1.75)}</div>`;
  if (l.voice) return `<div class="bb2 voice">${glyph("wifi", 16, 2, 'style="transform:rotate(90deg)"')} ${l.voice}″</div>`;
  if (l.money) return `<div class="bb2 money ${s.aim ? "target" : ""}">${mark("good", 34, "#f9c98c")}<div><b>${h(l.money[0])}</b><small>${h(l.money[1])}</small></div></div>`;
  if (l.card) return `<div class="bb2 linkcard ${s.aim ? "target" : ""}"><b>${h(l.card[0])}</b><div><small>${h(l.card[1])}</small>${portrait(l.card[0], 44, 4)}</div></div>`;
  if (l.file) return `<div class="bb2 linkcard"><b>${h(l.file)}</b><div><small>${h(l.kb ?? "86.4 KB")}</small>${glyph("paper", 40, 1.2)}</div></div>`;
  if (l.photo) return `<div class="bb2 shot ph" style="background:hsl(${from(0, 359)} 40% 60%)">${figureOf(l.photo)}</div>`;
  const text = l.text ?? l.me ?? l.them;
  return `<div class="bb2 ${mine ? "g" : ""} ${aimed(s, text)}">${h(text)}</div>${when(l.quote, (q) => `<div class="quo ${aimed(s, q)}">${h(q)}</div>`)}`;
};
const figureOf = (kind) => `<svg viewBox="0 0 120 90" width="150" height="112">${{
  dish: '<rect width="120" height="90" fill="#8a5a36"/><ellipse cx="60" cy="50" rx="46" ry="28" fill="#f6f2ea"/><ellipse cx="60" cy="48" rx="34" ry="19" fill="#c2482a"/><path d="M36 46q10-10 18 0t20-2 14 4" stroke="#7ec850" stroke-width="5" fill="none"/>',
  cat: '<rect width="120" height="90" fill="#d8c9b0"/><path d="M40 82V46l-4-22 16 10h16l16-10-4 22v36z" fill="#70655c"/><circle cx="52" cy="50" r="4" fill="#dfe86b"/><circle cx="70" cy="50" r="4" fill="#dfe86b"/>',
  hills: '<rect width="120" height="90" fill="#a9d3ee"/><path d="M0 90V60l26-26 20 22 22-34 52 44v24z" fill="#4f7f5c"/><circle cx="98" cy="18" r="9" fill="#ffe28a"/>',
}[kind]}</svg>`;
const talk = (s, klass) => all(s.lines, (l) => {
  if (l.time) return `<p class="time">${h(l.time)}</p>`;
  if (l.note) return `<p class="time">${h(l.note)}</p>`;
  const mine = "me" in l || l.mine;
  const who = mine ? "我自己" : l.name ?? s.title;
  return `<div class="row ${mine ? "mine" : ""}">${portrait(who, 40, klass === "team" ? 20 : 5)}<div class="col">${when(!mine && l.name, (t) => `<small>${h(t)}</small>`)}${bubble(s, l, mine)}</div></div>`;
});
Object.assign(make, {
  wx: (s) => `${status(s)}<nav>${glyph("back", 22)}<h3>${h(s.title)}</h3>${glyph("more", 22)}</nav><section>${talk(s, "wx")}</section>${s.keys ? `<div class="type up">${glyph("mic", 24, 1.5)}<i>${h(s.draft)}</i>${glyph("face", 24, 1.5)}${glyph("plus", 24, 1.5)}</div>${keyboard(s.keys)}` : `<div class="type">${glyph("mic", 26, 1.5)}<i></i>${glyph("face", 26, 1.5)}${glyph("plus", 26, 1.5)}</div>`}`,
  team: (s) => `${status(s)}<nav>${glyph("back", 22)}<div><h3>${h(s.title)}</h3><small>${h(s.note)}</small></div>${glyph("phone", 20)}${glyph("more", 22)}</nav><section>${talk(s, "team")}</section><div class="type"><i>发消息…</i>${glyph("face", 24, 1.5)}${glyph("plus", 24, 1.5)}</div>`,
  // A talk that was forwarded whole
  record: (s) => `${status(s)}<nav>${glyph("close", 20)}<h3>${h(s.title)}</h3><span></span></nav><section><p class="time">${h(s.day)}</p>${all(s.lines, ([name, at, text]) => `<div class="rec">${portrait(name, 36, 4)}<div><small>${h(name)}<u>${h(at)}</u></small><p class="${aimed(s, text)}">${h(text)}</p></div></div>`)}</section>`,
  // One who writes SMS
  bubbles: (s) => (s.system === "ios" ? `${status(s)}<nav class="i">${glyph("back", 24)}<div>${portrait(s.title, 46, 23)}<small>${h(s.title)} ›</small></div><span></span></nav>` : `${status(s)}<nav>${glyph("arrow", 22)}<h3>${h(s.title)}</h3>${glyph("phone", 20)}</nav>`) + `<section>${all(s.lines, (l) => (l.time ? `<p class="time">${h(l.time)}</p>` : l.me ? `<div class="sms mine">${h(l.me)}</div>` : `<div class="sms ${aimed(s, l.them)}">${h(l.them)}</div>${when(l.acts, (x) => `<div class="chips">${all(x, (t) => `<span>${h(t)}</span>`)}</div>`)}`))}</section><div class="type"><i>${s.system === "ios" ? "短信" : "短信/彩信"}</i>${glyph("mic", 20)}</div>`,
  // The list of all SMS
  box: (s) => `${status(s)}<h1>${h(s.title)}</h1><div class="find">${glyph("search", 15)} 搜索</div>${all(s.items, ([name, text, at, dot], n) => `<div class="it ${n === (s.aimat ?? -1) ? "target" : ""}">${portrait(name, 42, 21)}<div><b>${h(name)}<u>${h(at)}</u></b><p>${h(text)}</p></div>${dot ? "<i></i>" : ""}</div>`)}${bottom(s)}`,
  locked: (s) => `<div class="wall" style="--a:hsl(${from(0, 359)} 45% 42%);--b:hsl(${from(0, 359)} 50% 22%)"></div>${status(s, "#fff")}<p class="day">${h(s.day)}</p><p class="hour">${clock()}</p>${all(s.items, ([app, text, at], n) => `<div class="push ${n === (s.aimat ?? 0) ? "target" : ""}">${portrait(app, 36, 9)}<div><b>${h(app)}<u>${h(at)}</u></b><p>${h(text)}</p></div></div>`)}${bottom(s, s.system === "ios" ? "#fff" : "")}`,
  // A picture that somebody sent, looked at on black
  viewer: (s) => `${status(s, "#fff")}<div class="mid">${within(s, s.wide ?? 330, s.tall ?? 1.72)}</div><div class="tools">${glyph("box", 20)}<span>编辑</span>${glyph("more", 22)}</div>`,
});
