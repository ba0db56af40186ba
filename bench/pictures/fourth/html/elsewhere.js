// Things that have nothing to do with it, and papers.

page("vaultbank", `
  background: #f5f3ef; &.night { background: #16140f; --paper: #25221b; }
  .h { background: linear-gradient(110deg, #7a1420, #b8323a); color: #fff; padding: 0 0 30px; } .h p { padding: 12px 20px; font-size: 1.1rem; } .c { margin: -20px 16px 14px; border-radius: 10px; background: var(--paper); padding: 18px; box-shadow: 0 2px 12px #0002; } .c div { display: flex; justify-content: space-between; padding: 9px 0; border-bottom: 1px solid var(--rule); } .c .big { font-size: 1.9rem; font-weight: 600; border: 0; } .g { background: #b8323a; color: #fff; text-align: center; padding: 11px; margin: 8px 16px; border-radius: 6px; } .e { margin: 0 16px; color: #b8323a; } .q { background: #fff; color: #222; width: 80%; border-radius: 10px; text-align: center; padding: 24px 20px 0; } .q p { padding-bottom: 20px; } .q b { display: block; border-top: 1px solid #ddd; margin: 0 -20px; padding: 12px; color: #b8323a; }
`, (s) => `<div class="h">${top_(s)}<p>${t(s.title)}</p></div><div class="c">${if_(s.big, (x) => `<div class="big">${t(x)}</div>`)}${all(s.form, ([l, v]) => `<div><span>${t(l)}</span>${value(v)}</div>`)}</div>${if_(s.button, (x) => `<div class="g">${t(x)}</div>`)}${s.says ? s.box ? `<div class="shade"></div><div class="q centre"><p class="target">${says(s)}</p><b>${t(s.box)}</b></div>` : `<p class="e target">${says(s)}</p>` : ""}`);

page("arcade", `
  background: linear-gradient(#2b1055, #7597de); color: #fff; text-align: center; font-weight: 700;
  .s { display: flex; justify-content: space-between; padding: 12px 18px; } .s span { background: #0006; border: 2px solid #ffd34d; border-radius: 14px; padding: 3px 12px; font-size: .9rem; } h1 { font-size: 2.5rem; color: #ffd34d; -webkit-text-stroke: 1px #7a3b00; padding: 56px 10px 10px; } .gems { display: grid; grid-template-columns: repeat(6, 1fr); gap: 6px; padding: 18px 24px; } .gems i { aspect-ratio: 1; border-radius: 10px; } .p { background: #fff4d6; color: #5b3a00; border: 5px solid #d08b2a; border-radius: 18px; padding: 20px; width: 78%; } .p b { display: inline-block; background: linear-gradient(#9be15d, #3fa52b); color: #fff; border-radius: 20px; padding: 8px 34px; margin-top: 14px; }
`, (s) => `${top_(s)}<div class="s">${all(s.counts, (x) => `<span>${t(x)}</span>`)}</div><h1>${t(s.title)}</h1><div class="gems">${all(Array(30).fill(0), () => `<i style="background:hsl(${pick(0, 7) * 45} 80% 60%)"></i>`)}</div>${if_(s.says, () => `<div class="p centre target">${says(s)}<br><b>${t(s.button)}</b></div>`)}`);

page("shelf", `
  background: #f4f4f4; &.night { background: #111; --paper: #222; }
  .se { display: flex; gap: 10px; padding: 8px 14px; align-items: center; } .se i { flex: 1; background: var(--paper); border: 2px solid #ff5000; border-radius: 20px; padding: 6px 14px; } .g { display: grid; grid-template-columns: 1fr 1fr; gap: 8px; padding: 8px; } .g div { background: var(--paper); border-radius: 10px; overflow: hidden; padding-bottom: 8px; } .g svg { display: block; width: 100%; height: 120px; } .g p { padding: 6px 10px 0; font-size: .88rem; } .g b { padding: 0 10px; color: #ff5000; } .q { background: #000c; color: #fff; border-radius: 8px; padding: 12px 18px; max-width: 72%; text-align: center; }
`, (s) => `${top_(s)}<div class="se">${left()}<i>${t(s.find)}</i>搜索</div><div class="g">${all(s.goods, ([a, b]) => `<div>${draw_("100 70", `<rect width="100" height="70" fill="hsl(${hue(a)} 50% 85%)"/><rect x="${pick(24, 34)}" y="14" width="36" height="44" rx="${pick(2, 18)}" fill="hsl(${hue(a)} 55% 50%)"/>`)}<p>${t(a)}</p><b>${t(b)}</b></div>`)}</div>${if_(s.says, () => `<div class="q centre target">${says(s)}</div>`)}`);

