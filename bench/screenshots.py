"""Sends invented screenshots and photographs through the assistant, and writes the report.

    python -m bench.screenshots [--set SET] [--only PART] [--every N] [--pictures FOLDER]

The pictures are those of `bench.pictures`, of the tenth set unless `--set` names another. Each is
read by the reader's own process, understood, and answered by the trained assistant and its actions;
where that asks whether this is the problem, the person says yes. The report is
`docs/screenshots.md`; those of the other sets go to `results/`. `--only` takes the pictures whose
name has the part, `--every` one of N: both print what came of each and write no report.
`--pictures` keeps the pictures and draws those that are missing; it is a folder for one set.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import logging
import re
import sqlite3
import sys
import tempfile
import time
import uuid
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date
from itertools import product
from pathlib import Path
from typing import Any

import yaml
from rasa.core.agent import Agent
from rasa.core.channels.channel import UserMessage
from rasa.core.tracker_store import TrackerStore
from rasa.shared.core.domain import Domain
from rasa.utils.endpoints import EndpointConfig
from rasa.utils.log_utils import configure_structlog
from rasa_sdk.executor import ActionExecutor

from bench.pictures.drawing import draw_all
from bench.pictures.judging import contains_secret, same, uncovered, wanted
from bench.pictures.specs import MEASURED, SETS, Picture, pictures
from bench.replies import Replies, fits
from bench.report import table
from channels.answers import AnswerCollector
from channels.pictures import METADATA, Seen, hide_secrets, look_at
from content_loader.load import load
from screenshots.reader import Reader, shared_reader
from screenshots.reading import Reading
from scripts.console import ROOT, guarded, shown
from scripts.train import ensure_model

REPORTS = {  # only the measured set stands in the documentation
    "first": ROOT / "results" / "screenshots_first.md",
    "second": ROOT / "results" / "screenshots_second.md",
    "third": ROOT / "results" / "screenshots_third.md",
    "fourth": ROOT / "results" / "screenshots_fourth.md",
    "fifth": ROOT / "results" / "screenshots_fifth.md",
    "sixth": ROOT / "results" / "screenshots_sixth.md",
    "seventh": ROOT / "results" / "screenshots_seventh.md",
    "eighth": ROOT / "results" / "screenshots_eighth.md",
    "ninth": ROOT / "results" / "screenshots_ninth.md",
    MEASURED: ROOT / "docs" / "screenshots.md",
}
MAX_CHARACTERS = 1000  # of a text, as in the channels
AT_ONCE = 10
ROUNDS = 5  # of ten pictures at once
YES = "/affirm"
PART = re.compile(
    r"cause |screen |step |ask (phone|face)|scam"
)  # what a trouble or a page leads to
# Of a conversation, and what an answer is told by (twelve digits, with letters among them).
ID = re.compile(r"[0-9a-f-]{32,36}|(?=.*[a-f])[0-9a-f]{12}( \d)?")
MAX_CELL = 70  # characters of a text that are shown


@dataclass(frozen=True)
class Outcome:
    """What became of one picture.

    Attributes:
        picture: what was sent.
        lines: that were read, joined.
        left: what the hiding of secrets left of them.
        seen: what was seen on it.
        moves: what the answers did: to the picture, and to a yes if it asked for one.
        replies: the texts of the answers.
        seconds: from its bytes to the first answer.
    """

    picture: Picture
    lines: str
    left: str
    seen: Seen
    moves: frozenset[str]
    replies: tuple[str, ...]
    seconds: float

    @property
    def metadata(self) -> dict[str, Any]:
        """What the metadata of the message to Rasa say of the picture."""
        metadata: dict[str, Any] = self.seen.metadata[METADATA]
        return metadata

    @property
    def is_exact(self) -> bool:
        """Whether the error sentence was found just as it stands, also with its title."""
        return uncovered(self.seen.shown) in self._sayings

    @property
    def was_read(self) -> bool:
        """Whether the error sentence, or the telling part of a message, is in the lines."""
        return same(self.picture.says or self.picture.telling) in same(self.lines)

    @property
    def was_left(self) -> bool:
        """Whether it is in what the hiding of secrets left."""
        return same(self.picture.says or self.picture.telling) in same(self.left)

    @property
    def is_right(self) -> bool:
        """Whether the next turn is one of the right ones."""
        return any(fits(move, set(self.moves)) for move in wanted(self.picture))

    @property
    def is_taken(self) -> bool:
        """Whether a picture of something else was taken for a trouble or a page."""
        kind, page = self.metadata["kind"], self.metadata["page"]
        return kind == "error" or bool(page) or any(map(PART.match, self.moves))

    @property
    def _sayings(self) -> set[str]:
        says = self.picture.says
        titles = [
            value[1] if kind == "result" else value[0]
            for block in self.picture.drawn.get("blocks", ())
            for kind, value in block.items()
            if kind in ("dialog", "bottom", "result")
        ]
        titles.append(self.picture.drawn.get("heading", ""))
        return {uncovered(says), *(uncovered(title + says) for title in titles)}


@dataclass
class Run:
    """All that was measured.

    Attributes:
        outcomes: of every picture.
        at_once: seconds of each of the pictures that came ten at a time.
        kept: name of a picture and where one of its secrets was found.
    """

    outcomes: list[Outcome] = field(default_factory=list)
    at_once: list[float] = field(default_factory=list)
    kept: list[tuple[str, str]] = field(default_factory=list)


class NotingReader:
    """A reader that notes what it read, so that reading and understanding are told apart."""

    def __init__(self, reader: Reader) -> None:
        self._reader = reader
        self.last: Reading | None = None

    async def read(self, picture: bytes) -> Reading:
        """Returns the lines on a picture."""
        self.last = None
        self.last = await self._reader.read(picture)
        return self.last


class NearActions(EndpointConfig):
    """Runs the actions in this process; what goes to them and comes back is JSON all the same."""

    def __init__(self) -> None:
        super().__init__(url="http://actions")
        self._executor = ActionExecutor()
        self._executor.register_package("actions")

    async def request(self, **arguments: Any) -> Any:
        """Runs the action that is asked for."""
        call = json.loads(json.dumps(arguments["json"]))
        return json.loads(json.dumps(await self._executor.run(call)))


class Assistant:
    """The trained assistant in this process, with conversations in a file of its own."""

    def __init__(self, database: Path) -> None:
        settings = yaml.safe_load((ROOT / "endpoints.yml").read_text(encoding="utf-8"))
        kept = {**settings["tracker_store"], "db": str(database)}
        store = TrackerStore.create(EndpointConfig.from_dict(kept), Domain.empty())
        self._agent = Agent(
            tracker_store=store,
            action_endpoint=NearActions(),
            generator=EndpointConfig.from_dict(settings["nlg"]),
        )
        self._agent.load_model(ensure_model())

    async def answer(self, sender: str, text: str, metadata: Any = None) -> list[dict[str, Any]]:
        """Returns the messages that answer a text."""
        output = AnswerCollector()
        message = UserMessage(text, output, sender, input_channel="rest", metadata=metadata)
        await self._agent.handle_message(message)
        messages: list[dict[str, Any]] = output.messages
        return messages


class Notes(logging.Handler):
    """Everything that was logged."""

    def __init__(self) -> None:
        super().__init__(logging.INFO)
        self.lines: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        """Notes one record."""
        self.lines.append(self.format(record))


async def send(picture: bytes, name: str, reader: NotingReader, assistant: Assistant) -> Any:
    """Returns what was seen on a picture, the answer to it, and the seconds until then."""
    began = time.perf_counter()
    seen = await look_at(picture, reader, MAX_CHARACTERS)
    answers = await assistant.answer(name, seen.text, seen.metadata)
    return seen, answers, time.perf_counter() - began


async def judge(
    picture: Picture, content: bytes, reader: NotingReader, assistant: Assistant, replies: Replies
) -> Outcome:
    """Sends a picture in a conversation of its own, says yes if asked, and returns the outcome."""
    sender = uuid.uuid4().hex
    seen, answers, seconds = await send(content, sender, reader, assistant)
    lines, left = "", ""
    if reader.last:
        lines = "".join(line.text for line in reader.last.lines)
        left = "".join(line.text for line in hide_secrets(reader.last)[0].lines)
    texts = [text_of(answers)]
    payloads = [button["payload"] for answer in answers for button in answer.get("buttons", ())]
    yes = next((payload for payload in payloads if payload.startswith(YES)), None)
    if yes:
        texts.append(text_of(await assistant.answer(sender, yes)))
    moves = frozenset(move for text in texts for move in replies.moves(text))
    return Outcome(picture, lines, left, seen, moves, tuple(texts), seconds)


def text_of(answers: Iterable[dict[str, Any]]) -> str:
    """Returns the text of an answer."""
    return "\n".join(answer.get("text", "") for answer in answers)


async def measure(
    chosen: Sequence[Picture], files: Sequence[Path], folder: Path, rounds: int, tells: bool
) -> Run:
    """Returns what became of the pictures.

    Args:
        chosen: the pictures.
        files: theirs.
        folder: for the conversations.
        rounds: of ten pictures at once.
        tells: whether what became of each is printed at once.
    """
    run, notes = Run(), Notes()
    logging.getLogger().handlers = [notes]
    database = folder / "conversations.db"
    assistant, replies = Assistant(database), Replies(load())
    reader = NotingReader(shared_reader())
    contents = [file.read_bytes() for file in files]
    try:
        await send(contents[0], uuid.uuid4().hex, reader, assistant)  # loads what is loaded late
        for picture, content in zip(chosen, contents, strict=True):
            run.outcomes.append(await judge(picture, content, reader, assistant, replies))
            if tells:
                print(_line(run.outcomes[-1]), flush=True)
            elif len(run.outcomes) % 20 == 0:
                print(f"\rPictures ... {len(run.outcomes)}/{len(chosen)}", end="", flush=True)
        for batch in _batches(contents, rounds):
            sent = [send(content, uuid.uuid4().hex, reader, assistant) for content in batch]
            run.at_once += [seconds for _, _, seconds in await asyncio.gather(*sent)]
    finally:
        await shared_reader().close()
        logging.getLogger().handlers = []
    run.kept = list(secrets_kept(run.outcomes, database, notes.lines))
    return run


def _batches(contents: Sequence[bytes], rounds: int) -> Iterator[Sequence[bytes]]:
    """Ten pictures at a time, from all parts of the list."""
    step = max(1, len(contents) // (AT_ONCE * rounds))
    spread = contents[::step]
    for at in range(0, min(len(spread), AT_ONCE * rounds), AT_ONCE):
        yield spread[at : at + AT_ONCE]


def secrets_kept(
    outcomes: Iterable[Outcome], database: Path, logged: Sequence[str]
) -> Iterator[tuple[str, str]]:
    """Returns each picture of which a secret was kept, and where."""
    events = list(kept_texts(database))
    for outcome in outcomes:
        kept_in = {
            "what was seen": [outcome.seen.text, outcome.seen.shown],
            "metadata": [json.dumps(outcome.seen.metadata, ensure_ascii=False)],
            "an answer": outcome.replies,
            "the conversation": events,
            "the log": logged,
        }
        for name, texts in kept_in.items():
            # Each by itself: the end of one and the beginning of the next are nobody's number.
            pairs = product(texts, outcome.picture.secrets)
            if any(contains_secret(text, secret) for text, secret in pairs):
                yield outcome.picture.name, name


def kept_texts(database: Path) -> Iterator[str]:
    """Returns every text in the database, but no times and ids: their digits are nobody's."""
    with sqlite3.connect(database) as connection:
        tables = connection.execute(
            "SELECT name FROM sqlite_master WHERE type = 'table'"
        ).fetchall()
        for (name,) in tables:
            for row in connection.execute(f'SELECT * FROM "{name}"'):
                for cell in row:
                    yield from _texts(cell)


