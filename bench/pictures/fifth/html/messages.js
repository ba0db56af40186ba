// Chats, messages, letters. A line is {me}, {them, who}, {at}; with `shot` a small picture of the look
// under `inner`, with `hit` what a cropped screenshot shows.

const lineOf = (s, x, size, round, mineFirst) => {
  if (x.at) return `<p class="at">${esc(x.at)}</p>`;
  const mine = x.me !== undefined;
  const face = person(mine ? "我" : x.who || s.title, size, round);
  const text = mine ? x.me : x.them;
  const body = x.shot ? `<div class="shot">${inSmall(s, x.wide || 150)}</div>` : `<div class="say">${esc(text)}</div>`;
  const name = !mine && x.who ? `<small>${esc(x.who)}</small>` : "";
  return `<div class="line ${mine ? "mine" : ""} ${x.hit ? "target" : ""}">${face}<div>${name}${x.quote ? `${body}<div class="quote">${esc(x.quote)}</div>` : body}</div></div>`;
};

// Green bubbles
look("green", `
  background: #ededed; &.dim { background: #111; }
  .n { display: flex; align-items: center; padding: 8px 16px; border-bottom: 1px solid #8883; } .n b { flex: 1; text-align: center; font-weight: 500; } .at { text-align: center; color: var(--soft); font-size: .78rem; padding: 10px; } .line { display: flex; gap: 10px; padding: 7px 14px; } .line.mine { flex-direction: row-reverse; } .line > div { max-width: 68%; } .line small { color: var(--soft); font-size: .76rem; display: block; } .say { background: #fff; color: #111; border-radius: 5px; padding: 9px 12px; word-break: break-all; } &.dim .say { background: #2c2c2c; color: #d5d5d5; } .mine .say, &.dim .mine .say { background: #95ec69; color: #111; } .quote { background: #8882; border-radius: 4px; padding: 4px 9px; margin-top: 4px; font-size: .84rem; color: var(--soft); } .shot { border-radius: 6px; overflow: hidden; } .x { margin-top: auto; background: #f7f7f7; border-top: 1px solid #8883; display: flex; gap: 10px; padding: 8px 12px 18px; font-size: 1.4rem; line-height: 1.3; color: #333; } &.dim .x { background: #1c1c1c; color: #ccc; } .x span { flex: 1; background: #fff; border-radius: 5px; } &.dim .x span { background: #2a2a2a; }
`, (s) => `${bar(s)}<div class="n">${chevron()}<b>${esc(s.title)}</b>⋯</div>${each(s.lines, (x) => lineOf(s, x, 40, 5))}<div class="x">◉<span></span>☺ ⊕</div>`);

// A chat at work, with who has read it
look("work", `
  background: #f3f4f6; &.dim { background: #141517; }
  .n { background: var(--box); padding: 8px 16px; display: flex; gap: 12px; align-items: center; } .n b { flex: 1; } .n small { display: block; color: var(--soft); font-weight: 400; font-size: .76rem; } .at { text-align: center; color: var(--soft); font-size: .76rem; padding: 8px; } .line { display: flex; gap: 9px; padding: 7px 12px; } .line.mine { flex-direction: row-reverse; } .line > div { max-width: 74%; } .line small { color: var(--soft); font-size: .76rem; display: block; } .say { background: var(--box); border-radius: 3px 12px 12px 12px; padding: 9px 13px; word-break: break-all; } .mine .say { background: #cfe3ff; color: #0b1d3a; border-radius: 12px 3px 12px 12px; } .mine .say::after { content: "已读"; display: block; font-size: .68rem; color: #4b8; text-align: right; } .quote { border-left: 3px solid #4a90e2; padding: 2px 9px; margin-top: 5px; font-size: .84rem; color: var(--soft); } .shot { border: 1px solid var(--line); border-radius: 8px; overflow: hidden; } .x { margin-top: auto; background: var(--box); padding: 12px 16px 22px; color: var(--soft); border-top: 1px solid var(--line); }
`, (s) => `${bar(s)}<div class="n">${chevron()}<b>${esc(s.title)}<small>${esc(s.sub)}</small></b>☎ ⋯</div>${each(s.lines, (x) => lineOf(s, x, 36, 18))}<div class="x">输入消息…</div>`);

