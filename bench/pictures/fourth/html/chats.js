// Chats, short messages, mail. A line is one of {at}, {me}, {them}, {note}, {shot}, {link}; `hit` marks the one that matters.
const said_ = (s, text) => text === "$" ? says(s) : t(text);

// WeChat, with a screenshot in a bubble
page("wx", `
  background: #ededed; font-size: 17px; &.night { background: #111; --paper: #2c2c2c; } &.android { font-size: 16px; }
  .n { display: flex; align-items: center; justify-content: space-between; padding: 9px 14px; border-bottom: .5px solid #0001; } .n b { font-weight: 500; } .at { text-align: center; color: #b2b2b2; font-size: .76em; padding: 12px 0 4px; } .l { display: flex; gap: 10px; padding: 8px 12px; align-items: flex-start; } .l.me { flex-direction: row-reverse; } .l > div { max-width: 68%; } .l small { color: #8a8a8a; font-size: .7em; display: block; margin-top: -3px; } .u { background: var(--paper); border-radius: 5px; padding: 9px 12px; line-height: 1.4; word-break: break-all; position: relative; } .me .u { background: #95ec69; color: #111; } &.night .me .u { background: #3eb575; } .qu { background: #0000000d; color: #777; border-radius: 4px; padding: 6px 9px; margin-top: 5px; font-size: .8em; line-height: 1.4; } .shot { border-radius: 5px; overflow: hidden; border: .5px solid #0002; } .lk { background: #fff; color: #222; border-radius: 5px; padding: 10px 12px; width: 240px; } .lk p { color: #888; font-size: .75em; display: flex; justify-content: space-between; gap: 8px; padding-top: 5px; } .bar { margin-top: auto; background: #f7f7f7; color: #333; border-top: .5px solid #0002; display: flex; gap: 10px; align-items: center; padding: 8px 12px 22px; } &.night .bar { background: #1e1e1e; color: #ccc; } .bar i { flex: 1; background: #fff; border-radius: 5px; height: 36px; } &.night .bar i { background: #2c2c2c; }
`, (s) => `${top_(s)}<div class="n">${left()}<b>${t(s.title)}</b><span>···</span></div>${all(s.lines, (x) => {
  if (x.at) return `<div class="at">${t(x.at)}</div>`;
  if (x.note) return `<div class="at">${t(x.note)}</div>`;
  const mine = "me" in x; const who = mine ? "我自己" : x.who ?? s.title; const text = x.me ?? x.them;
  const inside = x.shot ? `<div class="shot ${x.hit ? "target" : ""}">${within(s, x.shot, x.tall ?? 1.7)}</div>` : x.link ? `<div class="lk">${t(x.link[0])}<p><span>${t(x.link[1])}</span>▤</p></div>` : `<div class="u ${x.hit ? "target" : ""}">${said_(s, text)}</div>${x.quote ? `<div class="qu">${said_(s, x.quote)}</div>` : ""}`;
  return `<div class="l ${mine ? "me" : ""}">${head(who, 40, 5)}<div>${x.who ? `<small>${t(x.who)}</small>` : ""}${inside}</div></div>`;
})}<div class="bar">◉<i></i>☺　⊕</div>`);

// A chat that was put together and passed on
page("record4", `
  background: #fff; font-size: 16px; &.night { background: #191919; }
  .n { display: flex; padding: 10px 14px; align-items: center; background: #ededed; color: #222; } .n b { flex: 1; text-align: center; font-weight: 500; padding-right: 12px; } .d { text-align: center; color: #aaa; font-size: 13px; padding: 18px 0 8px; } .l { display: flex; gap: 12px; padding: 12px 18px 0; } .l > div { flex: 1; border-bottom: 1px solid var(--rule); padding-bottom: 12px; } .l p { display: flex; justify-content: space-between; color: #8f8f8f; font-size: 13px; padding-bottom: 3px; }
`, (s) => `<div style="background:#ededed;color:#222">${top_(s)}</div><div class="n">${left("#222")}<b>${t(s.title)}</b></div><div class="d">${t(s.day)}</div>${all(s.lines, ([who, when, text, hit]) => `<div class="l">${head(who, 36, 4)}<div class="${text === "$" || hit ? "target" : ""}"><p><span>${t(who)}</span><span>${t(when)}</span></p>${text === "#" ? within(s, 190, 1.6) : said_(s, text)}</div></div>`)}`);

