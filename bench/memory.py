"""Measures whether memory grows with messages: `make bench ARGS="--memory 100000"`.

People write over the website (a session, a stream, ten messages) and over REST, each conversation a
new one, so that whatever is kept for a conversation or a message shows. It is the embedded default:
one Rasa, one action server, SQLite.
"""

from __future__ import annotations

import asyncio
import contextlib
import datetime
import os
import platform
import tempfile
import time
import uuid
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import aiohttp
import async_timeout
import yaml

from bench.cluster import NO_LIMITS, WEBSITE, answers
from bench.load import MESSAGES, send
from scripts.processes import StopRequest
from scripts.readiness import LOCAL, free_port
from scripts.servers import Servers
from scripts.train import ensure_model

FIRST = 2_000  # messages after which all is in memory that is going to be
PEOPLE = 10
LOOKS = 10  # rows of the table
CONVERSATION_SECONDS = 300.0
SETTLE_SECONDS = 3.0
TITLE = "## Memory over messages"

Memory = dict[str, float]  # MiB by the name of the process


@dataclass
class Measured:
    """What was seen while people wrote.

    Attributes:
        looks: how many messages were answered so far, and the memory of each process then.
        seconds: from the first message to the last.
        failures: messages without an answer.
    """

    looks: list[tuple[int, Memory]] = field(default_factory=list)
    seconds: float = 0.0
    failures: int = 0

    @property
    def answered(self) -> int:
        """How many messages were answered when one looked last."""
        return self.looks[-1][0]

    def growth(self) -> Memory:
        """Returns what each process has grown by since the first look, as a share."""
        first, last = self.looks[0][1], self.looks[-1][1]
        return {name: last[name] / first[name] - 1 for name in first if name in last}


def measure(settings: Callable[[Path, int], tuple[Path, Path]], messages: int) -> Measured:
    """Starts the servers and has people write.

    Args:
        settings: writes endpoints and credentials for a folder and an action server's port.
        messages: to be answered in all.
    """
    with tempfile.TemporaryDirectory() as folder, StopRequest() as request:
        actions_port = free_port()
        endpoints, credentials = settings(Path(folder), actions_port)
        with_website(credentials, Path(folder) / "website.db")
        servers = Servers(LOCAL, free_port(), actions_port, endpoints, credentials)
        with servers.running(ensure_model(), request):
            ids = {program.name: program.process_id for program in servers.programs}
            return asyncio.run(People(servers.url, ids).write(counts(messages)))