def _texts(value: Any) -> Iterator[str]:
    """Returns the texts in a value, also in the JSON of a text."""
    if isinstance(value, bytes):
        value = value.decode(errors="replace")
    if isinstance(value, str):
        try:
            inner = json.loads(value)
        except ValueError:
            inner = None
        if isinstance(inner, dict | list):
            yield from _texts(inner)
        elif not ID.fullmatch(value):
            yield value
    elif isinstance(value, dict):
        for part in value.values():
            yield from _texts(part)
    elif isinstance(value, list):
        for part in value:
            yield from _texts(part)


def write_report(run: Run, of_set: str) -> Path:
    """Writes the report of a set; returns its file."""
    outcomes = run.outcomes
    errors = [outcome for outcome in outcomes if outcome.picture.says]
    pages = [outcome for outcome in outcomes if outcome.picture.pages]
    messages = [outcome for outcome in outcomes if outcome.picture.telling]
    others = [outcome for outcome in outcomes if outcome.picture.group == "others"]
    turns = [*errors, *pages, *messages]
    rows: list[tuple[object, ...]] = [
        ("error sentence found exactly", *_shares(errors, lambda outcome: outcome.is_exact)),
        ("error sentence among what was read", *_shares(errors, lambda outcome: outcome.was_read)),
        ("and left when secrets were hidden", *_shares(errors, lambda outcome: outcome.was_left)),
        ("right next turn", *_shares(turns, lambda outcome: outcome.is_right)),
        ("of errors", *_shares(errors, lambda outcome: outcome.is_right)),
        ("of pages", *_shares(pages, lambda outcome: outcome.is_right)),
        ("of messages", *_shares(messages, lambda outcome: outcome.is_right)),
        ("something else taken for a trouble", *_shares(others, lambda outcome: outcome.is_taken)),
    ]
    variants = defaultdict(list)
    for outcome in turns:
        variants[outcome.picture.way, outcome.picture.variant].append(outcome)
    by_variant = [
        (way, name, len(some), _exact(some), _share(some, lambda outcome: outcome.is_right))
        for (way, name), some in sorted(variants.items())
    ]
    with_secrets = [outcome for outcome in outcomes if outcome.picture.secrets]
    one = [outcome.seconds for outcome in outcomes]
    text = TEMPLATE.format(
        of_set=of_set,
        date=date.today().isoformat(),
        pictures=len(outcomes),
        clean=sum(outcome.picture.is_clean for outcome in outcomes),
        photographs=sum(not outcome.picture.is_clean for outcome in outcomes),
        others=len(others),
        measured=table(("measured", "clean", "how many", "photographs", "how many"), rows),
        with_secrets=len(with_secrets),
        secrets=sum(len(outcome.picture.secrets) for outcome in with_secrets),
        kept=len(run.kept),
        kept_where="".join(f"- {name}: {where}\n" for name, where in run.kept),
        one=percentile(one, 0.5),
        one_95=percentile(one, 0.95),
        ten=percentile(run.at_once, 0.5),
        ten_95=percentile(run.at_once, 0.95),
        variants=table(("", "variant", "how many", "exact", "right next turn"), by_variant),
        inexact=_listed(outcome for outcome in errors if not outcome.is_exact),
        wrong=_listed(outcome for outcome in turns if not outcome.is_right),
        taken=_listed(outcome for outcome in others if outcome.is_taken),
    )
    report = REPORTS[of_set]
    report.parent.mkdir(exist_ok=True)
    report.write_text(text, encoding="utf-8")
    return report


