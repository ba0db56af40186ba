"""People who write to a running assistant over its REST channel, and how long each answer takes."""

from __future__ import annotations

import asyncio
import contextlib
import itertools
import json
import os
import time
import uuid
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

import aiohttp

TICKS = os.sysconf("SC_CLK_TCK")  # in each second of a process's time
# What people ask, in turn: a question, a guide, its steps, a digression, a place, a trouble.
MESSAGES = (
    "你好",
    "密码忘了怎么办",
    "下一步",
    "密码有什么要求",
    "下一步",
    "我在杭州，找哪个部门",
    "收不到验证码",
    "不行",
    "重新开始",
    "谢谢",
)


@dataclass
class Load:
    """What some people met who wrote without a pause.

    Attributes:
        people: how many wrote at the same time, each in a conversation of its own.
        seconds: from the first message to the last answer.
        times: of each answer, in seconds, in the order in which they came.
        failures: messages without an answer.
    """

    people: int
    seconds: float = 0.0
    times: list[float] = field(default_factory=list)
    failures: int = 0

    @property
    def messages_per_second(self) -> float:
        """Answers in each second."""
        return len(self.times) / self.seconds

    def percentile(self, share: float) -> float:
        """Returns the time in seconds within which this share of the answers came."""
        times = sorted(self.times)
        return times[min(len(times) - 1, int(share * len(times)))]


async def write(url: str, people: int, seconds: float) -> Load:
    """Has people write for a time, each as soon as the last answer is there."""
    load = Load(people)
    began = time.perf_counter()
    connector = aiohttp.TCPConnector(limit=0)
    async with aiohttp.ClientSession(connector=connector) as session:
        await asyncio.gather(
            *(_person(session, url, load, began + seconds, number) for number in range(people))
        )
    load.seconds = time.perf_counter() - began
    return load


async def converse(url: str, turns: int) -> list[float]:
    """Returns the time in seconds of each turn of one conversation."""
    sender = uuid.uuid4().hex
    times = []
    async with aiohttp.ClientSession() as session:
        for text in itertools.islice(itertools.cycle(MESSAGES), turns):
            began = time.perf_counter()
            await send(session, url, sender, text)
            times.append(time.perf_counter() - began)
    return times


async def _person(
    session: aiohttp.ClientSession, url: str, load: Load, end: float, number: int
) -> None:
    sender = uuid.uuid4().hex
    for text in itertools.islice(itertools.cycle(MESSAGES), number % len(MESSAGES), None):
        began = time.perf_counter()
        if began >= end:
            return
        if await send(session, url, sender, text):
            load.times.append(time.perf_counter() - began)
        else:
            load.failures += 1


async def send(session: aiohttp.ClientSession, url: str, sender: str, text: str) -> bool:
    """Sends a message and tells whether it was answered."""
    body = json.dumps({"sender": sender, "message": text})
    headers = {"Content-Type": "application/json"}
    async with session.post(f"{url}/webhooks/rest/webhook", data=body, headers=headers) as response:
        return response.status == 200 and bool(await response.json())


def cpu_seconds(ids: Sequence[int]) -> float:
    """Returns how long processes have been at work, with those that have ended below them."""
    ticks = 0
    for process in ids:
        with contextlib.suppress(OSError):
            fields = Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()
            ticks += sum(int(value) for value in fields[11:15])
    return ticks / TICKS
