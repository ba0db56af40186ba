"""Holds whole conversations of people who never click, and judges every reply.

Their writers knew neither the training lines nor a single reply. No line of `held_out.jsonl` was
looked at to change anything; `development.jsonl` is for looking at.
"""

from __future__ import annotations

from functools import partial
from pathlib import Path

import pytest

from bench.conversations import Judged, converse, read_conversations
from bench.replies import Replies, fits, is_right
from content_loader.load import load
from tests.conftest import Assistant, Conversation

FOLDER = Path(__file__).parent
FILES = ("held_out", "development")
# A little under what was measured; raise them with every gain.
# Of each writer's, by the first letter of the conversation's id: some judge more strictly.
MIN_RIGHT = {
    "held_out": {"b": 0.73, "d": 0.66, "e": 0.68},
    "development": {"a": 0.69, "c": 0.59},
}
MIN_ARRIVED = {"held_out": 0.82, "development": 0.84}
MAX_FALSE_SUCCESS = {"held_out": 1, "development": 1}


@pytest.fixture(scope="session")
def replies() -> Replies:
    return Replies(load())


def held(name: str, assistant: Assistant, replies: Replies) -> list[Judged]:
    judged = []
    for conversation in read_conversations(FOLDER / f"{name}.jsonl"):
        judged.append(converse(conversation, partial(said_to, Conversation(assistant)), replies))
    return judged


def said_to(conversation: Conversation, text: str) -> str:
    return str(conversation.say(text)["text"])


@pytest.mark.parametrize("name", FILES)
def test_most_replies_are_right_and_most_people_arrive(
    name: str, assistant: Assistant, replies: Replies
) -> None:
    judged = held(name, assistant, replies)
    turns = [turn for conversation in judged for turn in conversation.turns]
    right = {
        writer: sum(of_writer) / len(of_writer)
        for writer in MIN_RIGHT[name]
        if (of_writer := [turn.right for turn in turns if turn.conversation[0] == writer])
    }
    arrived = sum(conversation.arrived for conversation in judged) / len(judged)
    false_success = sum(turn.false_success for turn in turns)
    print(name, right, round(arrived, 3), false_success)
    assert right.keys() == MIN_RIGHT[name].keys() == {turn.conversation[0] for turn in turns}
    assert not {writer for writer in right if right[writer] < MIN_RIGHT[name][writer]}
    assert arrived >= MIN_ARRIVED[name]
    assert false_success <= MAX_FALSE_SUCCESS[name]


def test_a_reply_is_known_by_its_sentences(replies: Replies) -> None:
    content = load()
    step, cost = content.ways["phone"].steps[2].do, content.practical["cost"].text
    assert replies.moves(f"{step}\n\n{cost}") == {"step phone 3", "answer cost"}
    way = content.ways["face"]
    assert replies.moves("\n".join(step.do for step in way.steps)) >= {"whole_guide", "step face 1"}
    assert replies.moves(content.texts["navigate.solved.which"]) >= {"success", "ask_done"}
    assert not replies.moves("这句话谁也没说过")


@pytest.mark.parametrize(
    ("wanted", "moves", "expected"),
    [
        ("step phone 3-5", {"step phone 4"}, True),
        ("step phone 3-5", {"step phone 6"}, False),
        ("step phone 3", {"step face 3"}, False),
        ("step bureau", {"step bureau 2"}, True),
        ("answer cost", {"answer cost", "back"}, True),
        ("ask phone", {"menu"}, False),
    ],
)
def test_a_wanted_reply_may_name_a_range_of_steps(
    wanted: str, moves: set[str], expected: bool
) -> None:
    assert fits(wanted, moves) is expected


@pytest.mark.parametrize(
    ("turn", "moves", "expected"),
    [
        ({"ok": ["menu", "ask phone"]}, {"ask phone"}, True),
        ({"ok": ["menu"]}, {"menu", "success"}, False),
        ({"ok": ["success"]}, {"success"}, True),
        ({"ok": ["menu"], "never": ["scam"]}, {"menu", "scam"}, False),
        ({"both": ["answer cost", "step phone"]}, {"answer cost"}, False),
        ({"both": ["answer cost", "step phone"]}, {"answer cost", "step phone 2"}, True),
    ],
)
def test_what_is_right(turn: dict[str, list[str]], moves: set[str], expected: bool) -> None:
    assert is_right(turn, moves) is expected