// A penguin's chat: blue bubbles, round heads
page("penguin", `
  background: linear-gradient(#f1f5fb, #e7eef9); font-size: 16px; &.night { background: #0f1218; --paper: #222833; }
  .n { display: flex; align-items: center; gap: 10px; padding: 10px 14px; } .n small { display: block; color: #2bb66a; font-size: 11px; } .n span:last-child { margin-left: auto; } .at { text-align: center; color: #9aa6b8; font-size: 12px; padding: 8px; } .l { display: flex; gap: 9px; padding: 8px 12px; } .l.me { flex-direction: row-reverse; } .u { max-width: 66%; background: var(--paper); border-radius: 14px; padding: 10px 14px; word-break: break-all; } .me .u { background: #0099ff; color: #fff; } .bar { margin-top: auto; padding: 10px 14px 24px; display: flex; gap: 10px; } .bar i { flex: 1; height: 38px; border-radius: 19px; background: var(--paper); } .bar b { background: #0099ff; color: #fff; border-radius: 19px; padding: 6px 16px; font-weight: 400; }
`, (s) => `${top_(s)}<div class="n">${left()}<div>${t(s.title)}<small>● ${t(s.state ?? "手机在线")}</small></div><span>☎　≡</span></div>${all(s.lines, (x) => x.at ? `<div class="at">${t(x.at)}</div>` : `<div class="l ${"me" in x ? "me" : ""}">${head("me" in x ? "本人" : x.who ?? s.title, 40, 20)}<div class="u ${x.hit ? "target" : ""}">${said_(s, x.me ?? x.them)}</div></div>`)}<div class="bar"><i></i><b>发送</b></div>`);

// A chat of work: names, read or not, a bar of plain tools
page("office4", `
  background: #f5f6f7; font-size: 15px; &.night { background: #17191c; --paper: #26292e; }
  .n { background: var(--paper); padding: 10px 14px; display: flex; gap: 10px; align-items: center; } .n em { background: #e8f3ff; color: #2b6de5; font-size: 11px; padding: 1px 6px; border-radius: 3px; } .l { display: flex; gap: 9px; padding: 9px 12px; } .l.me { flex-direction: row-reverse; } .l > div { max-width: 74%; } .l small { color: #8f959e; display: block; padding-bottom: 2px; } .me small { text-align: right; } .u { background: var(--paper); border: 1px solid #dee0e3; border-radius: 8px; padding: 9px 12px; word-break: break-all; } &.night .u { border-color: #3a3d43; } .me .u { background: #d9e8ff; color: #1f2329; } .rd { color: #2b6de5; font-size: 11px; text-align: right; padding-top: 2px; } .b { margin-top: auto; display: flex; gap: 22px; background: var(--paper); padding: 12px 16px 24px; color: #646a73; } .b i { flex: 1; background: #8881; border-radius: 6px; }
`, (s) => `${top_(s)}<div class="n">${left()}<b>${t(s.title)}</b>${if_(s.badge, (x) => `<em>${t(x)}</em>`)}</div>${all(s.lines, (x) => x.at ? `<p style="text-align:center;color:#8f959e;font-size:12px;padding:8px">${t(x.at)}</p>` : `<div class="l ${"me" in x ? "me" : ""}">${head(x.who ?? "我方", 36, 18)}<div><small>${t(x.who)}</small>${x.shot ? `<div class="target" style="border:1px solid #ccc">${within(s, x.shot, x.tall ?? 1.6)}</div>` : `<div class="u ${x.hit ? "target" : ""}">${said_(s, x.me ?? x.them)}</div>`}${"me" in x ? '<div class="rd">已读</div>' : ""}</div></div>`)}<div class="b"><i></i>@　☺　＋</div>`);

// Short messages as Android shows them
page("slip", `
  background: var(--paper); font-size: 1.02rem; &.night { background: #000; --paper: #000; }
  .n { display: flex; gap: 16px; align-items: center; padding: 12px 16px; } .n b { font-weight: 500; } .n small { display: block; color: var(--dim); font-weight: 400; } .at { color: var(--dim); font-size: .78rem; padding: 14px 22px 4px; text-align: center; } .u { margin: 4px 54px 8px 16px; background: #eef0f4; color: #16181d; border-radius: 18px 18px 18px 4px; padding: 13px 16px; line-height: 1.6; word-break: break-all; } &.night .u { background: #26282d; color: #e8e8ea; } .u.me { margin: 4px 16px 8px 90px; background: #cfe3ff; border-radius: 18px 18px 4px 18px; } .k { margin: 0 16px 12px; display: flex; gap: 8px; } .k span { border: 1px solid #8886; border-radius: 14px; padding: 3px 13px; color: #1a6fe0; font-size: .86rem; } .bar { margin: auto 14px 18px; border-radius: 22px; background: #8882; padding: 10px 18px; color: var(--dim); }
`, (s) => `${top_(s)}<div class="n">${left()}${head(s.title, 38, 19)}<b>${t(s.title)}<small>${t(s.sub)}</small></b></div>${all(s.lines, (x) => x.at ? `<div class="at">${t(x.at)}</div>` : x.keys ? `<div class="k">${all(x.keys, (y) => `<span>${t(y)}</span>`)}</div>` : `<div class="u ${"me" in x ? "me" : ""} ${x.hit ? "target" : ""}">${said_(s, x.me ?? x.them)}</div>`)}<div class="bar">短信/彩信</div>`);

