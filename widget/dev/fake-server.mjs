/**
 * A small stand-in for channels/website: the same calls, conversations in memory, answers from
 * dev/answers.json. Serves the built widget on a page of its own. For looking and trying only.
 */

import { randomUUID } from "node:crypto";
import { readFileSync } from "node:fs";
import { createServer } from "node:http";

const PORT = Number(process.env.PORT ?? 8765);
const BASE = "/webhooks/website";
const here = (path) => new URL(path, import.meta.url);
const answers = JSON.parse(readFileSync(here("answers.json"), "utf8"));
const conversations = new Map();

createServer(async (request, response) => {
  const url = new URL(request.url, "http://fake");
  const route = `${request.method} ${url.pathname.replace(BASE, "")}`;
  if (route === "GET /") return page(response);
  if (route === "GET /zhaohui.js") {
    response.setHeader("Content-Type", "text/javascript; charset=utf-8");
    return response.end(readFileSync(here("../dist/zhaohui.js")));
  }
  const isPicture = route === "POST /pictures";
  const body = isPicture ? await drain(request) : await read(request);
  if (route === "POST /session") return json(response, 200, openSession(body.token));
  const conversation = conversations.get((request.headers.authorization ?? "").replace("Bearer ", ""));
  if (!conversation) return json(response, 401, { error: "no_session", message: "会话已结束。" });
  const after = Number(url.searchParams.get("after") ?? 0);
  if (route === "GET /history") {
    return json(response, 200, { messages: conversation.messages.filter((message) => message.seq > after) });
  }
  if (route === "GET /events") return stream(request, response, conversation, after);
  if (route === "POST /messages") return take(response, conversation, body);
  if (isPicture) return takePicture(response, conversation, url.searchParams.get("id"));
  if (route === "POST /feedback") return json(response, 200, {});
  if (route === "DELETE /conversation") {
    conversations.delete(conversation.token);
    conversation.listeners.forEach((listener) => listener("gone", {}));
    return json(response, 200, {});
  }
  json(response, 404, { error: "not_found", message: "没有这个地址。" });
}).listen(PORT, "127.0.0.1", () => console.log(`http://127.0.0.1:${PORT}/`));

function openSession(old) {
  const token = conversations.has(old) ? old : randomUUID();
  if (!conversations.has(token)) {
    conversations.set(token, { token, messages: [], ids: new Set(), listeners: new Set() });
  }
  return { token, expires_at: Math.floor(Date.now() / 1000) + 86400, kept_days: 7 };
}

function take(response, conversation, { id, event, text, payload }) {
  const repeated = conversation.ids.has(id);
  conversation.ids.add(id);
  if (text === "太快") {
    conversation.ids.delete(id);
    const message = "您发得有点快，请 20 秒后再试。";
    return json(response, 429, { error: "too_fast", message, retry_after: 20 });
  }
  json(response, 200, { accepted: true, id });
  if (repeated || (event && conversation.greeted)) return;
  conversation.greeted = true;
  const offered = conversation.messages.flatMap((message) => message.buttons ?? []);
  const title = offered.find((button) => button.payload === payload)?.title;
  if (!event) add(conversation, { id, from: "person", text: text ?? title ?? "" });
  conversation.listeners.forEach((listener) => listener("typing", { on: true }));
  const echo = { text: `您写的是：${text ?? payload}` };
  const answer = answers[event ?? payload ?? text] ?? echo;
  setTimeout(() => add(conversation, { reply_to: id, from: "assistant", buttons: [], ...answer }), 250);
}

function takePicture(response, conversation, id) {
  setTimeout(() => {
    json(response, 200, { accepted: true, id });
    if (conversation.ids.has(id)) return;
    conversation.ids.add(id);
    add(conversation, { id, from: "person", text: "验证码已过期，请重新获取", picture: true });
    const text = "我看到图上写着：“验证码已过期，请重新获取”，是这个问题吗？";
    setTimeout(() => add(conversation, { reply_to: id, from: "assistant", buttons: [], text }), 250);
  }, 1500);
}

function add(conversation, message) {
  const seq = conversation.messages.length + 1;
  const whole = { seq, time: Math.floor(Date.now() / 1000), ...message };
  conversation.messages.push(whole);
  conversation.listeners.forEach((listener) => listener("message", whole));
}

function stream(request, response, conversation, after) {
  response.writeHead(200, { "Content-Type": "text/event-stream", "Cache-Control": "no-store" });
  const listener = (name, data) =>
    response.write(`event: ${name}\ndata: ${JSON.stringify(data)}\n\n`);
  response.write(": hello\n\n");
  conversation.messages.filter((message) => message.seq > after).forEach((message) => listener("message", message));
  conversation.listeners.add(listener);
  const beat = setInterval(() => response.write(": beat\n\n"), 15_000);
  request.on("close", () => {
    clearInterval(beat);
    conversation.listeners.delete(listener);
  });
}

function page(response) {
  response.setHeader("Content-Type", "text/html; charset=utf-8");
  const policy = "default-src 'none'; script-src 'self'; connect-src 'self'; img-src 'self'";
  response.setHeader("Content-Security-Policy", policy);
  response.end(`<!doctype html><html lang="zh-CN"><meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1"><title>示例</title>
<main><h1>示例页面</h1><p>右下角是咨询窗口。</p><a href="#">链接</a></main>
<script src="${BASE}/zhaohui.js" defer></script></html>`);
}

function json(response, status, body) {
  response.writeHead(status, { "Content-Type": "application/json; charset=utf-8" });
  response.end(JSON.stringify(body));
}

async function drain(request) {
  for await (const _ of request);
  return {};
}

async function read(request) {
  let text = "";
  for await (const piece of request) text += piece;
  return text ? JSON.parse(text) : {};
}
