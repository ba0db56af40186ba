"""Measures what a message costs each part of a cluster; prints the tables of `docs/operating.md`.

    python -m bench.cluster [--people 20] [--seconds 60] [--workers 3] [--actions 2]

People write through nginx over the website's own requests, each with a stream open, as the widget
does; each sends the next message when the last one is answered. Processor time counts for each
part with all its processes, so other programs on the machine change little of it.
"""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import json
import math
import os
import platform
import ssl
import statistics
import sys
import tempfile
import time
import uuid
from collections.abc import AsyncGenerator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import aiohttp
import psycopg2
import yaml

from bench.load import MESSAGES, cpu_seconds
from scripts.cluster.settings import DEPLOY, Files, Ports
from scripts.cluster.topology import Cluster, offer_model
from scripts.console import Failure, guarded
from scripts.processes import Program, StopRequest
from scripts.readiness import free_port
from scripts.train import ensure_model

WEBSITE = "channels.website.channel.WebsiteChannel"
PAGE = os.sysconf("SC_PAGE_SIZE")
WARM_UP_SECONDS = 10.0
IDLE_STREAMS, IDLE_SECONDS = 300, 45.0  # three heartbeats
# Of one address, which all of the people here are; and of one person, who does not wait.
NO_LIMITS = dict.fromkeys(
    (
        "messages_per_minute",
        "messages_per_minute_per_address",
        "sessions_per_minute_per_address",
        "history_per_minute",
        "history_per_minute_per_address",
        "streams_per_minute",
        "streams_per_minute_per_address",
        "streams_per_address",
    ),
    0,
)
# What is computed for: so many businesses, of whom a tenth writes in the month in which all must
# report, ten messages each; a quarter of a day's messages come in its busiest hour, and the month's
# last days have three times the usual.
BUSINESSES = 8_000_000
SHARE, MESSAGES_EACH = 0.1, 10
DAYS, LAST_DAYS, HOUR_SHARE = 22, 3.0, 0.25
BUSY = 0.6  # of a processor, so that answers wait for nothing
STREAMED_MINUTES = 15  # that a person has the widget open


@dataclass
class Measured:
    """What was seen of some people's messages.

    Attributes:
        people: who wrote at the same time.
        times: of each answer, in seconds.
        seconds: from the first to the last.
        cpu: milliseconds a message, of each part.
        memory: MiB of each part at the end, of workers and action servers those of one.
        bytes: of the database a message.
        stream_cpu: milliseconds a second of all parts for a stream in which nothing happens.
        refused: messages that were not taken.
    """

    people: int
    times: list[float] = field(default_factory=list)
    seconds: float = 0.0
    cpu: dict[str, float] = field(default_factory=dict)
    memory: dict[str, float] = field(default_factory=dict)
    bytes: float = 0.0
    stream_cpu: float = 0.0
    refused: int = 0


async def write(cluster: Cluster, measured: Measured, seconds: float) -> None:
    """Has people write for a time."""
    context = ssl.create_default_context(cafile=str(cluster.files.certificate))
    connector = aiohttp.TCPConnector(limit=0, ssl=context)
    began = time.perf_counter()
    async with aiohttp.ClientSession(connector=connector) as session:
        end = began + seconds
        everybody = range(measured.people)
        await asyncio.gather(*(person(session, cluster.url, measured, end, n) for n in everybody))
    measured.seconds = time.perf_counter() - began


async def person(
    session: aiohttp.ClientSession, server: str, measured: Measured, end: float, number: int
) -> None:
    """Writes one message after the other, in one conversation."""
    url = f"{server}/webhooks/website"
    async with session.post(f"{url}/session", json={}) as opened:
        token = (await opened.json())["token"]
    headers = {"Authorization": f"Bearer {token}"}
    async with contextlib.aclosing(answers(session, url, headers)) as stream:
        turn = number
        while time.perf_counter() < end:
            id_ = uuid.uuid4().hex
            message = {"id": id_, "text": f"{MESSAGES[turn % len(MESSAGES)]}。"}
            began = time.perf_counter()
            async with session.post(f"{url}/messages", json=message, headers=headers) as taken:
                if taken.status != 200:
                    measured.refused += 1
                    await asyncio.sleep(1)
                    continue
            async for answered in stream:
                if id_ in answered:
                    break
            measured.times.append(time.perf_counter() - began)
            turn += 1


