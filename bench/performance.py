"""Measures how fast the assistant answers, beside Rasa as it is; writes `docs/performance.md`.

    python -m bench.performance [--rounds 3] [--seconds 15] [--turns 400]
    python -m bench.performance --memory 100000

All sides have the same action server, channel and messages. "Rasa as it is" is a plain `rasa run`
with Rasa's own SQL tracker store and our model; the stock assistant is the same with a model of
Rasa's usual components (`bench.stock_assistant`). They run in alternation, and never at the same
time.
With `--memory`, `bench.memory` measures that instead, and writes its section of the page.
"""

from __future__ import annotations

import argparse
import asyncio
import datetime
import os
import platform
import statistics
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path

import matplotlib
import yaml

from bench import memory as growth
from bench.load import Load, converse, cpu_seconds, write
from bench.stock_assistant import LINES_AN_INTENT, train_stock_assistant
from scripts.console import ROOT
from scripts.processes import StopRequest
from scripts.readiness import LOCAL, address, free_port
from scripts.servers import Servers
from scripts.train import ensure_model

matplotlib.use("Agg")
from matplotlib import pyplot

PAPER = ROOT / "docs" / "performance.md"
PEOPLE = (1, 5, 10, 20)
WARM_UP_SECONDS = 3
OURS, RASA, STOCK = "this assistant", "Rasa as it is", "stock assistant"
NEAR = 10  # turns of which the median stands for the one in their middle


@dataclass
class Side:
    """What was measured of one side, over all rounds.

    Attributes:
        ready: seconds from the start until a first message was answered.
        memory: MiB of both processes after the messages.
        loads: by the number of people.
        cpu: milliseconds of both processes for a message.
        turns: seconds of each turn of one conversation.
    """

    ready: list[float] = field(default_factory=list)
    memory: list[float] = field(default_factory=list)
    loads: dict[int, list[Load]] = field(default_factory=dict)
    cpu: list[float] = field(default_factory=list)
    turns: list[list[float]] = field(default_factory=list)

    def rate(self, people: int) -> float:
        """Messages a second, the median of the rounds."""
        return statistics.median(load.messages_per_second for load in self.loads[people])

    def slowest(self, people: int) -> float:
        """The milliseconds within which 99 of 100 answers came, the median of the rounds."""
        return statistics.median(load.percentile(0.99) for load in self.loads[people]) * 1000

    def turn(self, number: int) -> float:
        """The milliseconds of a turn and those beside it."""
        first = max(0, number - NEAR)
        near = [seconds for turns in self.turns for seconds in turns[first:number]]
        return statistics.median(near) * 1000


class PlainServers(Servers):
    """The same two servers, but Rasa is started as its own users start it."""

    def rasa_command(self, verb: str, model: Path) -> list[str]:
        """Returns `rasa` with its own command line."""
        command = super().rasa_command(verb, model)
        return [sys.executable, "-m", "rasa", *command[command.index(verb) :]]


def measure(name: str, model: Path, side: Side, seconds: float, turns: int) -> None:
    """Starts a side once, with its model, and adds what is measured."""
    with tempfile.TemporaryDirectory() as folder, StopRequest() as request:
        port, actions_port = free_port(), free_port()
        endpoints, credentials = settings(Path(folder), actions_port, is_ours=name == OURS)
        kind = Servers if name == OURS else PlainServers
        servers = kind(LOCAL, port, actions_port, endpoints, credentials)
        began = time.perf_counter()
        with servers.running(model, request):
            side.ready.append(time.perf_counter() - began)
            ids = [program.process_id for program in servers.programs]
            asyncio.run(write(servers.url, 5, WARM_UP_SECONDS))
            for people in PEOPLE:
                before = cpu_seconds(ids)
                load = asyncio.run(write(servers.url, people, seconds))
                side.loads.setdefault(people, []).append(load)
                side.cpu.append((cpu_seconds(ids) - before) / len(load.times) * 1000)
            side.turns.append(asyncio.run(converse(servers.url, turns)))
            side.memory.append(memory(ids))


def settings(folder: Path, actions_port: int, is_ours: bool) -> tuple[Path, Path]:
    """Writes the settings of a side; returns its endpoints and its credentials."""
    values = yaml.safe_load((ROOT / "endpoints.yml").read_text(encoding="utf-8"))
    endpoint = values["action_endpoint"] if is_ours else {}
    values["action_endpoint"] = {**endpoint, "url": f"{address(LOCAL, actions_port)}/webhook"}
    store = values["tracker_store"] if is_ours else {"type": "SQL", "dialect": "sqlite"}
    values["tracker_store"] = {**store, "db": str(folder / "conversations.db")}
    endpoints, credentials = folder / "endpoints.yml", folder / "credentials.yml"
    endpoints.write_text(yaml.safe_dump(values), encoding="utf-8")
    channel = {"messages_per_minute": 0, "messages_per_minute_per_address": 0}
    channels = {"channels.rest.RestChannel": channel}
    credentials.write_text(yaml.safe_dump(channels), encoding="utf-8")
    return endpoints, credentials


