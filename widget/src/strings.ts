/** Every word the window itself says. What the assistant says comes from the server. */

export const strings = {
  title: "营业执照密码找回",
  subtitle: "自动问答，不是真人",
  launcher: "找回密码咨询",
  close: "关闭窗口",
  log: "对话内容",
  you: "您：",
  assistant: "助手：",
  connecting: "正在连接…",
  typing: "助手正在输入…",
  replies: "可以点的回复",
  input: "输入您的问题",
  placeholder: "请输入问题",
  placeholderRegion: "如：杭州余杭",
  send: "发送",
  newest: "新消息 ↓",
  noServer:
    "zhaohui.js：找不到助手的地址。请用 <script src=\"…/zhaohui.js\"> 引入，或在 <zhaohui-chat> 上写 server。",
  keep: (days: number | null) => (days ? `对话保留 ${days} 天，可随时清除。` : "对话可随时清除。"),
  noSecrets: "请不要发送密码、验证码、身份证号或银行卡号。",
  newWindow: "（在新窗口打开）",

  link: {
    offline: "网络断开了。写好的内容会留着，恢复后自动发送。",
    reconnecting: "连接断开，正在重新连接…写好的内容会留着。",
  },
  notices: {
    deleted: "对话已清除。",
    notDeleted: "没有清除成功，请稍后再试。",
    newTalk: "上次的对话已结束，已为您重新开始。",
    refused: "没有发送成功。",
    noAnswer: "一直没有等到回答，请再发一次。",
  },
  draft: { sending: "正在发送…", waiting: "等网络恢复后自动发送", retry: "重新发送", edit: "取回修改" },

  clear: {
    action: "清除对话",
    question: "清除这段对话吗？",
    explain: "服务器上的记录也会一起删除，不能恢复。",
    confirm: "清除",
    cancel: "不清除",
  },
  feedback: {
    group: "评价这条回答",
    helpful: "有用",
    notHelpful: "没用",
    thanks: "谢谢您的评价。",
    failed: "评价没有送出，请稍后再试。",
    word: "想补充一句吗？（可以不填，请不要写个人信息）",
    submit: "提交",
  },

  card: {
    progress: (step: number, total: number) => `第 ${step} 步，共 ${total} 步`,
    fraction: (step: number, total: number) => `${step} / ${total}`,
    see: "应该看到",
    ifNot: "没看到？",
    cause: (number: number, total: number) => `可能的原因 ${number} / ${total}`,
    remedy: "怎么办",
    way: (number: number) => `第 ${number} 种`,
    dial: (number: string) => `拨打 ${number}`,
    note: "给工作人员看的便条",
    copy: "复制便条",
    copied: "已复制",
    selectToCopy: "已选中，请长按或按 Ctrl+C 复制",
    safety: "防骗提醒",
    closed: "找回来了",
  },

  /** What stands where a secret was hidden; the names are those of `channels/redaction/`. */
  hidden: new Map([
    ["id_number", "身份证号已遮住"],
    ["credit_code", "信用代码已遮住"],
    ["bank_card", "银行卡号已遮住"],
    ["phone", "手机号已遮住"],
    ["code", "验证码已遮住"],
    ["password", "密码已遮住"],
    ["paper", "证件号已遮住"],
    ["contact", "个人信息已遮住"],
  ]),
  hiddenOther: "内容已遮住",

  drawings: {
    forgotLink: {
      alt: "示意图：手机登录页面上，从上到下是用户名框、密码框和登录按钮；“忘记密码”通常在密码框附近，图上用圆圈圈出。",
      caption: "“忘记密码”通常在密码框附近（示意图，各地页面略有不同）",
      user: "用户名",
      password: "密码",
      forgot: "忘记密码",
      login: "登录",
    },
    blockedSms: {
      alt: "示意图：手机短信页面，右上角是菜单；点开后有“骚扰拦截”或“垃圾短信”，被拦住的验证码短信就在里面。",
      caption: "在“短信”里找拦截箱、垃圾短信（示意图，各手机叫法不同）",
      sms: "短信",
      menu: "拦截短信",
      spam: "垃圾短信",
      found: "验证码…",
    },
    facePose: {
      alt: "示意图：左边打勾，脸正对手机、光线均匀、没有遮挡；右边打叉，戴着帽子和口罩，脸偏向一侧。",
      caption: "脸正对屏幕，光线充足，不戴帽子、口罩、眼镜",
      good: "正对、不遮挡",
      bad: "戴帽、口罩、侧脸",
    },
  },
};