def _share(outcomes: Sequence[Outcome], holds: Callable[[Outcome], bool]) -> float | str:
    return sum(map(holds, outcomes)) / len(outcomes) if outcomes else "–"


def _shares(outcomes: Sequence[Outcome], holds: Callable[[Outcome], bool]) -> tuple[object, ...]:
    clean = [outcome for outcome in outcomes if outcome.picture.is_clean]
    photographs = [outcome for outcome in outcomes if not outcome.picture.is_clean]
    return _share(clean, holds), len(clean), _share(photographs, holds), len(photographs)


def _exact(outcomes: Sequence[Outcome]) -> float | str:
    return _share(
        [outcome for outcome in outcomes if outcome.picture.says], lambda outcome: outcome.is_exact
    )


def _listed(outcomes: Iterable[Outcome]) -> str:
    """Returns a table of outcomes: what stood there, what was seen, what came of it."""
    rows = [
        (
            outcome.picture.name,
            _cell(
                outcome.picture.says or outcome.picture.telling or ", ".join(outcome.picture.pages)
            ),
            " ".join(outcome.metadata[key] for key in ("kind", "page", "reason")).strip(),
            _cell(outcome.seen.shown, outcome.picture.secrets),
            _cell(", ".join(sorted(outcome.moves)) or outcome.replies[-1], outcome.picture.secrets),
        )
        for outcome in outcomes
    ]
    return (
        table(("picture", "stands there", "taken for", "seen", "did"), rows) if rows else "None.\n"
    )