page("heaven", `
  background: linear-gradient(#3d7fd1, #a8d2f5); color: #fff; text-align: center;
  h1 { font-weight: 300; font-size: 4.6rem; line-height: 1.1; padding-top: 34px; } .t1 { font-size: 1.3rem; } .w { margin: 26px 16px; background: #ffffff2e; border-radius: 14px; padding: 10px 16px; text-align: left; } .w div { display: flex; justify-content: space-between; padding: 8px 0; border-bottom: 1px solid #fff3; }
`, (s) => `${top_(s)}<p class="t1" style="padding-top:20px">${t(s.title)}</p><h1>${t(s.big)}</h1><p>${t(s.text)}</p><div class="w">${all(s.rows, ([l, v, e]) => `<div><span>${t(l)}</span><span>${t(v)}</span><span>${t(e)}</span></div>`)}</div>`);

page("plan", `
  background: #e8e4d8; 
  .m { flex: 1; position: relative; } .m > svg { position: absolute; inset: 0; width: 100%; height: 100%; } .c { position: absolute; left: 10px; right: 10px; bottom: 14px; background: var(--paper); border-radius: 14px; padding: 16px; } .c b { font-size: 1.2rem; display: block; } .c small { color: var(--dim); display: block; } .c u { text-decoration: none; background: #1e88e5; color: #fff; border-radius: 18px; padding: 6px 22px; display: inline-block; margin-top: 10px; }
`, (s) => `<div style="background:#fff;color:#222">${top_(s)}</div><div class="m">${draw_("100 180", `<g stroke="#fff" stroke-width="5" fill="none"><path d="M0 40h100M0 120h100M28 0v180M74 0v180"/></g><path d="M10 180C30 130 60 130 74 82S90 20 100 0" stroke="#8cc4ef" stroke-width="9" fill="none"/><path d="M28 170V120H74V46" stroke="#2b7de9" stroke-width="3" fill="none"/><circle cx="74" cy="46" r="4" fill="#e53935"/><g fill="#cde5b8"><rect x="34" y="48" width="30" height="60"/></g>`)}<div class="c"><b>${t(s.title)}</b>${t(s.text)}<small>${t(s.foot)}</small><u>${t(s.button)}</u></div></div>`);

page("listing", `
  background: #fff; &.night { background: #151515; }
  .n { display: flex; gap: 14px; align-items: center; padding: 12px 16px; background: hsl(var(--h) 55% 42%); color: #fff; } .r { display: flex; gap: 14px; padding: 13px 18px; border-bottom: 1px solid var(--rule); align-items: center; } .r i { width: 38px; height: 38px; border-radius: 50%; background: hsl(var(--h) 55% 90%); color: hsl(var(--h) 55% 35%); display: grid; place-items: center; flex: none; } .r small { display: block; color: var(--dim); } .r span:last-child { margin-left: auto; white-space: nowrap; } .e { background: #fff3e0; color: #a15300; padding: 11px 18px; } .g { margin: 20px; text-align: center; background: hsl(var(--h) 55% 42%); color: #fff; padding: 11px; border-radius: 8px; }
`, (s) => `<div style="--h:${hue(s.title)};display:contents"><div style="background:hsl(var(--h) 55% 42%);color:#fff">${top_(s)}</div><div class="n">${left("#fff")}${t(s.title)}</div>${if_(s.says, () => `<div class="e target">${says(s)}</div>`)}${all(s.rows, ([l, v, e]) => `<div class="r"><i>${t(l)[0]}</i><div>${t(l)}<small>${t(v)}</small></div><span>${t(e)}</span></div>`)}${if_(s.button, (x) => `<div class="g">${t(x)}</div>`)}</div>`);

page("circle", `
  background: var(--paper);
  .cv { height: 220px; background: linear-gradient(140deg, #6a8d73, #f4d6a0); margin-bottom: 40px; position: relative; } .cv div { position: absolute; right: 16px; bottom: -22px; display: flex; gap: 12px; color: #fff; } .p { display: flex; gap: 12px; padding: 12px 16px; border-bottom: 1px solid var(--rule); } .p b { color: #576b95; } .p small { color: var(--dim); display: block; } .ph3 { display: grid; grid-template-columns: repeat(3, 76px); gap: 4px; padding: 6px 0; } .ph3 i { height: 76px; }
`, (s) => `<div class="cv">${top_(s)}<div>${t(s.title)}${head(s.title, 62, 8)}</div></div>${all(s.posts, ([who, text, time, n]) => `<div class="p">${head(who, 42, 5)}<div><b>${t(who)}</b><p>${t(text)}</p>${n ? `<div class="ph3">${all(Array(n).fill(0), () => `<i style="background:linear-gradient(${pick(0, 360)}deg,hsl(${pick(0, 360)} 50% 60%),hsl(${pick(0, 360)} 50% 80%))"></i>`)}</div>` : ""}<small>${t(time)}</small></div></div>`)}`);