def counts(messages: int) -> list[int]:
    """Returns after how many messages one looks."""
    step = max(1, (messages - FIRST) // LOOKS)
    return [FIRST, *range(FIRST + step, messages, step), messages]


def with_website(credentials: Path, database: Path) -> None:
    """Adds the website to the channels, without limits of an address that all share here."""
    channels = yaml.safe_load(credentials.read_text(encoding="utf-8"))
    channels[WEBSITE] = {**NO_LIMITS, "burst_seconds": 0, "database": str(database)}
    credentials.write_text(yaml.safe_dump(channels), encoding="utf-8")


def memory(ids: dict[str, int]) -> Memory:
    """Returns the MiB of processes, of what they have started under its command's name."""
    found = dict(ids)
    for path in Path("/proc").glob("[0-9]*/stat"):
        with contextlib.suppress(OSError):
            fields = path.read_text().rpartition(")")[2].split()
            command = (path.parent / "cmdline").read_text("utf-8", "replace").split("\0")
            if int(fields[1]) in ids.values() and "-m" in command:
                found[command[command.index("-m") + 1]] = int(path.parent.name)
    page = os.sysconf("SC_PAGE_SIZE")
    return {
        name: int(Path(f"/proc/{id_}/statm").read_text().split()[1]) * page / 2**20
        for name, id_ in found.items()
    }


def section(measured: Measured) -> str:
    """Returns the section of the page."""
    names = list(measured.looks[0][1])
    growth = ", ".join(f"{name} {share:+.1%}" for name, share in measured.growth().items())
    rows = [
        f"| {count:,} | " + " | ".join(f"{found.get(name, 0):,.1f}" for name in names) + " |"
        for count, found in measured.looks
    ]
    return "\n".join(
        [
            TITLE,
            "",
            f'Written by `make bench ARGS="--memory {measured.answered}"`,'
            f" {datetime.date.today()}, {platform.machine()}, {os.cpu_count()} processors:"
            f" {PEOPLE} people over the website and REST, a new conversation every"
            f" {len(MESSAGES)} messages; {measured.seconds / 60:.0f} minutes, load"
            f" {os.getloadavg()[0]:.1f} at the end. MiB of each process; messages without an"
            f" answer: {measured.failures}.",
            "",
            f"Since {measured.looks[0][0]:,} messages: {growth}.",
            "",
            "| messages | " + " | ".join(names) + " |",
            "|---" * (len(names) + 1) + "|",
            *rows,
            "",
        ]
    )


def write_section(page: Path, text: str) -> None:
    """Puts the section into the page, in the place of the last one."""
    rest = page.read_text(encoding="utf-8").partition(TITLE)[0].rstrip()
    page.write_text(f"{rest}\n\n{text}", encoding="utf-8")


def kept_section(page: Path) -> str:
    """Returns the section that a page has, to be kept when the rest is written anew."""
    with contextlib.suppress(FileNotFoundError):
        _, title, after = page.read_text(encoding="utf-8").partition(TITLE)
        return f"\n{title}{after}" if title else ""
    return ""


class People:
    """They write until so many messages are answered.

    Args:
        url: of the server.
        ids: the processes that are looked at, by their names.
    """

    def __init__(self, url: str, ids: dict[str, int]) -> None:
        self._url = url
        self._ids = ids
        self._answered = 0
        self._measured = Measured()

    async def write(self, goals: Sequence[int]) -> Measured:
        """Has them write up to each goal in turn, and looks at the memory then."""
        began = time.perf_counter()
        async with aiohttp.ClientSession(connector=aiohttp.TCPConnector(limit=0)) as session:
            for goal in goals:
                await asyncio.gather(*(self._one(session, goal, n) for n in range(PEOPLE)))
                await asyncio.sleep(SETTLE_SECONDS)
                self._measured.looks.append((self._answered, memory(self._ids)))
                self._measured.seconds = time.perf_counter() - began
                print(self._measured.looks[-1], f"{self._measured.seconds:.0f} s", flush=True)
        return self._measured

    async def _one(self, session: aiohttp.ClientSession, goal: int, number: int) -> None:
        converse = self._over_website if number % 2 else self._over_rest
        while self._answered < goal:
            try:
                async with async_timeout.timeout(CONVERSATION_SECONDS):
                    await converse(session, goal)
            except (aiohttp.ClientError, asyncio.TimeoutError):
                self._measured.failures += 1
                await asyncio.sleep(1)

    async def _over_rest(self, session: aiohttp.ClientSession, goal: int) -> None:
        sender = uuid.uuid4().hex
        for text in MESSAGES:
            if self._answered >= goal:
                return
            if await send(session, self._url, sender, text):
                self._answered += 1
            else:
                self._measured.failures += 1

    async def _over_website(self, session: aiohttp.ClientSession, goal: int) -> None:
        url = f"{self._url}/webhooks/website"
        async with session.post(f"{url}/session", json={}) as opened:
            token = (await opened.json())["token"]
        headers = {"Authorization": f"Bearer {token}"}
        async with contextlib.aclosing(answers(session, url, headers)) as stream:
            for text in MESSAGES:
                if self._answered >= goal:
                    return
                id_ = uuid.uuid4().hex
                message = {"id": id_, "text": f"{text}\u3002"}
                async with session.post(f"{url}/messages", json=message, headers=headers) as taken:
                    taken.raise_for_status()
                async for answered in stream:
                    if id_ in answered:
                        break
                self._answered += 1