// Blue bubbles with names of groups and ranks
look("blue", `
  background: #e7eef8; &.dim { background: #0b0f16; }
  .n { background: linear-gradient(90deg, #12b7f5, #1f8fff); color: #fff; } .n p { display: flex; padding: 8px 14px; align-items: center; } .n b { flex: 1; text-align: center; } .at { text-align: center; color: var(--soft); font-size: .76rem; padding: 8px; } .line { display: flex; gap: 9px; padding: 7px 12px; } .line.mine { flex-direction: row-reverse; } .line > div { max-width: 70%; } .line small { color: var(--soft); font-size: .74rem; display: block; } .line small::before { content: "♛ "; color: #f90; } .say { background: var(--box); border-radius: 16px; padding: 9px 14px; word-break: break-all; } .mine .say { background: #12a5f5; color: #fff; } .quote { background: #8883; border-radius: 8px; padding: 4px 10px; margin-top: 4px; font-size: .82rem; } .shot { border-radius: 12px; overflow: hidden; } .x { margin-top: auto; background: var(--box); padding: 10px 14px 20px; display: flex; justify-content: space-between; font-size: 1.2rem; color: var(--soft); }
`, (s) => `<div class="n">${bar(s)}<p>${chevron("#fff")}<b>${esc(s.title)}</b>☰</p></div>${each(s.lines, (x) => lineOf(s, x, 38, 19))}<div class="x"><span>♪</span><span>▣</span><span>◎</span><span>☺</span><span>＋</span></div>`);

// A record of a chat that was passed on as a whole
look("merged", `
  background: #fff; &.dim { background: #191919; }
  .n { padding: 10px 16px; border-bottom: 1px solid var(--line); text-align: center; } .n small { display: block; color: var(--soft); } .r { display: flex; gap: 12px; padding: 12px 16px; border-bottom: 1px solid var(--line); } .r > div { flex: 1; } .r small { color: var(--soft); display: flex; justify-content: space-between; font-size: .78rem; } .r p { word-break: break-all; padding-top: 3px; }
`, (s) => `${bar(s)}<div class="n">${esc(s.title)}<small>${esc(s.sub)}</small></div>${each(s.lines, ([who, at, text, hit]) => `<div class="r ${hit ? "target" : ""}">${person(who, 34, 4)}<div><small><span>${esc(who)}</span><span>${esc(at)}</span></small><p>${esc(text)}</p></div></div>`)}`);

// Short messages on an iPhone
look("texts", `
  background: #fff; &.dim { background: #000; }
  .n { text-align: center; padding: 4px 14px 8px; border-bottom: 1px solid var(--line); color: #0a7aff; position: relative; } .n > svg { position: absolute; left: 14px; top: 16px; } .n b { display: block; color: var(--fg); font-size: .78rem; font-weight: 400; } .at { text-align: center; color: var(--soft); font-size: .76rem; padding: 12px; } .line { padding: 4px 16px; display: flex; } .line > span { display: none !important; } .line.mine { justify-content: flex-end; } .line > div { max-width: 78%; } .say { background: #e9e9eb; color: #000; border-radius: 18px; padding: 9px 14px; word-break: break-all; } &.dim .say { background: #26262a; color: #fff; } .mine .say { background: #34c759; color: #fff; } .u { color: var(--soft); text-align: center; font-size: .78rem; padding: 12px; } .x { margin-top: auto; padding: 10px 16px 26px; color: var(--soft); } .x span { display: block; border: 1px solid var(--line); border-radius: 18px; padding: 5px 14px; }
`, (s) => `${bar(s)}<div class="n">${chevron()}${person("信", 44, 22)}<b>${esc(s.title)} ›</b></div>${each(s.lines, (x) => lineOf(s, x, 1, 1))}${when(s.note, (x) => `<p class="u">${esc(x)}</p>`)}<div class="x"><span>短信</span></div>`);

// Short messages on an Android phone, as cards with buttons
look("inbox", `
  background: #f6f7f8; &.dim { background: #0e0e0f; }
  .n { padding: 12px 18px; font-size: 1.2rem; display: flex; gap: 14px; align-items: center; } .n small { display: block; font-size: .76rem; color: var(--soft); } .c { margin: 8px 16px; background: var(--box); border-radius: 18px; padding: 14px 16px; word-break: break-all; } .c small { color: var(--soft); display: block; padding-top: 8px; font-size: .76rem; } .c u { color: #1a73e8; text-decoration: none; } .c ul { display: flex; border-top: 1px solid var(--line); margin: 12px -16px -14px; text-align: center; color: #1a73e8; } .c li { flex: 1; padding: 10px; } .x { margin-top: auto; padding: 14px 16px 20px; display: flex; gap: 12px; color: var(--soft); } .x span { flex: 1; background: var(--box); border-radius: 20px; padding: 7px 16px; }
`, (s) => `${bar(s)}<div class="n">←<span>${esc(s.title)}<small>${esc(s.sub)}</small></span></div>${each(s.lines, (x) => `<div class="c ${x.hit ? "target" : ""}">${esc(x.them)}<small>${esc(x.at)}　SIM ${from(1, 2)}</small>${when(x.buttons, () => `<ul>${each(x.buttons, (b) => `<li>${esc(b)}</li>`)}</ul>`)}</div>`)}<div class="x">＋<span>文字信息</span>▷</div>`);