page("gateway", `
  ${typeof chromeStyle === "string" ? chromeStyle : ""} background: #223; color: #fff; font-size: 14px;
  .c { margin: auto; text-align: center; width: 360px; } .c h1 { font-size: 26px; font-weight: 300; padding-bottom: 24px; } .c div { background: #fff; color: #333; padding: 10px 14px; border-radius: 3px; margin-bottom: 12px; text-align: left; } .c p { color: #ffb3a8; padding-bottom: 12px; } .c b { display: block; background: #00a9e0; padding: 10px; border-radius: 3px; font-weight: 400; }
`, (s) => chrome_(s, `<div class="c"><h1>${t(s.title)}</h1>${all(s.form, ([, v]) => `<div>${value(v)}</div>`)}${if_(s.says, () => `<p class="target">${says(s)}</p>`)}<b>${t(s.button)}</b></div>`));

page("script", `
  background: #f8f8f8; color: #222; 
  .n { display: flex; justify-content: space-between; padding: 12px 18px; color: #666; } .d { background: #fff; margin: 6px 14px; padding: 28px 24px; box-shadow: 0 1px 5px #0002; line-height: 1.9; } .d h1 { text-align: center; font-size: 1.3rem; padding-bottom: 14px; } .d p { text-indent: 2em; }
`, (s) => `${top_(s)}<div class="n"><span>${left()}　${t(s.file)}</span><span>⋯</span></div><div class="d"><h1>${t(s.title)}</h1>${all(s.text, (x) => `<p>${t(x)}</p>`)}</div>${more(s)}`);

page("calendar", `
  background: #fff; &.night { background: #111; }
  h1 { padding: 14px 20px; font-size: 1.7rem; color: #e0433a; } .g { display: grid; grid-template-columns: repeat(7, 1fr); text-align: center; row-gap: 14px; padding: 6px 8px; } .g b { color: var(--dim); font-weight: 400; font-size: .8rem; } .g i.on { background: #e0433a; color: #fff; border-radius: 50%; } .l { padding: 12px 20px; border-top: 1px solid var(--rule); }
`, (s) => `${top_(s)}<h1>${t(s.title)}</h1><div class="g">${all("日一二三四五六".split(""), (x) => `<b>${x}</b>`)}${all(Array(30).fill(0), (_, at) => `<i class="${at + 1 === s.on ? "on" : ""}">${at + 1}</i>`)}</div>${all(s.rows, (x) => `<div class="l">${t(x)}</div>`)}`);

page("sums", `
  background: #000; color: #fff; .o { margin-top: auto; text-align: right; font-size: 4rem; font-weight: 200; padding: 10px 28px; } .k { display: grid; grid-template-columns: repeat(4, 1fr); gap: 12px; padding: 10px 16px 40px; } .k span { aspect-ratio: 1; border-radius: 50%; background: #333; display: grid; place-items: center; font-size: 1.7rem; } .k span:nth-child(4n) { background: #ff9f0a; }
`, (s) => `${top_(s)}<div class="o">${t(s.big)}</div><div class="k">${all("7 8 9 ÷ 4 5 6 × 1 2 3 − 0 . = +".split(" "), (x) => `<span>${x}</span>`)}</div>`);

// Papers and things before the camera; only .main is taken
page("sheet4", `
  background: #fff; .main { width: 640px; background: #fdfcf7; color: #1b1b1b; padding: 44px 52px; font-family: "Noto Serif CJK SC"; line-height: 1.9; } h1 { text-align: center; font-size: 26px; letter-spacing: 4px; padding-bottom: 8px; } h2 { text-align: center; font-size: 15px; font-weight: 400; padding-bottom: 14px; } p { text-indent: 2em; } .f { text-align: right; padding-top: 22px; position: relative; } .f i { position: absolute; right: 30px; top: -12px; width: 110px; height: 110px; border: 4px solid #d33a; border-radius: 50%; color: #d33a; display: grid; place-items: center; font-size: 34px; }
`, (s) => `<div class="main"><h1>${t(s.title)}</h1>${if_(s.sub, (x) => `<h2>${t(x)}</h2>`)}${all(s.text, (x) => `<p>${t(x)}</p>`)}${if_(s.foot, (x) => `<div class="f">${t(x)}<i>★</i></div>`)}</div>`);