async def answers(
    session: aiohttp.ClientSession, url: str, headers: dict[str, str]
) -> AsyncGenerator[list[str], None]:
    """Yields the ids that each answer is to; opens the stream anew when it ends."""
    after = 0
    while True:
        query = f"{url}/events?after={after}"
        async with session.get(query, headers=headers, timeout=aiohttp.ClientTimeout()) as stream:
            async for raw in stream.content:
                line = raw.decode("utf-8")
                data: Any = json.loads(line[6:]) if line.startswith("data: ") else {}
                after = max(after, data.get("seq", 0))
                if "reply_to" in data:
                    yield data.get("replies_to") or [data["reply_to"]]


async def listen(cluster: Cluster) -> float:
    """Returns the milliseconds a second that one stream costs in which nothing happens."""
    context = ssl.create_default_context(cafile=str(cluster.files.certificate))
    connector = aiohttp.TCPConnector(limit=0, ssl=context)
    url = f"{cluster.url}/webhooks/website"
    ids = [process for family in processes(cluster).values() for process in family]
    before, began = cpu_seconds(ids), time.perf_counter()
    await asyncio.sleep(IDLE_SECONDS)
    alone = (cpu_seconds(ids) - before) / (time.perf_counter() - began)
    async with aiohttp.ClientSession(connector=connector) as session:
        streams = []
        for _ in range(IDLE_STREAMS):
            async with session.post(f"{url}/session", json={}) as opened:
                token = (await opened.json())["token"]
            headers = {"Authorization": f"Bearer {token}"}
            timeout = aiohttp.ClientTimeout()
            streams.append(await session.get(f"{url}/events", headers=headers, timeout=timeout))
        ids = [process for family in processes(cluster).values() for process in family]
        before, began = cpu_seconds(ids), time.perf_counter()
        await asyncio.sleep(IDLE_SECONDS)
        busy = (cpu_seconds(ids) - before) / (time.perf_counter() - began)
        for stream in streams:
            stream.close()
    return max(0.0, busy - alone) / IDLE_STREAMS * 1000


def processes(cluster: Cluster) -> dict[str, list[int]]:
    """Returns the processes of each part, with those that they have started."""
    children: dict[int, list[int]] = {}
    for path in Path("/proc").glob("[0-9]*/stat"):
        with contextlib.suppress(OSError):
            parent = int(path.read_text().rpartition(")")[2].split()[1])
            children.setdefault(parent, []).append(int(path.parent.name))
    found: dict[str, list[int]] = {}
    for program in cluster.programs:
        part = program.name.split("@")[0]
        found.setdefault(part, []).extend(family(program, children))
    return found


def family(program: Program, children: dict[int, list[int]]) -> list[int]:
    """Returns a program's process and all below it."""
    found = [program.process_id]
    for process in found:
        found += children.get(process, ())
    return found


def mebibytes(ids: list[int]) -> float:
    """Returns the memory of processes; what they share counts once for each."""
    pages = 0
    for process in ids:
        with contextlib.suppress(OSError):
            pages += int(Path(f"/proc/{process}/statm").read_text().split()[1])
    return pages * PAGE / 2**20


def database_bytes(cluster: Cluster) -> int:
    """Returns how large the database is."""
    url = cluster.files.environment(cluster.ports)["ZHAOHUI_DATABASE"]
    with contextlib.closing(psycopg2.connect(url)) as connection, connection.cursor() as cursor:
        cursor.execute("SELECT pg_database_size(current_database())")
        return int(cursor.fetchone()[0])


def measure(cluster: Cluster, people: int, seconds: float) -> Measured:
    """Has people write, first without counting."""
    asyncio.run(write(cluster, Measured(people), WARM_UP_SECONDS))
    before = {part: cpu_seconds(ids) for part, ids in processes(cluster).items()}
    size, measured = database_bytes(cluster), Measured(people)
    asyncio.run(write(cluster, measured, seconds))
    count = len(measured.times)
    parts = processes(cluster)
    measured.cpu = {
        part: (cpu_seconds(ids) - before[part]) / count * 1000 for part, ids in parts.items()
    }
    of = {"worker": len(cluster.ports.workers), "actions": len(cluster.ports.actions)}
    measured.memory = {part: mebibytes(ids) / of.get(part, 1) for part, ids in parts.items()}
    measured.bytes = (database_bytes(cluster) - size) / count
    measured.stream_cpu = asyncio.run(listen(cluster))
    return measured


