// What has nothing to do with it, and papers. `tells` stands where an error of ours would.

// A bank: a card, money that came and went
look("bank", `
  background: #f4f1ec; &.dim { background: #0f0e0c; }
  .h { background: linear-gradient(120deg, #0b5d4a, #1d9a78); color: #fff; padding-bottom: 50px; } .h p { padding: 10px 18px; } .c { margin: -38px 16px 12px; background: var(--box); border-radius: 12px; padding: 16px 18px; box-shadow: 0 2px 14px #0002; } .c b { font-size: 1.7rem; display: block; } .r { margin: 0 16px; padding: 11px 4px; border-bottom: 1px solid var(--line); display: flex; justify-content: space-between; } .r small { display: block; color: var(--soft); } .w { width: 80%; background: var(--box); border-radius: 12px; padding: 24px 20px 14px; text-align: center; } .w span { display: block; } .w b { display: block; margin-top: 18px; color: #1d9a78; border-top: 1px solid var(--line); padding-top: 12px; }
`, (s) => `<div class="h">${bar(s)}<p>${esc(s.title)}</p></div><div class="c"><small>${esc(s.text)}</small><b>${esc(s.sum)}</b></div>${each(s.list, ([a, b, c]) => `<div class="r"><span>${esc(a)}<small>${esc(b)}</small></span><span>${esc(c)}</span></div>`)}${when(s.says, () => `<div class="veil"></div><div class="w mid target">${error(s)}<b>我知道了</b></div>`)}`);

// Food that is brought
look("meal", `
  background: #f5f5f5; &.dim { background: #131313; }
  .h { background: #ffd000; color: #222; padding-bottom: 10px; } .h p { padding: 6px 14px; display: flex; justify-content: space-between; } .h div.s { margin: 0 14px; background: #fff; border-radius: 18px; padding: 5px 14px; color: #888; } .r { display: flex; gap: 12px; background: var(--box); margin: 10px 12px 0; border-radius: 10px; padding: 12px; } .r i { flex: none; width: 74px; height: 74px; border-radius: 8px; } .r small { display: block; color: var(--soft); } .r em { color: #f0430a; } .e { position: absolute; left: 50%; bottom: 110px; transform: translateX(-50%); background: #333e; color: #fff; border-radius: 6px; padding: 10px 18px; width: max-content; max-width: 84%; } .x { margin-top: auto; background: #222; color: #fff; border-radius: 24px; margin-inline: 12px; margin-bottom: 14px; padding: 10px 18px; display: flex; justify-content: space-between; }
`, (s) => `<div class="h">${bar(s)}<p><b>◉ ${esc(s.title)}</b><span>♡</span></p><div class="s">${LENS} ${esc(s.search)}</div></div>${each(s.list, ([a, b, c]) => `<div class="r"><i style="background:radial-gradient(circle at 40% 40%, hsl(${from(10, 50)} 80% 62%), hsl(${from(0, 120)} 50% 36%))"></i><div><b>${esc(a)}</b><small>${esc(b)}</small><em>${esc(c)}</em></div></div>`)}<div class="x"><span>${esc(s.sum)}</span><b>${esc(s.button)}</b></div>${when(s.says, () => `<div class="e target">${error(s)}</div>`)}`);

// A game: gems, a wooden board with words
look("game", `
  background: linear-gradient(#57c7ff, #3a7bd5); color: #fff;
  .t { display: flex; justify-content: space-between; padding: 10px 16px; font-weight: 700; } .g { display: grid; grid-template-columns: repeat(6, 1fr); gap: 6px; margin: 20px 14px; background: #0b2a5a77; border-radius: 16px; padding: 12px; } .g i { aspect-ratio: 1; border-radius: 30%; box-shadow: inset 0 -5px 8px #0005, inset 0 4px 6px #fff8; } .b { margin: 14px auto; background: #ffb300; border: 4px solid #a65d00; border-radius: 30px; padding: 8px 40px; color: #5a2e00; font-weight: 700; font-size: 1.2rem; } .w { width: 84%; background: #c98a4b; border: 6px solid #7a4a1d; border-radius: 20px; text-align: center; padding: 20px 16px; color: #3a1d00; font-weight: 700; } .w h3 { color: #fff; background: #d4282d; border-radius: 10px; padding: 4px; margin-bottom: 14px; }
`, (s) => `${bar(s)}<div class="t"><span>♥ ${from(1, 5)}</span><span>${esc(s.title)}</span><span>✦ ${from(120, 9800)}</span></div><div class="g">${each(Array(36).fill(0), () => `<i style="background:hsl(${from(0, 6) * 52} 80% 55%)"></i>`)}</div><div class="b">${esc(s.button)}</div>${when(s.says, () => `<div class="veil"></div><div class="w mid target"><h3>${esc(s.heading)}</h3>${error(s)}</div>`)}`);

