"""The operator's own questions: read live, told from all else, and measured with the real model."""

from __future__ import annotations

import asyncio
import datetime
import logging
import os
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import yaml
from rasa.core.agent import Agent
from rasa.core.channels.channel import UserMessage
from rasa.shared.core.events import SlotSet
from rasa.shared.core.trackers import DialogueStateTracker
from rasa.shared.nlu.training_data.features import Features
from rasa.shared.nlu.training_data.message import Message
from rasa.utils.log_utils import configure_structlog

from data_checks.lines import read_questions
from nlu.local_questions import (
    Background,
    Doubt,
    Entry,
    LiveQuestions,
    LocalQuestions,
    doubt_of,
    message_form,
    read_entries,
)
from nlu.sentence_encoder import encode_all
from operators.reach import Reach
from policies.local_question_reader import LocalQuestionReader
from scripts.console import ROOT
from scripts.known_questions import ensure_known
from scripts.train import QUIET, ensure_model
from serving.tenants import VARIABLE

FOLDER = Path(__file__).parent / "local"
QUESTIONS = FOLDER / "questions.yml"
# A little under what was measured; raise them with every gain. Questions of odd positions chose
# the weights, those of even positions are measured.
MIN_RIGHT = 0.79
MIN_RIGHT_OR_OFFERED = 0.89
MAX_WRONG = 0.04
MAX_LOST = 1  # of 458 held-out questions, with all sixty live at once: 0.3 points
LINES = ["密码忘了怎么办", "收不到验证码", "今天天气怎么样", "讲个笑话"]
PARKING = Entry("parking", ("能停车吗", "停车场在哪里", "车停在哪里"))
WIFI = Entry("wifi", ("有没有无线网", "wifi密码是多少", "怎么连wifi"))
SURE, OPEN = Doubt(1.0, 0.0), Doubt(0.0, 0.0)


def background() -> Background:
    """Returns what a few lines are like."""
    return Background.learn(LINES, encode_all(LINES), np.array([False, False, True, True]))


def questions(*entries: Entry) -> LocalQuestions:
    return LocalQuestions(entries, background(), encode_all, message_form())


def find(asked: LocalQuestions, text: str, doubt: Doubt = OPEN, **more: Any) -> Any:
    """Returns what is found in a text."""
    return asked.find(text, encode_all([text])[0], doubt, **more)


def write(path: Path, entries: Iterable[Entry], version: int = 0) -> None:
    """Writes a file of questions; each version has a time of its own."""
    given = {
        entry.name: {"wordings": list(entry.wordings), "text": "x", "strictness": entry.strictness}
        for entry in entries
    }
    path.write_text(yaml.safe_dump({"questions": given, "bureaus": {}}, allow_unicode=True))
    os.utime(path, ns=(0, version))


def test_the_likeliest_question_is_found_and_doubt_counts_against_it() -> None:
    asked = questions(PARKING, WIFI)
    found = find(asked, "车停哪儿")
    assert found.name == "parking"
    assert find(asked, "无线网怎么连").name == "wifi"
    assert find(asked, "车停哪儿", SURE).score < found.score
    assert find(asked, "今天天气怎么样").score < find(asked, "车停哪儿").score
    strict = questions(PARKING._replace(strictness=2.0), WIFI)
    assert find(strict, "车停哪儿").score == pytest.approx(found.score - 2.0, abs=1e-3)


def test_a_wording_as_it_stands_is_always_the_question() -> None:
    asked = questions(PARKING._replace(strictness=4.0), WIFI)
    assert find(asked, "能停车吗？", SURE).score > 90


def test_after_its_last_day_a_question_is_not_found() -> None:
    day = datetime.date(2026, 5, 1)
    asked = questions(PARKING._replace(until=day))
    assert find(asked, "能停车吗", today=day)
    assert find(asked, "能停车吗", today=day + datetime.timedelta(1)) is None
    assert find(questions(), "能停车吗") is None
    assert find(asked, " ") is None