def tell(measured: Measured, workers: int, actions: int) -> None:
    """Prints what was measured, and what is computed from it."""
    times = sorted(measured.times)
    slow = times[int(0.99 * len(times))]
    print(
        f"\n{time.strftime('%Y-%m-%d')}, {platform.machine()}, {os.cpu_count()} processors, load"
        f" {os.getloadavg()[0]:.1f}: {workers} workers, {actions} action servers,"
        f" {measured.people} people, {len(times)} messages in {measured.seconds:.0f} s"
        f" ({len(times) / measured.seconds:.1f} a second), {measured.refused} refused; median"
        f" {statistics.median(times) * 1000:.0f} ms, 99 of 100 within {slow * 1000:.0f} ms.\n"
    )
    print("| part | processor time a message, ms | memory, MiB |\n|---|---|---|")
    for part, cost in measured.cpu.items():
        print(f"| {part} | {cost:.1f} | {measured.memory[part]:.0f} |")
    print(f"| all | {sum(measured.cpu.values()):.1f} | |")
    print(f"\nThe database grows by {measured.bytes:,.0f} bytes a message.")
    print(f"An open widget in which nothing happens: {measured.stream_cpu:.2f} ms a second.\n")
    month = BUSINESSES * SHARE * MESSAGES_EACH
    peak = month / DAYS * LAST_DAYS * HOUR_SHARE / 3600
    people = BUSINESSES * SHARE / DAYS * LAST_DAYS * HOUR_SHARE * STREAMED_MINUTES / 60
    print(f"A province: {month:,.0f} messages a month, {peak:.0f} a second in the busiest hour,")
    print(f"{people:,.0f} people at once, {month * measured.bytes / 1e9:,.0f} GB a month.\n")
    print("| messages a second | open widgets | workers | action servers | processors in all |")
    print("|---|---|---|---|---|")
    for rate in (5, 20, 50, math.ceil(peak), 2 * math.ceil(peak)):
        open_ = people / peak * rate
        needed = {part: rate * cost / 1000 / BUSY for part, cost in measured.cpu.items()}
        needed["worker"] += open_ * measured.stream_cpu / 1000 / BUSY  # most of it is theirs
        counts = [max(2, math.ceil(needed[part])) for part in ("worker", "actions")]
        processors = math.ceil(sum(needed.values()))
        print(f"| {rate} | {open_:,.0f} | {counts[0]} | {counts[1]} | {processors} |")


def main() -> int:
    """Starts a cluster in a folder of its own, measures and prints."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--people", type=int, default=20)
    parser.add_argument("--seconds", type=float, default=60)
    parser.add_argument("--workers", type=int, default=3)
    parser.add_argument("--actions", type=int, default=2)
    options = parser.parse_args()
    model = ensure_model()
    with tempfile.TemporaryDirectory(prefix="zhaohui-bench-") as name, StopRequest() as request:
        files = Files(Path(name))
        files.folder.chmod(0o711)  # PostgreSQL may run as another user
        channels = yaml.safe_load((DEPLOY / "credentials.yml").read_text(encoding="utf-8"))
        channels[WEBSITE].update({**NO_LIMITS, "burst_seconds": 0})
        text = yaml.safe_dump(channels, allow_unicode=True)
        (files.folder / "credentials.yml").write_text(text, encoding="utf-8")
        ports = Ports.choose(free_port(), options.workers, options.actions)
        files.write(ports, is_limited=False)
        offer_model(files, model)
        os.environ["PGPASSFILE"] = str(files.secrets / "pgpass")
        cluster = Cluster(files, ports, f"cluster-{ports.https}")
        try:
            cluster.start(request)
            measured = measure(cluster, options.people, options.seconds)
            if not measured.times:
                raise Failure("Nobody was answered: see logs/.")
            tell(measured, options.workers, options.actions)
        finally:
            cluster.stop()
    return 0


if __name__ == "__main__":
    sys.exit(guarded(main))