// A map with a way on it
look("map", `
  background: #e9efe4; color: #222;
  .m { position: absolute; inset: 0; } .q { position: relative; margin: 8px 12px; background: #fff; border-radius: 10px; padding: 10px 14px; box-shadow: 0 2px 10px #0003; } .c { position: absolute; left: 0; right: 0; bottom: 0; background: #fff; border-radius: 18px 18px 0 0; padding: 18px 20px 30px; } .c b { font-size: 1.3rem; } .c small { display: block; color: #777; } .c p { margin-top: 12px; background: #1a8cff; color: #fff; border-radius: 24px; text-align: center; padding: 10px; } .e { color: #d4380d; padding-top: 6px; }
`, (s) => `<div class="m">${svg(420, 900, `${each(Array(14).fill(0), () => `<path d="M${from(-20, 400)} ${from(0, 900)}L${from(0, 440)} ${from(0, 900)}" stroke="#fff" stroke-width="${from(6, 18)}"/>`)}<path d="M-10 ${from(300, 500)}q120 -90 230 20t240 -10v70q-120 80 -240 10t-230 10z" fill="#a9d3f5"/><path d="M90 640L150 520L230 470L280 300L330 210" stroke="#1a8cff" stroke-width="9" fill="none"/><circle cx="330" cy="210" r="11" fill="#e33"/>`, "width:100%;height:100%")}</div><div style="position:relative">${bar(s)}</div><div class="q">‹　${esc(s.search)}</div><div class="c"><b>${esc(s.title)}</b><small>${esc(s.text)}</small>${when(s.says, () => `<div class="e target">${error(s)}</div>`)}<p>${esc(s.button)}</p></div>`);

// Settings of a phone
look("prefs", `
  background: #f2f2f6; &.dim { background: #000; }
  h1 { padding: 12px 18px; font-size: 1.7rem; } .q { margin: 0 16px 12px; background: #8882; border-radius: 10px; padding: 6px 12px; color: var(--soft); } .c { margin: 0 16px 16px; background: var(--box); border-radius: 12px; } .c p { display: flex; padding: 11px 14px; gap: 12px; align-items: center; border-bottom: 1px solid var(--line); } .c p:last-child { border: 0; } .c i { width: 26px; height: 26px; border-radius: 7px; flex: none; } .c span { margin-left: auto; color: var(--soft); } .e { padding: 0 30px 12px; color: var(--soft); font-size: .86rem; }
`, (s) => `${bar(s)}<h1>${esc(s.title)}</h1>${when(s.search, (x) => `<div class="q">${LENS} ${esc(x)}</div>`)}${each(s.groups, (group) => `<div class="c">${each(group, ([a, b]) => `<p><i style="background:hsl(${from(0, 359)} 65% 55%)"></i>${esc(a)}<span>${esc(b)} ›</span></p>`)}</div>`)}${when(s.says, () => `<p class="e target">${error(s)}</p>`)}`);