page("charter", `
  .main { width: 820px; background: #fffdf3; color: #1d1a14; border: 16px double #c9a24d; padding: 26px 44px 30px; font-family: "Noto Serif CJK SC"; position: relative; } h1 { text-align: center; font-size: 44px; letter-spacing: 18px; } .e { text-align: center; } .n { text-align: right; font-size: 15px; } .g { display: grid; grid-template-columns: 1.15fr 1fr; gap: 8px 30px; padding-top: 16px; font-size: 16px; } .g b { font-weight: 400; color: #7a6030; display: inline-block; width: 96px; } .f { display: flex; justify-content: space-between; align-items: flex-end; padding-top: 26px; }
`, (s) => `<div class="main"><div class="e">${draw_("60 60", '<circle cx="30" cy="30" r="27" fill="#c8342c"/><path d="M30 10l5 13h14l-11 8 4 14-12-8-12 8 4-14-11-8h14z" fill="#f7d774"/>', "width:64px")}</div><h1>${t(s.title)}</h1><div class="n">${t(s.number)}</div><div class="g">${all(s.rows, ([l, v]) => `<div><b>${t(l)}</b>${t(v)}</div>`)}</div><div class="f">${squares(84)}<span>${t(s.foot)}</span></div></div>`);

page("badge", `
  .main { width: 560px; height: 350px; border-radius: 20px; background: linear-gradient(120deg, #dcebf5, #f6efe2 60%, #dcebf5); color: #222; padding: 30px 34px; position: relative; font-size: 19px; line-height: 2; } .main b { color: #4c7aa0; font-weight: 400; margin-right: 14px; font-size: 16px; } .ft { position: absolute; left: 34px; bottom: 24px; font-size: 22px; } .pic { position: absolute; right: 30px; top: 40px; width: 140px; height: 170px; overflow: hidden; }
`, (s) => `<div class="main">${all(s.rows, ([l, v]) => `<div><b>${t(l)}</b>${t(v)}</div>`)}<div class="pic">${person()}</div><div class="ft"><b>${t(s.number[0])}</b>${t(s.number[1])}</div></div>`);

page("note4", `
  .main { width: 460px; min-height: 300px; background: #fff3a8; color: #26324d; padding: 34px; font: 27px/1.7 "AR PL UKai CN"; box-shadow: inset 0 -30px 60px #e8d36a66; }
`, (s) => `<div class="main">${t(s.text)}</div>`);

page("scene4", `
  .main { width: 620px; height: 440px; position: relative; overflow: hidden; }
`, (s) => `<div class="main">${draw_("620 440", {
  cat: '<rect width="620" height="440" fill="#cdb79a"/><ellipse cx="310" cy="330" rx="190" ry="90" fill="#7a6a5a"/><circle cx="310" cy="190" r="100" fill="#8d7b68"/><path d="M220 150l10-90 70 50zM400 150l-10-90-70 50z" fill="#8d7b68"/><circle cx="272" cy="180" r="15" fill="#d7e36b"/><circle cx="348" cy="180" r="15" fill="#d7e36b"/><path d="M300 214h20l-10 12z" fill="#e58f8f"/>',
  street: '<rect width="620" height="440" fill="#9cc7ea"/><path d="M0 440V120h140v320zM150 440V60h120v380zM420 440V90h200v350z" fill="#b7866a"/><path d="M270 440l60-230h60l60 230z" fill="#5d5f66"/><g fill="#ffe9a8"><path d="M20 150h40v40H20zM80 150h40v40H80zM20 230h40v40H20zM170 100h34v34h-34zM216 100h34v34h-34zM450 140h50v40h-50zM540 140h50v40h-50z"/></g><circle cx="360" cy="120" r="36" fill="#fff5c8"/>',
  dish: '<rect width="620" height="440" fill="#6b4a34"/><circle cx="310" cy="220" r="180" fill="#f5f2ea"/><circle cx="310" cy="220" r="130" fill="#d9622b"/><g fill="#6cae4d"><circle cx="260" cy="180" r="22"/><circle cx="360" cy="250" r="26"/><circle cx="300" cy="280" r="18"/></g><g fill="#f7e3b5"><ellipse cx="330" cy="170" rx="40" ry="18"/><ellipse cx="270" cy="240" rx="36" ry="16"/></g>',
  hills: '<rect width="620" height="440" fill="#f3c18a"/><circle cx="430" cy="150" r="60" fill="#fff0c9"/><path d="M0 300l150-130 130 110 120-140 220 170v130H0z" fill="#70768f"/><path d="M0 360l200-90 180 80 240-60v150H0z" fill="#42506b"/>',
}[s.scene], "display:block;width:100%;height:100%")}</div>`);
