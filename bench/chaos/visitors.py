"""People at the website, who insist as its widget does."""

from __future__ import annotations

import asyncio
import contextlib
import json
import random
import re
import ssl
import time
import uuid
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import aiohttp

from bench.chaos.record import End, Ledger, Sent
from channels.messages import unavailable
from channels.wechat.messages import say

BASE = "/webhooks/website"
BEGIN = "我要用手机验证码找回。"
STEP = "第{step}步怎么弄。"
SHOWN_STEP = re.compile(r"第 (\d) 步 / 共 \d 步")
STEPS = range(2, 9)  # after the last one, the guide is at its end
MAX_REPEATED = 3  # of the last steps, which are not asked for again
NO_GUIDE = "没有正在做的步骤"
TRY_SECONDS = 20.0  # for one request; nginx gives up earlier
AGAIN_SECONDS = 0.5
LOOK_SECONDS = 2.0  # between two looks at the history while an answer is awaited
CHINESE = re.compile(r"[\u4e00-\u9fff]")


@dataclass
class Crowd:
    """What all people have in common.

    Attributes:
        ledger: takes down what they send.
        pause: seconds between an answer and the next message, on average.
        patience: seconds after which a message without an end is stuck.
        is_over: set when nobody is to send anything more.
        rng: for steps and pauses.
    """

    ledger: Ledger
    pause: float
    patience: float
    is_over: asyncio.Event = field(default_factory=asyncio.Event)
    rng: random.Random = field(default_factory=lambda: random.Random(7))

    def next_step(self, last: Sequence[int]) -> int:
        """Returns another step than the last ones.

        The assistant does not say the same again, and one that was lost may have been taken in.
        """
        return self.rng.choice([step for step in STEPS if step not in last[-MAX_REPEATED:]])

    async def rest(self) -> None:
        """Waits as long as somebody needs to read and to type, or until all is over."""
        seconds = self.pause * self.rng.uniform(0.5, 1.5)
        with contextlib.suppress(asyncio.TimeoutError):
            await asyncio.wait_for(self.is_over.wait(), seconds)


def judge(text: str, steps: list[int]) -> End:
    """Returns what an answer is to somebody who asked for one of these steps."""
    if text.startswith(unavailable()["text"]):
        return End.APOLOGISED
    if text.startswith(say("busy")):
        return End.REFUSED
    shown = SHOWN_STEP.search(text)
    # Who begins the guide once more is led to where they were.
    return End.ANSWERED if shown and {1, int(shown[1])} & set(steps) else End.FORGOTTEN