def memory(ids: Sequence[int]) -> float:
    """The memory of processes, in MiB."""
    pages = sum(int(Path(f"/proc/{id_}/statm").read_text().split()[1]) for id_ in ids)
    return pages * os.sysconf("SC_PAGE_SIZE") / 2**20


def draw(sides: dict[str, Side], turns: int) -> None:
    """Draws messages a second over people, and time over turns."""
    figure, (left, right) = pyplot.subplots(1, 2, figsize=(10, 4))
    for name, side in sides.items():
        left.plot(PEOPLE, [side.rate(amount) for amount in PEOPLE], marker="o", label=name)
        numbers = range(NEAR, turns + 1, NEAR)
        right.plot(numbers, [side.turn(number) for number in numbers], label=name)
    left.set(xlabel="people who write at the same time", ylabel="messages a second", ylim=(0, None))
    right.set(xlabel="turn of one conversation", ylabel="milliseconds", ylim=(0, None))
    left.legend()
    figure.tight_layout()
    figure.savefig(PAPER.with_suffix(".png"), dpi=110)


def paper(sides: dict[str, Side], options: argparse.Namespace, load: float) -> str:
    """Returns the page with the table."""
    rows: list[tuple[str, Callable[[Side], float]]] = [
        ("ready, seconds", lambda side: statistics.median(side.ready)),
        ("memory of both processes, MiB", lambda side: statistics.median(side.memory)),
        ("processor time a message, ms", lambda side: statistics.median(side.cpu)),
        *((f"messages a second, {n} people", partial(Side.rate, people=n)) for n in PEOPLE),
        *(
            (f"99 of 100 answers within, ms, {n} people", partial(Side.slowest, people=n))
            for n in PEOPLE
        ),
        *((f"turn {n}, ms", partial(Side.turn, number=n)) for n in (NEAR, options.turns)),
    ]
    table = [
        f"| {what} | {' | '.join(f'{value(side):,.1f}' for side in sides.values())} |"
        for what, value in rows
    ]
    failures = sum(
        measured_load.failures
        for side in sides.values()
        for n in PEOPLE
        for measured_load in side.loads[n]
    )
    return "\n".join(
        [
            "# Performance",
            "",
            "Written by `make bench`: the same action server, channel and messages; our model, once"
            " started by `make run`, once by a plain `rasa run` with Rasa's own SQL tracker store,"
            " and, started like that, an assistant of Rasa's usual components (JiebaTokenizer,"
            f" DIET, RulePolicy, TED) that has learnt from {LINES_AN_INTENT} lines of each intent;"
            f" in alternation, {options.rounds} round(s), {options.seconds:g} s for each number of"
            f" people, one conversation of {options.turns} turns. Medians.",
            "",
            f"{datetime.date.today()}, {platform.machine()}, {os.cpu_count()} processors,"
            f" {platform.system()}. Other programs ran beside it: load {load:.1f} at the start"
            " (processes that want a processor). The people who write run on the same machine."
            f" Messages without an answer: {failures}.",
            "",
            f"| | {' | '.join(sides)} |",
            f"|---{'|---' * len(sides)}|",
            *table,
            "",
            "![Messages a second over people, and time over turns](performance.png)",
            "",
        ]
    )


def main() -> int:
    """Measures both sides and writes the page."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--seconds", type=float, default=15)
    parser.add_argument("--turns", type=int, default=400)
    parser.add_argument("--memory", type=int, metavar="MESSAGES")
    options = parser.parse_args()
    if options.memory:
        measured = growth.measure(partial(settings, is_ours=True), options.memory)
        growth.write_section(PAPER, growth.section(measured))
        print(f"Written: {PAPER.relative_to(ROOT)}")
        return 0
    models = {OURS: ensure_model(), RASA: ensure_model(), STOCK: train_stock_assistant()}
    load = os.getloadavg()[0]
    sides = {name: Side() for name in models}
    for _ in range(options.rounds):
        for name, side in sides.items():
            measure(name, models[name], side, options.seconds, options.turns)
    draw(sides, options.turns)
    kept = growth.kept_section(PAPER)
    PAPER.write_text(paper(sides, options, load) + kept, encoding="utf-8")
    print(f"Written: {PAPER.relative_to(ROOT)}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
