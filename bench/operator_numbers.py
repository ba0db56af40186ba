"""Measures the operator's pages of numbers: `python -m bench.operator_numbers`.

Generates conversations as the assistant keeps them, has their events counted, and opens every page
and every table on the numbers of all of them. `--conversations` says how many, over `--days`.
"""

from __future__ import annotations

import argparse
import asyncio
import datetime
import random
import statistics
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import httpx
import sqlalchemy as sa
from rasa.shared.core.events import ActionExecuted, BotUttered, Event, SlotSet, UserUttered

from channels import counting, counts
from channels.counting import Standing
from channels.counts import Figure, Increments, day_of
from content_loader.load import load
from content_loader.shapes import Content
from operators.accounts import Role
from operators.app import PAGES, make_app, make_site
from operators.numbers import SPANS, Numbers
from operators.settings import Settings

DAY_SECONDS = 86_400
SEED = 20_261_129
CHANNELS = {"website": 0.5, "wechat": 0.45, "rest": 0.05}
COUNTY_DIGITS = 6  # of its code
ROUNDS = 5  # how often each page is opened
MAX_SECONDS = 1.0
BASE = "http://127.0.0.1:5007"
PASSWORD = "a long password for measuring only"


@dataclass
class Generator:
    """Makes conversations up, always the same ones from the same seed."""

    content: Content
    end: float
    days: int
    rng: random.Random

    def __post_init__(self) -> None:
        self._topics = [name for name in self.content.meanings if name in self.content.answers]
        self._topics += [f"ask:{name}" for name in self.content.practical]
        # Few places and topics make up nearly all, as with real ones.
        places = self.content.gazetteer.places
        self._places = [code for code in places if len(code) == COUNTY_DIGITS]
        self.rng.shuffle(self._places)
        self._ways = [*self.content.ways]
        self._troubles = [name for name, one in self.content.troubles.items() if one.causes]
        self.intents = frozenset(self.content.meanings)

    def conversation(self) -> Iterator[list[Event]]:
        """Yields the events of each turn."""
        rng = self.rng
        self._now = self.end - rng.random() * self.days * DAY_SECONDS
        (self._channel,) = rng.choices([*CHANNELS], [*CHANNELS.values()])
        kind = rng.random()
        if kind < 0.25:
            yield from self._diagnosis()
        elif kind < 0.8:
            yield from self._guide()
        for _ in range(rng.choice((0, 0, 1, 1, 2))):
            yield self._question()
        if rng.random() < 0.15:
            yield self._bureau()

    def _guide(self) -> Iterator[list[Event]]:
        rng = self.rng
        (way,) = rng.choices(self._ways, [10, 6, 2, 1, 2][: len(self._ways)])
        total = len(self.content.ways[way].steps)
        for step in range(1, total + 1):
            yield self._turn("next_step", {"guide": {"way": way, "step": step}})
            while rng.random() < 0.15:
                yield self._question()
            if rng.random() < 0.08:
                return
        yield self._turn("affirm", {"guide": None}, outcome="solved")

    def _diagnosis(self) -> Iterator[list[Event]]:
        trouble = self.rng.choice(self._troubles)
        for number, cause in enumerate(self.content.troubles[trouble].causes):
            shown = {"type": "cause", "title": cause.title}
            slot = {"diagnosis": {"trouble": trouble, "cause": number}}
            yield self._turn(trouble, slot, [shown], acts=[f"trouble:{trouble}"])
            if self.rng.random() < 0.3:
                yield self._turn("resolved", {"diagnosis": None}, outcome="helped")
                return
            if self.rng.random() < 0.1:
                return
        yield self._turn("deny", {"diagnosis": None})

    def _question(self) -> list[Event]:
        if self.rng.random() < 0.08:
            pending = self.rng.choice(("meaning", None))
            return self._turn("nlu_fallback", {"fallback_count": 1, "pending_question": pending})
        topic = self._topics[self._rank(len(self._topics))]
        return self._turn(topic, {}, acts=[topic] if topic.startswith("ask:") else [])

    def _bureau(self) -> list[Event]:
        place = self._places[self._rank(len(self._places))]
        more: dict[str, Any] = {}
        if self.rng.random() < 0.4:
            more["handoff"] = {"reason": "asked"}
        return self._turn("contact_bureau", {"place": place}, [{"type": "bureau"}], **more)

    def _rank(self, count: int) -> int:
        """Returns an index, a small one more often."""
        return int(count * self.rng.random() ** 3)

    def _turn(
        self,
        intent: str,
        slots: dict[str, Any],
        blocks: Sequence[dict[str, Any]] = (),
        acts: Sequence[str] = (),
        **says: Any,
    ) -> list[Event]:
        self._now += self.rng.expovariate(1 / 40)
        action = "action_follow_conversation" if acts else "action_answer_question"
        parsed = {"intent": {"name": intent}, "acts": acts}
        said = UserUttered("x", {"name": intent}, [], parsed, self._now, self._channel)
        answer = BotUttered("y", {}, {"blocks": blocks, **says})
        set_now = [SlotSet(name, value) for name, value in slots.items()]
        return [said, ActionExecuted(action), answer, *set_now]