class Visitor:
    """Somebody with the widget open, at an address of their own.

    Args:
        crowd: to which they belong.
        name: for the report.
        url: where the assistant is.
        address: of this machine, from which they come.
        waits: whether they wait for an answer before they go on.
        context: for TLS.
    """

    def __init__(
        self,
        crowd: Crowd,
        name: str,
        url: str,
        address: str,
        waits: bool = True,
        context: ssl.SSLContext | None = None,
    ) -> None:
        self._crowd = crowd
        self._name = name
        self._url = url + BASE
        self._waits = waits
        self._address = address
        self._context = context
        self._session: aiohttp.ClientSession | None = None
        self._token = ""
        self._sent: dict[str, Sent] = {}  # of the present conversation, in their order
        self._lines: dict[int, dict[str, Any]] = {}
        self._news = asyncio.Event()

    async def write(self) -> None:
        """Sends messages until all is over, waits for what is open, and compares the history."""
        timeout = aiohttp.ClientTimeout(total=TRY_SECONDS)
        trusted = self._context if self._context else True
        connector = aiohttp.TCPConnector(limit=6, local_addr=(self._address, 0), ssl=trusted)
        async with aiohttp.ClientSession(connector=connector, timeout=timeout) as session:
            self._session = session
            listening = asyncio.create_task(self._listen())
            try:
                await self._converse()
                await self._settle()
                await self._compare()
            finally:
                listening.cancel()
                with contextlib.suppress(asyncio.CancelledError):
                    await listening

    async def _converse(self) -> None:
        while not self._crowd.is_over.is_set():
            if not self._token and not await self._open():
                continue
            # Now and then somebody writes two messages without waiting for an answer.
            for _ in range(2 if self._crowd.rng.random() < 0.2 else 1):
                await self._send(self._next_step())
            if self._waits:
                await self._settle()
            await self._crowd.rest()

    def _next_step(self) -> int:
        """Returns what is asked for next; 1 as long as the guide is not begun."""
        messages = list(self._sent.values())
        if not any(message.end in (End.ANSWERED, End.OPEN) for message in messages):
            return 1
        if NO_GUIDE in messages[-1].said:
            return 1
        return self._crowd.next_step([message.step for message in messages])

    async def _open(self) -> bool:
        status, body = await self._call("POST", "/session", {})
        if status != 200:
            await asyncio.sleep(AGAIN_SECONDS)
            return False
        self._token, self._sent, self._lines = body["token"], {}, {}
        return True

    async def _send(self, step: int) -> None:
        """Sends a message under one id until it is taken, or the conversation has ended."""
        if not self._token:
            return
        message = Sent(self._name, "website", step)
        id_ = uuid.uuid4().hex
        text = BEGIN if step == 1 else STEP.format(step=step)
        self._crowd.ledger.sent.append(message)
        self._sent[id_] = message
        end = time.monotonic() + self._crowd.patience
        while time.monotonic() < end:
            status, body = await self._call("POST", "/messages", {"id": id_, "text": text})
            if status == 200:
                message.taken = time.monotonic()
                return
            if status == 401:
                self._close()
                return
            words = str(body.get("message", ""))
            message.refusals[str(status) if status else "no connection"] += 1
            if 400 <= status < 429:
                self._crowd.ledger.wrong.append(f"{self._name}: {status} {words}")
                message.finish(End.REFUSED)
                return
            if status in (429, 500, 503) and body and not CHINESE.search(words):
                self._crowd.ledger.wrong.append(f"{self._name}: {status} without words")
            if status == 429 and not self._waits:  # they give up, as they were asked to wait
                message.finish(End.REFUSED)
                del self._sent[id_]
                return
            wait = float(body.get("retry_after") or AGAIN_SECONDS)
            await asyncio.sleep(min(wait, 10.0))

    async def _settle(self) -> None:
        """Waits until each message of the conversation has its end."""
        looked = time.monotonic()
        while open_ := [one for one in self._sent.values() if one.end is End.OPEN]:
            if time.monotonic() - open_[0].at > self._crowd.patience:
                return
            with contextlib.suppress(asyncio.TimeoutError):
                await asyncio.wait_for(self._news.wait(), LOOK_SECONDS)
            self._news.clear()
            if time.monotonic() - looked > LOOK_SECONDS:
                await self._look()
                looked = time.monotonic()

    async def _look(self) -> list[dict[str, Any]] | None:
        """Reads the history; None if it cannot be had now."""
        if not self._token:
            return None
        status, body = await self._call("GET", "/history")
        if status == 401:
            self._close()
        if status != 200:
            return None
        lines: list[dict[str, Any]] = body["messages"]
        for line in lines:
            self._see(line)
        return lines

    def _see(self, line: dict[str, Any]) -> None:
        """Takes in one line of the conversation, once."""
        if line["seq"] in self._lines:
            return
        self._lines[line["seq"]] = line
        if line["from"] != "assistant":
            return
        replied = [self._sent[id_] for id_ in _replied(line) if id_ in self._sent]
        for message in replied:
            message.answers += 1
            message.finish(judge(line["text"], [one.step for one in replied]), line["text"])
        self._news.set()

    def _close(self) -> None:
        """The conversation is gone; the widget says so, and begins anew."""
        for message in self._sent.values():
            message.finish(End.CLOSED)
        self._token = ""
        self._news.set()

    async def _compare(self) -> None:
        """Compares the whole history with what was sent."""
        end = time.monotonic() + self._crowd.patience
        while self._token and (lines := await self._look()) is None:
            if time.monotonic() > end:
                self._crowd.ledger.wrong.append(f"{self._name}: no history")
                return
            await asyncio.sleep(AGAIN_SECONDS)
        if not self._token or not lines:
            return
        sent = [line["id"] for line in lines if line["from"] == "person"]
        taken = [id_ for id_, message in self._sent.items() if message.taken is not None]
        if [id_ for id_ in sent if id_ in taken] != taken:
            self._crowd.ledger.wrong.append(f"{self._name}: not kept once and in order")
        answered = [id_ for line in lines if line["from"] == "assistant" for id_ in _replied(line)]
        if answered != [id_ for id_ in sent if id_ in answered]:
            self._crowd.ledger.wrong.append(f"{self._name}: not answered once and in order")
        if [line["seq"] for line in lines] != list(range(1, len(lines) + 1)):
            self._crowd.ledger.wrong.append(f"{self._name}: a line is missing or there twice")

    async def _listen(self) -> None:
        """Has a stream open, and opens the next when it ends."""
        while True:
            if self._token:
                with contextlib.suppress(aiohttp.ClientError, OSError, asyncio.TimeoutError):
                    await self._read_stream()
            await asyncio.sleep(self._crowd.rng.uniform(1, 3))

    async def _read_stream(self) -> None:
        assert self._session
        token = self._token
        url = f"{self._url}/events?after={max(self._lines, default=0)}"
        timeout = aiohttp.ClientTimeout(sock_connect=5, sock_read=40)
        async with self._session.get(url, headers=_headers(token), timeout=timeout) as stream:
            if stream.status != 200:
                return
            async for raw in stream.content:
                line = raw.decode("utf-8")
                if token != self._token:
                    return
                if line.startswith("data: ") and "seq" in (data := json.loads(line[6:])):
                    self._see(data)

    async def _call(
        self, method: str, path: str, content: dict[str, Any] | None = None
    ) -> tuple[int, dict[str, Any]]:
        """Returns status and JSON of an answer; status 0 if there was none."""
        assert self._session
        headers = _headers(self._token) if self._token else {}
        try:
            async with self._session.request(
                method, self._url + path, json=content, headers=headers
            ) as answer:
                with contextlib.suppress(ValueError, aiohttp.ContentTypeError):
                    body = await answer.json()
                    return answer.status, body if isinstance(body, dict) else {}
                return answer.status, {}
        except (aiohttp.ClientError, OSError, asyncio.TimeoutError):
            return 0, {}


def _headers(token: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {token}"}


def _replied(line: dict[str, Any]) -> list[str]:
    """Returns the ids of the messages that a line answers."""
    return list(line.get("replies_to") or [line["reply_to"]])
