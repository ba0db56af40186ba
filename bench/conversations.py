"""Holds the held-out conversations with the assistant, judges every reply, writes the report.

    python -m bench.conversations

The report is `docs/conversations.md`: by kind, with every turn that is still wrong.

Their writers wrote no training lines and knew no reply: a turn lists what a reply may do to be
right (`bench.replies`). A fixed script does not react to what it is told, so some turns are harder
than a person would have made them; and that a reply does nothing wrong beside what is right, only
a reader can tell.
"""

from __future__ import annotations

import json
import sys
import tempfile
import urllib.request
import uuid
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from functools import partial
from pathlib import Path
from typing import Any

from bench.performance import settings
from bench.replies import Replies, fits, is_right
from content_loader.load import load
from scripts.console import ROOT, guarded, shown
from scripts.processes import StopRequest
from scripts.readiness import LOCAL, free_port
from scripts.servers import Servers
from scripts.train import ensure_model

HELD_OUT = ROOT / "tests" / "conversations" / "held_out.jsonl"
REPORT = ROOT / "docs" / "conversations.md"
SECONDS = 60  # for an answer
MAX_REPLY = 90  # characters of a reply that are shown


@dataclass(frozen=True)
class JudgedTurn:
    """What a person said, what the reply did, and whether that was right.

    Attributes:
        conversation: its id.
        kind: the situation that the conversation is about.
        number: of the turn, from 1.
        said: by the person.
        reply: its text.
        moves: what it did.
        wanted: what would have been right, any or each of it.
        right: whether it was.
        false_success: whether it reported a success that the person had not.
    """

    conversation: str
    kind: str
    number: int
    said: str
    reply: str
    moves: frozenset[str]
    wanted: tuple[str, ...]
    right: bool
    false_success: bool


@dataclass(frozen=True)
class Judged:
    """A whole conversation: its turns, and whether the person got where they wanted."""

    turns: Sequence[JudgedTurn]
    arrived: bool


def read_conversations(path: Path) -> list[dict[str, Any]]:
    """Returns the conversations of a file, one JSON object a line."""
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]


def converse(conversation: dict[str, Any], say: Callable[[str], str], replies: Replies) -> Judged:
    """Returns the conversation judged; `say` sends a text and returns the text of the reply."""
    turns = []
    moves: set[str] = set()
    seen: set[str] = set()
    for number, turn in enumerate(conversation["turns"], start=1):
        reply = say(turn["say"])
        moves = replies.moves(reply)
        seen |= moves
        wanted = (*turn.get("ok", ()), *turn.get("both", ()))
        turns.append(
            JudgedTurn(
                conversation["id"],
                conversation["kind"],
                number,
                turn["say"],
                reply,
                frozenset(moves),
                wanted,
                is_right(turn, moves),
                "success" in moves and "success" not in wanted,
            )
        )
    arrived = any(fits(goal, seen) for goal in conversation["goal"])
    return Judged(turns, arrived)


def by_kind(judged: Iterable[Judged]) -> dict[str, list[JudgedTurn]]:
    """Returns the turns of each kind of conversation."""
    kinds: dict[str, list[JudgedTurn]] = defaultdict(list)
    for conversation in judged:
        for turn in conversation.turns:
            kinds[turn.kind].append(turn)
    return dict(sorted(kinds.items()))


@contextmanager
def running_assistant() -> Iterator[str]:
    """Starts the servers on free ports; yields the address of the REST channel."""
    with tempfile.TemporaryDirectory() as folder, StopRequest() as request:
        port, actions_port = free_port(), free_port()
        endpoints, credentials = settings(Path(folder), actions_port, is_ours=True)
        servers = Servers(LOCAL, port, actions_port, endpoints, credentials)
        with servers.running(ensure_model(), request):
            yield f"{servers.url}/webhooks/rest/webhook"


def send(url: str, sender: str, text: str) -> str:
    """Sends a text over REST and returns the text of the reply."""
    body = json.dumps({"sender": sender, "message": text}).encode()
    request = urllib.request.Request(url, body, {"Content-Type": "application/json"})
    with urllib.request.urlopen(request, timeout=SECONDS) as answer:
        return "\n".join(str(message["text"]) for message in json.load(answer))


def hold(path: Path) -> list[Judged]:
    """Returns the conversations of a file, held with an assistant of our own and judged."""
    replies = Replies(load())
    with running_assistant() as url:
        return [
            converse(conversation, partial(send, url, uuid.uuid4().hex), replies)
            for conversation in read_conversations(path)
        ]


def write_report(judged: Sequence[Judged]) -> None:
    """Writes `docs/conversations.md`."""
    kinds = by_kind(judged)
    turns = [turn for conversation in judged for turn in conversation.turns]
    rows = [
        f"| {kind} | {len(some)} | {sum(turn.right for turn in some) / len(some):.2f} |"
        for kind, some in kinds.items()
    ]
    wrong = [
        f"| {turn.conversation}, {turn.number} | {_cell(turn.said)} | {_cell(turn.reply)} "
        f"| {_cell(', '.join(turn.wanted))} |"
        for turn in turns
        if not turn.right
    ]
    text = TEMPLATE.format(
        date=date.today().isoformat(),
        conversations=len(judged),
        turns=len(turns),
        right=sum(turn.right for turn in turns) / len(turns),
        arrived=sum(conversation.arrived for conversation in judged) / len(judged),
        false_success=sum(turn.false_success for turn in turns),
        kinds="\n".join(rows),
        wrong="\n".join(wrong),
    )
    REPORT.write_text(text, encoding="utf-8")


def _cell(text: str) -> str:
    """Returns a text as one cell of a table."""
    line = " ".join(text.split()).replace("|", "/")
    return line if len(line) <= MAX_REPLY else line[: MAX_REPLY - 1] + "\u2026"


TEMPLATE = """\
# Whole conversations

Written by `python -m bench.conversations` (also by `make evaluate`) on {date}.

{conversations} conversations of {turns} turns, by writers who knew neither the training lines nor
a single reply (`tests/conversations/held_out.jsonl`). Nobody clicks. A turn lists what a reply may
do to be right; what a reply does is read from the sentences of `content/` in it. The script does
not react to what it is told, so some turns are harder than a person would have made them; that a
reply says nothing wrong beside what is right is not judged here.

| measured | |
|---|---|
| turns with a right reply | {right:.3f} |
| people who got where they wanted | {arrived:.3f} |
| successes that nobody had reported | {false_success} |

## By kind

| kind | turns | right |
|---|---|---|
{kinds}

## Every turn that is still wrong

| turn | said | reply | would be right |
|---|---|---|---|
{wrong}
"""


def main() -> int:
    """Holds the conversations and writes the report."""
    print("Whole conversations ...", flush=True)
    write_report(hold(HELD_OUT))
    print(f"Written: {shown(REPORT)}")
    return 0


if __name__ == "__main__":
    sys.exit(guarded(main))
