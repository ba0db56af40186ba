"""Holds the held-out conversations with a running assistant and judges every reply.

Their writers wrote no training lines and knew no reply: a turn lists what a reply may do to be
right (`bench.replies`). A fixed script does not react to what it is told, so some turns are harder
than a person would have made them; and that a reply does nothing wrong beside what is right, only
a reader can tell.
"""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from bench.replies import Replies, fits, is_right


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