// Things to buy
look("goods", `
  background: #f6f6f6; &.dim { background: #141414; }
  .h { background: #ff4d4f; color: #fff; } .h p { padding: 6px 12px 10px; display: flex; gap: 10px; } .h span { flex: 1; background: #fff; color: #888; border-radius: 16px; padding: 3px 12px; } .g { display: grid; grid-template-columns: 1fr 1fr; gap: 9px; padding: 9px; } .g div { background: var(--box); border-radius: 8px; overflow: hidden; font-size: .88rem; } .g i { display: block; height: 110px; } .g p { padding: 6px 9px; } .g b { color: #ff4d4f; padding: 0 9px 9px; display: block; font-size: 1.1rem; } .w { position: absolute; left: 0; right: 0; bottom: 0; background: var(--box); border-radius: 16px 16px 0 0; padding: 26px 24px 34px; text-align: center; } .w b { display: block; background: #ff4d4f; color: #fff; border-radius: 24px; padding: 10px; margin-top: 18px; }
`, (s) => `<div class="h">${bar(s)}<p>≡<span>${esc(s.search)}</span>▥</p></div><div class="g">${each(s.list, ([a, b]) => `<div><i style="background:linear-gradient(${from(0, 180)}deg,hsl(${from(0, 359)} 50% 72%),hsl(${from(0, 359)} 45% 50%))"></i><p>${esc(a)}</p><b>${esc(b)}</b></div>`)}</div>${when(s.says, () => `<div class="veil"></div><div class="w target">${error(s)}<b>${esc(s.button)}</b></div>`)}`);

// The weather
look("sky", `
  background: linear-gradient(#3f6fb5, #9cc4ea); color: #fff; text-align: center;
  h1 { font-weight: 400; padding-top: 30px; font-size: 1.7rem; } .b { font-size: 5rem; font-weight: 200; line-height: 1.15; } .c { margin: 22px 16px; background: #ffffff2a; border-radius: 14px; padding: 10px 16px; } .c p { display: flex; justify-content: space-between; padding: 7px 0; } .w { margin: 0 16px; background: #c0392bcc; border-radius: 12px; padding: 10px 14px; text-align: left; font-size: .92rem; }
`, (s) => `${bar(s)}<h1>${esc(s.title)}</h1><div class="b">${esc(s.sum)}</div><p>${esc(s.text)}</p><div class="c">${each(s.list, ([a, b]) => `<p><span>${esc(a)}</span><span>${esc(b)}</span></p>`)}</div>${when(s.says, () => `<div class="w target">⚠ ${error(s)}</div>`)}`);

// A short film
look("clip", `
  background: #000; color: #fff;
  .m { position: absolute; inset: 0; background: linear-gradient(hsl(210 40% 30%), hsl(30 50% 45%) 60%, #222); } .m::after { content: ""; position: absolute; left: 25%; bottom: 28%; width: 50%; height: 34%; border-radius: 45% 45% 10% 10%; background: #3a2f44; } .t { position: relative; display: flex; justify-content: center; gap: 24px; padding: 10px; } .r { position: absolute; right: 12px; bottom: 150px; text-align: center; display: grid; gap: 18px; font-size: .8rem; } .r i { display: block; font-size: 1.8rem; line-height: 1.1; } .c { position: absolute; left: 16px; right: 80px; bottom: 70px; } .c b { display: block; } .e { position: absolute; left: 50%; top: 44%; transform: translate(-50%, -50%); background: #000b; padding: 12px 20px; border-radius: 8px; width: max-content; max-width: 80%; text-align: center; }
`, (s) => `<div class="m"></div><div style="position:relative">${bar(s)}</div><div class="t">${each(s.tabs, (x) => `<span>${esc(x)}</span>`)}</div><div class="r"><span><i>♥</i>${from(1, 99)}.${from(0, 9)}w</span><span><i>✉</i>${from(100, 9000)}</span><span><i>➦</i>分享</span></div><div class="c"><b>@${esc(s.title)}</b>${esc(s.text)}</div>${when(s.says, () => `<div class="e target">${error(s)}</div>`)}`);

