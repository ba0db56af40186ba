// The seventh set: a page is thrown together anew for each picture, from its seed. A spec says what
// stands there (`says`, `heading`, `lines` ...); how it looks is left to chance.
let seed = 1;
const number = () => { seed = (seed * 1664525 + 1013904223) % 4294967296; return seed / 4294967296; };
const below = (n) => Math.floor(number() * n);
const one = (...xs) => xs[below(xs.length)];
const range = (a, b) => a + number() * (b - a);
const maybe = (p) => number() < p;
const t = (x) => String(x ?? "").replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll("\n", "<br>");
const all = (xs, f) => (xs ?? []).map(f).join("");
const two = (n) => String(n).padStart(2, "0");
const hour = () => `${one("", "", "0")}${6 + below(16)}:${two(below(60))}`.replace(/^0(\d\d)/, "$1");
const covered = () => `1${one(3, 5, 7, 8, 9)}${below(10)}****${two(below(100))}${two(below(100))}`;
const words = {
  titles: ["找回密码", "忘记密码", "身份验证", "电子营业执照", "企业身份", "安全中心", "登录", "账号安全", "我的执照", "密码重置", "手机验证", "实名核验", "政务服务", "经营主体", "云上办照"],
  parts: ["验证您的身份", "第 2 步 共 3 步", "请完成安全验证", "请核对以下信息", "欢迎使用", "确认本人操作", "", "", "重新设置", "填写信息"],
  notes: ["请由法定代表人本人操作", "信息仅用于身份核验", "如需帮助请联系当地登记机关", "短信免费", "请在安静明亮处进行", "为保护您的账号安全", "遇到问题可拨打政务热线", "", "", ""],
  fields: ["手机号", "验证码", "姓名", "身份证号", "新密码", "确认密码", "账号", "密码", "用户名", "统一社会信用代码", "企业名称", "短信验证码"],
  holders: ["请输入", "请填写", "必填", "6 位数字", "点此输入", "请选择", "8 到 16 位", ""],
  go: ["下一步", "提交", "确定", "登录", "继续", "完成", "验证", "同意并继续", "保存", "获取验证码"],
  links: ["忘记密码", "换一种方式", "遇到问题？", "联系客服", "收不到短信", "立即注册", "使用帮助", "返回首页", "隐私政策"],
  oks: ["确定", "知道了", "我知道了", "好的", "关闭", "重试", "重新获取", "再试一次", "返回", "去设置", "OK", "联系客服", "稍后再说", "取消", "重新填写", "明白"],
  heads: ["提示", "温馨提示", "操作失败", "出错了", "验证失败", "系统提示", "抱歉", "注意", "无法继续"],
  after: ["错误码 A0231", "流水号：2611270935", "如有疑问请咨询 12345", "可截图联系客服", "（E-4017）", "请求时间 2026-11-27 10:22", "点击查看解决办法", "为什么会这样？"],
  tabs: ["首页", "办事", "消息", "我的", "扫码", "发现"],
};
const word = (kind) => one(...words[kind]);
const inks = ["#111", "#222", "#333", "#1f2937", "#000"];
const accents = ["#1677ff", "#07c160", "#c8161d", "#0a59f7", "#ff6a00", "#2f54eb", "#00838f", "#5e35b1", "#b71c1c", "#2e7d32", "#334155", "#e91e63"];
const reds = ["#e5484d", "#f5222d", "#d93026", "#fa5151", "#ff4d4f", "#c00", "#e64340", "#ff7043", "#d46b08", "#b3261e", "#ee6666", "#f08a8a"];
// What a page looks like: colours, widths, roundings, spaces.
function theme(s) {
  const dark = s.dark && !s.wide;
  return {
    dark, page: dark ? one("#000", "#111", "#17181c") : one("#fff", "#fff", "#f5f5f5", "#f2f3f7", "#eef3fa", "#fffaf2", "linear-gradient(#dbe9ff,#fff 40%)"),
    card: dark ? one("#1c1c1e", "#222429") : one("#fff", "#fff", "#fafafa"), ink: dark ? "#e8e8ea" : one(...inks), soft: dark ? "#8b8b90" : one("#999", "#888", "#8c8c8c", "#a3a3a3", "#666"),
    accent: one(...accents), red: one(...reds), round: one(0, 3, 6, 8, 12, 22), gap: range(6, 20), pad: range(12, 26), line: dark ? "#3a3a3c" : one("#eee", "#ddd", "#e5e7eb", "#ccc"),
    lead: range(1.25, 1.75), big: range(1.1, 1.7), small: range(.74, .92), bold: one(500, 600, 700),
  };
}
