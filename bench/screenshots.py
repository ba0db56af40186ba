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
import sys
import tempfile
import time
import uuid
from collections.abc import Iterable, Iterator, Sequence
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
from bench.pictures.outcomes import Outcome, Run
from bench.pictures.report import line_of, report_of
from bench.pictures.specs import MEASURED, SETS, Picture, pictures
from bench.pictures.traces import secrets_kept
from bench.replies import Replies
from channels.answers import AnswerCollector
from channels.pictures import hide_secrets, look_at
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
                print(line_of(run.outcomes[-1]), flush=True)
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


def write_report(run: Run, of_set: str) -> Path:
    """Writes the report of a set; returns its file."""
    report = REPORTS[of_set]
    report.parent.mkdir(exist_ok=True)
    report.write_text(report_of(run, of_set), encoding="utf-8")
    return report


def file_of(folder: Path, picture: Picture) -> Path | None:
    """Returns the file of a picture that was drawn."""
    return next((file for file in folder.glob(f"{picture.name}.*")), None)


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