// A table on a computer
look("cells", `
  background: #fff; font-size: 14px;
  .h { background: #1e7145; color: #fff; padding: 8px 16px; } .k { background: #f3f3f3; padding: 8px 16px; border-bottom: 1px solid #ccc; } table { border-collapse: collapse; } td { border: 1px solid #d4d4d4; padding: 5px 12px; min-width: 110px; } tr:first-child td, td:first-child { background: #e9e9e9; text-align: center; min-width: 44px; } .x { margin-top: auto; background: #f3f3f3; padding: 5px 16px; }
`, (s) => `<div class="h">${esc(s.title)}</div><div class="k">文件　开始　插入　页面布局　公式　数据　审阅　视图</div><table><tr><td></td>${each(s.rows[0], (_, at) => `<td>${"ABCDEFGH"[at]}</td>`)}</tr>${each(s.rows, (row, at) => `<tr><td>${at + 1}</td>${each(row, (x) => `<td>${esc(x)}</td>`)}</tr>`)}</table><div class="x">◂ ▸　Sheet1　＋　　　　平均值：${from(200, 900)}　计数：${from(8, 60)}</div>`);

// Seats in a train
look("train", `
  background: #eef3f9; &.dim { background: #0d1116; }
  .h { background: #2a7de1; color: #fff; padding-bottom: 12px; } .h p { text-align: center; padding: 6px; font-size: 1.1rem; } .h ul { display: flex; justify-content: space-around; font-size: .86rem; } .c { background: var(--box); margin: 10px 12px 0; border-radius: 10px; padding: 12px 16px; } .c p { display: flex; justify-content: space-between; font-size: 1.16rem; } .c small { color: var(--soft); } .e { margin: 12px; background: #fff3cd; color: #7a5b00; padding: 10px 14px; border-radius: 8px; }
`, (s) => `<div class="h">${bar(s)}<p>${esc(s.title)}</p><ul><li>前一天</li><li>${esc(s.day)}</li><li>后一天</li></ul></div>${when(s.says, () => `<div class="e target">${error(s)}</div>`)}${each(s.list, ([a, b, c, d]) => `<div class="c"><p><b>${esc(a)}</b><span>${esc(b)}</span><b>${esc(c)}</b></p><small>${esc(d)}</small></div>`)}`);

// An article with pictures, what people say below
look("article", `
  background: #fff; &.dim { background: #1a1a1a; }
  .n { display: flex; justify-content: space-between; padding: 10px 16px; } h1 { font-size: 1.36rem; padding: 8px 18px; line-height: 1.4; } .d { padding: 0 18px 12px; color: var(--soft); font-size: .84rem; } .i { height: 160px; margin: 0 18px; border-radius: 6px; } .b { padding: 14px 18px; text-indent: 2em; } .k { padding: 8px 18px; border-top: 8px solid #8881; } .k div { display: flex; gap: 10px; padding: 8px 0; } .k small { color: var(--soft); display: block; }
`, (s) => `${bar(s)}<div class="n">${chevron()}<span>⋯</span></div><h1>${esc(s.title)}</h1><p class="d">${esc(s.text)}</p><div class="i" style="background:linear-gradient(${from(0, 90)}deg,hsl(${from(0, 359)} 40% 70%),hsl(${from(0, 359)} 40% 40%))"></div>${each(s.lines, (x) => `<p class="b">${esc(x)}</p>`)}<div class="k">${each(s.list, ([a, b]) => `<div>${person(a, 30, 15)}<span><small>${esc(a)}</small>${esc(b)}</span></div>`)}</div>`);

// Days of a month
look("month", `
  background: #fff; &.dim { background: #000; } text-align: center;
  h1 { text-align: left; padding: 14px 18px; font-size: 1.5rem; } .g { display: grid; grid-template-columns: repeat(7, 1fr); } .g span { padding: 8px 0; } .g small { display: block; font-size: .66rem; color: var(--soft); } .g .on { background: var(--key); color: #fff; border-radius: 12px; } .l { text-align: left; padding: 14px 18px; } .l p { border-left: 4px solid var(--key); padding: 4px 12px; margin-bottom: 10px; } .l small { color: var(--soft); display: block; }
`, (s) => `${bar(s)}<h1>${esc(s.title)}</h1><div class="g">${each("日一二三四五六".split(""), (x) => `<span>${x}</span>`)}${each(Array(30).fill(0), (_, at) => `<span class="${at === 15 ? "on" : ""}">${at + 1}<small>${["初", "十", "廿"][Math.floor(at / 10)]}${"一二三四五六七八九十"[at % 10]}</small></span>`)}</div><div class="l">${each(s.list, ([a, b]) => `<p>${esc(a)}<small>${esc(b)}</small></p>`)}</div>`);