def _line(outcome: Outcome) -> str:
    """Returns what came of a picture as one line, nothing secret in it."""
    picture = outcome.picture
    judged = [
        word
        for word, holds in (
            ("exact", picture.says and outcome.is_exact),
            ("INEXACT", picture.says and not outcome.is_exact),
            ("right", wanted(picture) and outcome.is_right),
            ("WRONG", wanted(picture) and not outcome.is_right),
            ("TAKEN", picture.group == "others" and outcome.is_taken),
        )
        if holds
    ]
    metadata, seen = outcome.metadata, _cell(outcome.seen.shown, picture.secrets)
    did = ", ".join(sorted(outcome.moves))
    return (
        f"{picture.name}: {' '.join(judged)} {metadata['kind']} {metadata['page']} [{seen}] {did}"
    )


def _cell(text: str, secrets: Iterable[str] = ()) -> str:
    """Returns a text as one cell of a table, nothing secret in it."""
    line = " ".join(text.split()).replace("|", "/")
    if any(contains_secret(line, secret) for secret in secrets):
        return "(with a secret)"
    return line if len(line) <= MAX_CELL else line[: MAX_CELL - 1] + "\u2026"


def percentile(values: Sequence[float], share: float) -> float:
    """Returns the value within which this share of the values is."""
    return sorted(values)[min(len(values) - 1, int(share * len(values)))]