// What lies on the locked screen
look("locked", `
  background: linear-gradient(170deg, #20304f, #7a4b6b 55%, #e9a178); color: #fff; text-align: center;
  h1 { font-size: 4.4rem; font-weight: 200; line-height: 1.1; padding-top: 36px; } .d { padding-bottom: 30px; } .c { margin: 0 12px 9px; background: #f5f5f7d9; color: #111; border-radius: 20px; padding: 12px 15px; text-align: left; } .c p { display: flex; gap: 8px; align-items: center; font-size: .8rem; color: #444; padding-bottom: 3px; } .c p span:last-child { margin-left: auto; } .c div { word-break: break-all; } .c b { display: block; } .x { margin-top: auto; padding: 24px; font-size: .9rem; opacity: .8; }
`, (s) => `${bar(s)}<h1>${clock()}</h1><p class="d">${esc(s.day)}</p>${each(s.lines, (x) => `<div class="c ${x.hit ? "target" : ""}"><p>${logo(20, `hsl(${from(0, 359)} 60% 50%)`)}<span>${esc(x.app)}</span><span>${esc(x.at)}</span></p><b>${esc(x.who)}</b><div>${esc(x.them)}</div></div>`)}<div class="x">上滑解锁</div>`);

// A letter by e-mail
look("post", `
  background: #fff; &.dim { background: #161618; }
  .n { display: flex; justify-content: space-between; padding: 10px 18px; color: #0a7aff; } h1 { font-size: 1.24rem; padding: 8px 18px; } .w { padding: 8px 18px; display: flex; gap: 10px; align-items: center; border-bottom: 1px solid var(--line); } .w small { display: block; color: var(--soft); } .b { padding: 16px 18px; word-break: break-all; } .b p { padding-bottom: 10px; } .b u { display: inline-block; background: #d33; color: #fff; text-decoration: none; padding: 7px 22px; border-radius: 4px; } .a { margin: 0 18px; border: 1px solid var(--line); border-radius: 8px; padding: 10px; color: var(--soft); }
`, (s) => `${bar(s)}<div class="n"><span>‹ 收件箱</span><span>⌃　⌄</span></div><h1>${esc(s.title)}</h1><div class="w">${person(s.sub, 38, 19)}<div>${esc(s.sub)}<small>${esc(s.from)}</small></div></div><div class="b">${each(s.lines, (x) => `<p class="${x.hit ? "target" : ""}">${esc(x.them)}</p>`)}${when(s.button, (x) => `<u>${esc(x)}</u>`)}</div>${when(s.note, (x) => `<div class="a">附件 ${esc(x)}</div>`)}`);

// The service of an authority that answers by itself
look("service", `
  background: linear-gradient(#dbe8ff, #f7f9fd 30%); &.dim { background: #0d1017; }
  .n { display: flex; padding: 6px 8px 6px 16px; align-items: center; } .n b { flex: 1; text-align: center; padding-left: 70px; } .at { text-align: center; color: var(--soft); font-size: .78rem; padding: 8px; } .line { display: flex; gap: 8px; padding: 7px 14px; } .line.mine { flex-direction: row-reverse; } .line > div { max-width: 74%; } .line small { display: none; } .say { background: var(--box); border-radius: 4px 14px 14px; padding: 10px 14px; } .mine .say { background: #2d6bff; color: #fff; border-radius: 14px 4px 14px 14px; } .shot { border-radius: 8px; overflow: hidden; border: 1px solid #8885; } .k { padding: 6px 14px; display: flex; gap: 8px; flex-wrap: wrap; } .k span { border: 1px solid #2d6bff; color: #2d6bff; border-radius: 16px; padding: 3px 13px; font-size: .88rem; } .x { margin-top: auto; background: var(--box); padding: 12px 16px 22px; display: flex; gap: 10px; color: var(--soft); } .x span { flex: 1; }
`, (s) => `${bar(s)}<div class="n">${chevron()}<b>${esc(s.title)}</b>${capsule()}</div>${each(s.lines, (x) => lineOf(s, x, 36, 18))}<div class="k">${each(s.links, (x) => `<span>${esc(x)}</span>`)}</div><div class="x"><span>请描述您的问题</span>发送</div>`);