// A bill on thin paper
look("receipt", `
  .main { width: 380px; background: #fbfaf6; color: #222; padding: 26px 24px; font-size: 15px; filter: contrast(.92); } h1 { text-align: center; font-size: 21px; } p { display: flex; justify-content: space-between; } hr { border: 0; border-top: 1.5px dashed #555; margin: 10px 0; } .c { text-align: center; display: block; } .c svg { margin: 10px auto; }
`, (s) => `<div class="main"><h1>${esc(s.title)}</h1>${each(s.lines, (x) => `<p>${esc(x)}</p>`)}<hr>${each(s.list, ([a, b]) => `<p><span>${esc(a)}</span><span>${esc(b)}</span></p>`)}<hr><p><b>${esc(s.text)}</b><b>${esc(s.sum)}</b></p><p class="c">${qr(21, 96)}</p><p class="c">${esc(s.foot)}</p></div>`);

// A poster on a wall, a leaf with a heading and lines
look("placard", `
  .main { width: 620px; min-height: 780px; padding: 50px 54px; color: var(--ink, #fff); text-align: center; } h1 { font-size: 54px; line-height: 1.25; letter-spacing: 5px; } h2 { font-size: 26px; padding: 16px 0 30px; } p { font-size: 21px; padding: 7px 0; } .f { font-size: 17px; padding-top: 40px; opacity: .85; }
`, (s) => `<div class="main" style="background:${s.ground};--ink:${s.ink || "#fff"}"><h1>${esc(s.title)}</h1><h2>${esc(s.text)}</h2>${each(s.lines, (x) => `<p>${esc(x)}</p>`)}<p class="f">${esc(s.foot)}</p></div>`);

// A licence on paper
look("licence", `
  .main { width: 900px; background: #fdfbf3; color: #222; padding: 34px 60px 40px; border: 14px double #c9a24d; font-size: 19px; position: relative; } h1 { text-align: center; font-size: 46px; letter-spacing: 26px; color: #8c1c13; } .u { text-align: center; padding-bottom: 22px; font-size: 20px; } .g { display: grid; grid-template-columns: 1fr 1fr; gap: 12px 34px; } .g div { display: flex; } .g label { width: 7em; color: #666; flex: none; } .f { text-align: right; padding-top: 50px; } .s { position: absolute; right: 70px; bottom: 36px; width: 120px; height: 120px; border: 5px solid #d22; border-radius: 50%; color: #d22; opacity: .6; text-align: center; font-size: 54px; line-height: 108px; }
`, (s) => `<div class="main"><h1>${esc(s.title)}</h1><p class="u">${esc(s.number)}</p><div class="g">${each(s.rows, ([a, b]) => `<div><label>${esc(a)}</label><span>${esc(b)}</span></div>`)}</div><p class="f">${esc(s.foot)}</p><div class="s">★</div></div>`);

// A card of who one is
look("idcard", `
  .main { width: 720px; height: 450px; padding: 44px 46px; background: linear-gradient(120deg, #e8f1f5, #cfe3ea 50%, #e3ecdf); color: #223; font-size: 22px; position: relative; border-radius: 26px; } p { padding: 5px 0; } label { color: #4a7ba6; padding-right: 16px; font-size: 18px; } .i { position: absolute; right: 50px; top: 54px; width: 180px; height: 230px; background: #d9e2e6; overflow: hidden; } .n { position: absolute; left: 46px; bottom: 36px; font-size: 27px; letter-spacing: 2px; }
`, (s) => `<div class="main">${each(s.rows, ([a, b]) => `<p><label>${esc(a)}</label>${esc(b)}</p>`)}<div class="i">${svg(180, 230, '<ellipse cx="90" cy="98" rx="44" ry="56" fill="#e0b896"/><path d="M46 88c0-64 88-64 88 0-12-22-30-30-44-30s-32 8-44 30z" fill="#222"/><path d="M16 230c6-54 40-64 74-64s68 10 74 64z" fill="#445"/>')}</div><p class="n"><label>${esc(s.number[0])}</label>${esc(s.number[1])}</p></div>`);