def file_of(folder: Path, picture: Picture) -> Path | None:
    """Returns the file of a picture that was drawn."""
    return next((file for file in folder.glob(f"{picture.name}.*")), None)


TEMPLATE = """\
# Screenshots

Written by `make screenshots` on {date}.

{pictures} invented pictures, the {of_set} set: {clean} as screenshots come through and
{photographs} photographed; {others} of them have nothing to do with the matter. Real pages cannot
be had: `bench/pictures` draws what such pages, chats and messages look like, and nothing was learnt
from them or chosen by them. Each is read, understood and answered by the trained assistant; where
it asks whether this is the problem, the person says yes. What the right answers are stands with
each picture. "Exactly" leaves spaces and the width of letters and marks aside, and
lets the title of a dialog stand before its sentence; a number that the page itself covers with
stars is not kept and not compared.

{measured}
Secrets: {with_secrets} pictures with {secrets} secrets; kept anywhere (what was seen, its
metadata, the conversation, answers, logs): {kept}.
{kept_where}
Seconds for a person, from the bytes of the picture to the answer: half within {one:.2f}, 95 %
within {one_95:.2f}; with ten pictures at once half within {ten:.2f}, 95 % within {ten_95:.2f}.

## By variant

{variants}
## Errors whose sentence was not found exactly

{inexact}
## Wrong next turns

{wrong}
## Something else taken for a trouble

{taken}"""


def main() -> int:
    """Makes the pictures, sends them, and writes the report."""
    parser = argparse.ArgumentParser(description="Measures what is made of pictures.")
    parser.add_argument("--only", default="", help="pictures whose name has this in it")
    parser.add_argument("--pictures", type=Path, help="a folder that keeps the pictures")
    parser.add_argument("--every", type=int, default=1, help="one picture of so many")
    parser.add_argument("--set", choices=SETS, default=MEASURED, help="which pictures")
    arguments = parser.parse_args()
    is_part = bool(arguments.only) or arguments.every > 1
    configure_structlog(logging.INFO)
    logging.getLogger().setLevel(logging.INFO)
    chosen = [picture for picture in pictures(arguments.set) if arguments.only in picture.name]
    chosen = chosen[:: arguments.every]
    with tempfile.TemporaryDirectory() as folder:
        drawn = arguments.pictures or Path(folder) / "pictures"
        print(f"Drawing {len(chosen)} pictures ...", flush=True)
        draw_all([picture for picture in chosen if file_of(drawn, picture) is None], drawn)
        made = [file for picture in chosen if (file := file_of(drawn, picture))]
        rounds = 1 if is_part else ROUNDS
        run = asyncio.run(measure(chosen, made, Path(folder), rounds, is_part))
    print()
    if is_part:
        for name, where in run.kept:
            print(f"kept: {name}, {where}")
        print(f"ten at once: {[round(seconds, 1) for seconds in sorted(run.at_once)]} s")
    else:
        print(f"Written: {shown(write_report(run, arguments.set))}")
    return 0


if __name__ == "__main__":
    sys.exit(guarded(main))