def test_the_file_is_read_again_when_it_changes_and_the_last_good_one_stays(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    path = tmp_path / "local.yml"
    live = LiveQuestions(path, background(), encode_all, message_form())
    assert live.current().entries == []
    write(path, [PARKING], 1)
    assert [entry.name for entry in live.current().entries] == ["parking"]
    write(path, [PARKING, WIFI], 2)
    assert [entry.name for entry in live.current().entries] == ["parking", "wifi"]
    with caplog.at_level(logging.ERROR):
        for version, broken in enumerate(
            ("a: [", "[]", "questions: 1", "questions: {a: {}}", "questions: {a: {wordings: 停车}}",
             "questions: {1: {wordings: [a]}}", "questions: {a: {wordings: [a], until: x}}", ""), 3
        ):  # fmt: skip
            path.write_text(broken)
            os.utime(path, ns=(0, version))
            assert [entry.name for entry in live.current().entries] == ["parking", "wifi"]
            assert live.current() is live.current()
    assert len(caplog.records) == 8  # each once
    path.unlink()
    assert live.current().entries == []


def test_what_was_encoded_is_not_encoded_again(tmp_path: Path) -> None:
    path = tmp_path / "local.yml"
    encoded: list[str] = []

    def encode(texts: Sequence[str]) -> Any:
        encoded.extend(texts)
        return encode_all(texts)

    write(path, [PARKING], 1)
    live = LiveQuestions(path, background(), encode, message_form())
    assert encoded == list(PARKING.wordings)
    write(path, [PARKING, WIFI], 2)
    live.current()
    assert encoded[3:] == list(WIFI.wordings)


def test_the_background_is_the_same_when_it_was_kept(tmp_path: Path) -> None:
    learnt = background()
    learnt.save(tmp_path / "b.npz")
    kept = Background.load(tmp_path / "b.npz")
    vector = encode_all(["车停在哪"])[0]
    assert kept.against(vector, OPEN) == pytest.approx(learnt.against(vector, OPEN), abs=0.01)
    assert kept.rarity("密码") == learnt.rarity("密码")


def test_what_the_intents_say() -> None:
    ranking = [("out_of_scope", 0.6), ("contact_bureau", 0.3), ("face_failed", 0.1)]
    doubt = doubt_of([{"name": name, "confidence": share} for name, share in ranking])
    assert doubt == Doubt(0.1, 0.3)


class Model:
    """The trained model, with questions in a file of its own."""

    def __init__(self, path: Path) -> None:
        configure_structlog(logging.ERROR)
        before = LocalQuestionReader.get_default_config
        config = {**before(), "file": str(path)}
        LocalQuestionReader.get_default_config = staticmethod(lambda: config)  # type: ignore[method-assign]
        try:
            processor = Agent.load(str(ensure_model())).processor
        finally:
            LocalQuestionReader.get_default_config = before  # type: ignore[method-assign]
        assert processor
        self._processor = processor

    def parse(self, text: str, **slots: Any) -> dict[str, Any]:
        """Returns what is understood of a text, in a conversation with these slots."""
        tracker = DialogueStateTracker("test", self._processor.domain.slots)
        for name, value in slots.items():
            tracker.update(SlotSet(name, value))
        parsed: dict[str, Any] = self._processor._parse_message_with_graph(
            UserMessage(text), tracker
        )
        return parsed

    def found(self, text: str) -> str:
        """Returns the question that is answered; empty for none."""
        acts = self.parse(text)["acts"]
        return acts[0].partition(":")[2] if acts and acts[0].startswith("local:") else ""


@pytest.fixture(scope="module")
def file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The sixty questions as the operator's pages save them, each as strict as it has to be."""
    known = ensure_known(ensure_model(), QUIET)
    reach = Reach(known.parent)
    entries = []
    given = read_entries(QUESTIONS)
    for entry in given:
        reached = reach.of(entry.wordings, [other for other in given if other != entry])
        assert reached
        entries.append(entry._replace(strictness=reached.strictness))
    path = tmp_path_factory.mktemp("content") / "local.yml"
    write(path, entries, 1)
    return path


@pytest.fixture(scope="module")
def model(file: Path) -> Model:
    return Model(file)


def test_new_questions_are_heard_in_other_words(model: Model, file: Path) -> None:
    names = sorted(entry.name for entry in read_entries(file))
    assert len(names) == 60
    asked = [
        line.split("\t")
        for line in (FOLDER / "held_out.tsv").read_text(encoding="utf-8").splitlines()
        if not line.startswith("#")
    ]
    assert len(asked) == 480
    right, offered, wrong, total = 0, 0, 0, 0
    for text, name, _ in asked:
        if names.index(name) % 2 == 0:
            continue  # these chose the weights
        total += 1
        parsed = model.parse(text)
        acts = parsed["acts"]
        if acts and acts[0].startswith("local:"):
            right += acts[0] == f"local:{name}"
            wrong += acts[0] != f"local:{name}"
        else:
            offered += parsed.get("local_offer") == name
    print(f"right {right / total:.3f} offered {offered / total:.3f} wrong {wrong / total:.3f}")
    assert right / total >= MIN_RIGHT
    assert (right + offered) / total >= MIN_RIGHT_OR_OFFERED
    assert wrong / total <= MAX_WRONG


def test_no_held_out_question_is_lost_to_them(model: Model) -> None:
    lost = 0
    for question in read_questions(ROOT / "tests" / "nlu" / "held_out.tsv"):
        parsed = model.parse(question.text)
        taken = any(act.startswith("local:") for act in parsed["acts"])
        lost += taken and parsed["intent"]["name"] in question.intents
    print(f"lost {lost}")
    assert lost <= MAX_LOST


def test_amid_a_guide_an_answer_is_no_question(model: Model) -> None:
    amid = {"pending_question": "step", "guide": {"way": "phone", "step": 6}}
    for text in ("好了", "下一步", "收到了", "没有", "不行", "等一下"):
        acts = model.parse(text, **amid)["acts"]
        assert not [act for act in acts if act.startswith("local:")], text
    assert model.parse("大厅门口能停车吗", **amid)["acts"][0] == "local:parking"


def test_the_next_message_uses_what_was_saved(model: Model, file: Path) -> None:
    kept, text = file.read_text(encoding="utf-8"), "土豆怎么卖"
    assert model.found(text) == ""
    potatoes = Entry("potatoes", ("有卖土豆的吗", "哪里买土豆", "土豆多少钱一斤"))
    write(file, [*read_entries(file), potatoes], 2)
    try:
        assert model.found(text) == "potatoes"
        file.write_text("questions: [", encoding="utf-8")
        assert model.found(text) == "potatoes"  # the last good one
    finally:
        file.write_text(kept, encoding="utf-8")
    assert model.found(text) == ""


def test_without_questions_nothing_is_other_than_before(tmp_path: Path) -> None:
    empty = LocalQuestionReader(
        {**LocalQuestionReader.get_default_config(), "file": str(tmp_path / "none")},
        None,
        None,
    )
    empty.listen(background())
    assert empty.process([]) == []
    assert asyncio.iscoroutinefunction(empty.process) is False


def test_a_draft_is_heard_in_its_conversation_only(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(VARIABLE, str(tmp_path / "tenants"))
    write(tmp_path / "local.yml", [WIFI])
    config = {**LocalQuestionReader.get_default_config(), "file": str(tmp_path / "local.yml")}
    reader = LocalQuestionReader(config, None, None)
    reader.listen(background())
    question = {"wordings": list(PARKING.wordings), "text": "x"}
    draft = yaml.safe_dump({"local": {"questions": {"parking": question}}}, allow_unicode=True)
    gone = yaml.safe_dump({"local": {"questions": {"wifi": None}}})

    def acts(text: str, given: str, sender: str = "tryout-1") -> list[str]:
        message = Message({"text": text, "intent_ranking": [], "metadata": {"draft": given}})
        message.add_features(Features(encode_all([text]), "sentence", "text", "x"))
        reader.process([message], DialogueStateTracker(sender, []))
        return message.get("acts") or []

    parking, wifi = PARKING.wordings[0], WIFI.wordings[0]
    assert acts(parking, draft) == ["local:parking"]
    assert acts(parking, "") == []
    assert (acts(wifi, draft), acts(wifi, ""), acts(wifi, gone)) == (
        ["local:wifi"], ["local:wifi"], [],
    )  # fmt: skip
    assert acts(wifi, "a: [") == ["local:wifi"]  # as it is, with what is no draft
    # A tenant without a file of its own.
    assert acts(parking, draft, "tryout-~hall~1") == ["local:parking"]
    assert acts(wifi, draft, "tryout-~hall~1") == []


def test_each_tenant_has_questions_of_its_own(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(VARIABLE, str(tmp_path / "tenants"))
    folder = tmp_path / "tenants" / "hall" / "content"
    folder.mkdir(parents=True)
    write(tmp_path / "local.yml", [WIFI])
    write(folder / "local.yml", [PARKING])
    reader = LocalQuestionReader(
        {**LocalQuestionReader.get_default_config(), "file": str(tmp_path / "local.yml")},
        None,
        None,
    )
    reader.listen(background())
    text = PARKING.wordings[0]
    acts = {}
    for sender in ("default", "website-0a", "website-~hall~0a", "website-~port~0a"):
        message = Message({"text": text, "intent_ranking": []})
        vector = encode_all([text])
        message.add_features(Features(vector, "sentence", "text", "x"))
        tracker = DialogueStateTracker(sender, [])
        reader.process([message], tracker)
        acts[sender] = message.get("acts") or []
    assert acts["website-~hall~0a"] == ["local:parking"]
    assert not any(acts[sender] for sender in acts if sender != "website-~hall~0a")