// Words by hand on a small leaf
look("memo", `
  .main { width: 460px; min-height: 380px; padding: 54px 40px; background: #fff6a8; color: #1b2a6b; font: 29px/1.75 "Noto Serif CJK SC", serif; transform: rotate(-.6deg); } 
`, (s) => `<div class="main">${esc(s.text)}</div>`);

// Things without words
look("thing", `
  .main { width: 900px; height: 640px; overflow: hidden; }
`, (s) => `<div class="main">${svg(900, 640, {
  desk: `<rect width="900" height="640" fill="#b98a5e"/>${each(Array(16).fill(0), (_, at) => `<path d="M0 ${at * 42 + from(0, 14)}q450 ${from(-14, 14)} 900 0" stroke="#a87a50" stroke-width="3" fill="none"/>`)}<rect x="230" y="80" width="440" height="280" rx="14" fill="#3b3f46"/><rect x="246" y="94" width="408" height="246" fill="#0d1b2a"/><rect x="180" y="360" width="540" height="180" rx="16" fill="#9aa2ad"/>${each(Array(40).fill(0), (_, at) => `<rect x="${204 + (at % 10) * 50}" y="${376 + Math.floor(at / 10) * 38}" width="42" height="30" rx="5" fill="#2b2f36"/>`)}<circle cx="800" cy="220" r="62" fill="#f7f7f7"/><circle cx="800" cy="220" r="48" fill="#4a2c18"/><rect x="60" y="420" width="60" height="190" rx="8" fill="#2f7d5b" transform="rotate(14 90 510)"/>`,
  dog: `<rect width="900" height="640" fill="#9cc27a"/><rect width="900" height="230" fill="#a9d8f3"/><ellipse cx="450" cy="430" rx="210" ry="130" fill="#c58f4e"/><circle cx="450" cy="260" r="120" fill="#d19d5c"/><ellipse cx="345" cy="270" rx="40" ry="92" fill="#8a5a2b"/><ellipse cx="555" cy="270" rx="40" ry="92" fill="#8a5a2b"/><circle cx="410" cy="240" r="15"/><circle cx="490" cy="240" r="15"/><ellipse cx="450" cy="296" rx="28" ry="19"/><path d="M410 326q40 46 80 0" stroke="#000" stroke-width="6" fill="#e77"/>`,
  lake: `<defs><linearGradient id="a" x2="0" y2="1"><stop stop-color="#ff9a5a"/><stop offset="1" stop-color="#ffe3b0"/></linearGradient></defs><rect width="900" height="640" fill="url(#a)"/><circle cx="620" cy="230" r="62" fill="#fff3d0"/><path d="M0 380L190 170L340 340L520 140L760 370L900 260V640H0z" fill="#6a5a7d"/><rect y="400" width="900" height="240" fill="#7f93b8"/>${each(Array(22).fill(0), () => `<rect x="${from(0, 820)}" y="${from(410, 630)}" width="${from(30, 140)}" height="3" fill="#fff" opacity=".3"/>`)}`,
  bowl: `<rect width="900" height="640" fill="#4b3a2f"/><circle cx="450" cy="320" r="270" fill="#f4f1ea"/><circle cx="450" cy="320" r="215" fill="#c4552b"/>${each(Array(26).fill(0), () => `<path d="M${from(270, 620)} ${from(160, 480)}q${from(-60, 60)} 50 ${from(-80, 80)} ${from(0, 60)}" stroke="#f6dd9a" stroke-width="11" fill="none"/>`)}${each(Array(12).fill(0), () => `<circle cx="${from(300, 600)}" cy="${from(180, 460)}" r="${from(10, 20)}" fill="#4d8b3b"/>`)}<path d="M640 40L840 560M690 30L880 540" stroke="#8c2f1b" stroke-width="14"/>`,
}[s.thing])}</div>`);