// Short messages as an iPhone shows them
page("grey", `
  background: #fff; font-size: 17px; &.night { background: #000; }
  .n { text-align: center; background: #f6f6f6ee; color: #222; padding: 4px 14px 8px; position: relative; border-bottom: .5px solid #0003; font-size: 12px; } &.night .n { background: #161617; color: #eee; } .n svg { position: absolute; left: 12px; top: 18px; } .n i { display: block; width: 46px; height: 46px; border-radius: 50%; background: linear-gradient(#a9b0bd, #868d99); margin: 0 auto 4px; color: #fff; font: 26px/46px sans-serif; } .at { text-align: center; color: #8e8e93; font-size: 11.5px; padding: 12px 0 4px; } .u { margin: 3px 74px 3px 15px; background: #e9e9eb; color: #000; border-radius: 18px; padding: 8px 14px; line-height: 1.35; word-break: break-all; align-self: flex-start; } &.night .u { background: #262629; color: #fff; } .u a { text-decoration: underline; } .bar { margin: auto 14px 30px 54px; border: 1px solid #8888; border-radius: 18px; padding: 6px 14px; color: #aaa; }
`, (s) => `${top_(s)}<div class="n">${left("#007aff")}<i>☻</i>${t(s.title)} ›</div>${all(s.lines, (x) => x.at ? `<div class="at">${t(x.at)}</div>` : `<div class="u ${x.hit ? "target" : ""}">${said_(s, x.them)}</div>`)}<div class="bar">短信</div>`);

// A helper within an app, who answers with cards
page("counter4", `
  background: #e9f0f0; font-size: 15.5px; &.night { background: #0f1515; --paper: #1f2828; }
  .n { background: #007f7a; color: #fff; padding: 12px 16px; display: flex; gap: 12px; } .l { padding: 10px 14px; display: flex; gap: 10px; } .l.me { justify-content: flex-end; } .u { background: var(--paper); border-radius: 2px 12px 12px 12px; padding: 11px 14px; max-width: 78%; } .me .u { background: #007f7a; color: #fff; border-radius: 12px 2px 12px 12px; } .op { display: flex; flex-wrap: wrap; gap: 8px; padding: 6px 14px 6px 58px; } .op span { border: 1px solid #007f7a; color: #007f7a; border-radius: 4px; padding: 4px 11px; font-size: .88em; background: var(--paper); } .bar { margin-top: auto; background: var(--paper); padding: 12px 16px 24px; color: #9aa; border-top: 1px solid var(--rule); }
`, (s) => `<div style="background:#007f7a;color:#fff">${top_(s)}</div><div class="n">${left("#fff")}${t(s.title)}</div>${all(s.lines, (x) => x.options ? `<div class="op">${all(x.options, (y) => `<span>${t(y)}</span>`)}</div>` : `<div class="l ${"me" in x ? "me" : ""}">${"me" in x ? "" : head(s.title, 34, 17)}<div class="u ${x.hit ? "target" : ""}">${said_(s, x.me ?? x.them)}</div></div>`)}<div class="bar">请描述您遇到的问题…</div>`);

// One letter of a mailbox on a phone
page("letter4", `
  background: #fff; &.night { background: #1b1b1d; }
  .n { display: flex; justify-content: space-between; padding: 12px 18px; color: #2f6fde; } h1 { font-size: 1.28rem; padding: 6px 20px 12px; } .f { display: flex; gap: 12px; padding: 0 20px 14px; border-bottom: 1px solid var(--rule); font-size: .9rem; } .f small { display: block; color: var(--dim); } .m { padding: 16px 20px; line-height: 1.8; } .m .k { display: inline-block; background: #e1251b; color: #fff; padding: 8px 24px; margin: 12px 0; }
`, (s) => `${top_(s)}<div class="n"><span>‹ 收件箱</span><span>⌃　⌄</span></div><h1>${t(s.title)}</h1><div class="f">${head(s.from, 40, 20)}<div>${t(s.from)}<small>${t(s.sub)}</small></div></div><div class="m target">${t(s.text)}${if_(s.button, (x) => `<br><span class="k">${t(x)}</span>`)}<br>${t(s.foot)}</div>`);

// A picture opened large: black all around
page("blackroom", `
  background: #000; color: #ddd; align-items: center; justify-content: center; 
  .f { margin: 14px auto; } .b { position: absolute; bottom: 16px; left: 18px; right: 18px; display: flex; justify-content: space-between; font-size: .84rem; } .b span { background: #333c; border-radius: 16px; padding: 6px 14px; }
`, (s) => `<div class="f target">${within(s, s.wide ?? 320, s.tall ?? 1.85)}</div><div class="b"><span>${t(s.note ?? "查看原图(312K)")}</span><span>⤓</span></div>`);