def generate(conversations: int, days: int, end: float) -> tuple[Increments, Increments]:
    """Returns what conversations add to the numbers, and what judgements of answers do.

    Args:
        conversations: how many.
        days: over which they are spread.
        end: the last moment of these, in seconds since 1970.
    """
    rng = random.Random(SEED)
    made = Generator(load(), end, days, rng)
    found, judged = Increments(), Increments()
    for _ in range(conversations):
        standing: Standing | None = None
        for events in made.conversation():
            seconds = rng.lognormvariate(-1.5, 0.8)
            standing, more = counting.counted(standing, events, made.intents, seconds)
            for key, count in more.items():
                found[key] += count
        if standing and standing.channel == "website" and rng.random() < 0.1:
            helpful = "yes" if rng.random() < 0.7 else "no"
            judged.count(Figure.FEEDBACK, day_of(standing.seen), "website", helpful)
    return found, judged


def keep(increments: Increments, path: Path) -> int:
    """Adds numbers to a database in a file; returns how many rows it has then."""
    engine = sa.create_engine(f"sqlite:///{path}")
    counts.create(engine)
    with engine.begin() as connection:
        counts.add(connection, increments)
        rows = connection.execute(sa.text("SELECT COUNT(*) FROM counts")).scalar()
    engine.dispose()
    return int(rows or 0)


def addresses() -> list[str]:
    """Returns the address of each page of numbers, and of each table, without its query."""
    pages = [page.path for page in PAGES if page.path.startswith("/numbers")]
    tables = ("conversations", "wanted", "guide-phone", "asked-phone", "trouble-face_failed")
    found = [path for path in pages if "{" not in path]
    more = ("places", "not_understood", "seconds")
    return [*found, *(f"/numbers/{name}.csv" for name in (*tables, *more))]


async def open_pages(numbers: Path, folder: Path) -> dict[str, list[float]]:
    """Returns how many seconds each page took for each span, as a reader opens them.

    Args:
        numbers: the folder with the numbers.
        folder: for what else the pages keep.

    Raises:
        RuntimeError: if a page does not open.
    """
    folder.mkdir()
    site = replace(make_site(Settings(), folder), numbers=Numbers(numbers))
    account = site.accounts.add("reader", Role.READER, PASSWORD, "command line")
    session = site.accounts.begin_session(account, PASSWORD)
    if session is None:
        raise RuntimeError("nobody is logged in")
    took: dict[str, list[float]] = {}
    app = httpx.ASGITransport(make_app(site))
    cookies = {"zhaohui_session": session.token}
    async with httpx.AsyncClient(transport=app, base_url=BASE, cookies=cookies) as client:
        await client.get("/numbers")  # content and templates are read once
        for path in addresses():
            for span in SPANS:
                for _ in range(ROUNDS):
                    begin = time.perf_counter()
                    answer = await client.get(path, params={"span": span, "channel": "all"})
                    took.setdefault(f"{path} {span}", []).append(time.perf_counter() - begin)
                    if answer.status_code != httpx.codes.OK:
                        raise RuntimeError(f"{path}: {answer.status_code}")
    site.database.close()
    return took


def make(folder: Path, conversations: int, days: int) -> None:
    """Generates conversations and keeps their numbers in a folder; says how long that took."""
    end = datetime.datetime.now().replace(hour=20, minute=0).timestamp()
    begin = time.process_time()
    found, judged = generate(conversations, days, end)
    counted_in = time.process_time() - begin
    messages = sum(n for key, n in found.items() if key[0] == Figure.MESSAGES.value)
    rows = keep(found, folder / "conversations.db")
    keep(judged, folder / "website.db")
    size = (folder / "conversations.db").stat().st_size
    sys.stdout.write(
        f"{conversations:,} conversations with {messages:,} messages over {days} days, counted in"
        f" {counted_in:.0f} s of processor time ({1e6 * counted_in / messages:.0f} microseconds a"
        f" message with its making): {rows:,} rows, {size / 1e6:.0f} MB\n"
    )


def main() -> int:
    """Generates, measures, and says whether every page took less than a second."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--conversations", type=int, default=1_000_000)
    parser.add_argument("--days", type=int, default=365)
    parser.add_argument("--folder", type=Path, help="to keep the numbers in, or with such numbers")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as passing:
        folder = options.folder or Path(passing)
        if not (folder / "conversations.db").exists():
            make(folder, options.conversations, options.days)
        took = asyncio.run(open_pages(folder, Path(passing) / "site"))
    for path, seconds in took.items():
        middle, longest = statistics.median(seconds), max(seconds)
        sys.stdout.write(f"{path:44} {middle:6.3f} s, at most {longest:6.3f} s\n")
    slow = [path for path, seconds in took.items() if max(seconds) >= MAX_SECONDS]
    sys.stdout.write(f"Over a second: {', '.join(slow) or 'none'}\n")
    return 1 if slow else 0


if __name__ == "__main__":
    sys.exit(main())
