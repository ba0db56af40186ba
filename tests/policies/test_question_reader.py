"""The reader of practical questions: what it learns from, and how well, on lines of strangers."""

from __future__ import annotations

import logging
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from rasa.core.agent import Agent
from rasa.core.channels.channel import UserMessage
from rasa.shared.core.trackers import DialogueStateTracker
from rasa.utils.log_utils import configure_structlog

from content_loader.load import load
from nlu.features import Row
from policies.contextual_lines import read_lines
from policies.question_reader import NONE, QuestionReader, question_in
from scripts.console import ROOT
from scripts.train import ensure_model

HELD_OUT = Path(__file__).parent / "questions"
# A little under what was measured; raise them with every gain. Where an intent is sure, its own
# answer is left to it, and the question does not count as read.
MIN_RIGHT = 0.77  # of questions, taken for what they are
MAX_WRONG = 0.08  # of questions, taken for another
MAX_TAKEN = 0.06  # of what asks nothing, taken for a question


def row(*columns: int) -> Row:
    return Row(
        np.array(columns, np.int32),
        np.ones(len(columns), np.float32),
        np.zeros(2, np.float32),
        4,
    )


@pytest.mark.parametrize(
    "acts, question",
    [
        (["ask:length"], "ask:length"),
        (["reached:new_password_page", "ask:length"], "ask:length"),
        (["ask:length", "ask:symbols"], ""),
        (["yes", "fact:number=reachable"], NONE),
        (["off_topic"], NONE),
        (["alone"], ""),
        ([], ""),
    ],
)
def test_what_a_line_teaches(acts: list[str], question: str) -> None:
    assert question_in(acts) == question


def test_it_tells_questions_apart_and_keeps_what_it_learnt(tmp_path: Path) -> None:
    config = {**QuestionReader.get_default_config(), "epochs": 60, "batch": 8}
    reader: Any = QuestionReader(config, None, None)
    reader.fit([(row(0), "ask:length"), (row(1), "ask:symbols"), (row(2), NONE)] * 8)
    reader.save(tmp_path)
    again: Any = QuestionReader(config, None, None)
    again.restore(tmp_path)
    for number, name in enumerate(("ask:length", "ask:symbols", NONE)):
        for one in (reader, again):
            confidences = one.classify(row(number))
            assert max(confidences, key=lambda key: confidences[key]) == name
            assert sum(confidences.values()) == pytest.approx(1, abs=1e-3)


def test_every_question_that_is_learnt_has_an_answer() -> None:
    content = load()
    answered = {*content.practical, *content.practical_same}
    own_moves = {"is_scam", "papers", "human", "do_it", "other_password", "next_after"}
    learnt = {
        act.removeprefix("ask:")
        for line in read_lines(ROOT / "data" / "acts")
        for act in line["acts"]
        if act.startswith("ask:")
    }
    assert learnt <= answered | own_moves


def test_held_out_questions_are_in_no_training_line() -> None:
    learnt = {line["text"] for line in read_lines(ROOT / "data" / "acts")}
    assert not learnt & {line["text"] for line in read_lines(HELD_OUT)}


def test_questions_of_strangers_are_read() -> None:
    configure_structlog(logging.ERROR)
    processor: Any = Agent.load(str(ensure_model())).processor
    right = wrong = taken = questions = others = 0
    for line in read_lines(HELD_OUT):
        tracker = DialogueStateTracker("questions", processor.domain.slots)
        parsed = processor._parse_message_with_graph(UserMessage(line["text"]), tracker)
        read = [act for act in parsed["acts"] if act.startswith("ask:")]
        if line["acts"] == [NONE]:
            others += 1
            taken += bool(read)
        else:
            questions += 1
            right += line["acts"][0] in read
            wrong += bool(read) and line["acts"][0] not in read
    print(f"questions: right {right / questions:.3f}, wrong {wrong / questions:.3f}")
    print(f"no question: taken {taken / others:.3f}")
    assert right >= MIN_RIGHT * questions
    assert wrong <= MAX_WRONG * questions
    assert taken <= MAX_TAKEN * others
