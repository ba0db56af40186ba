"""Clauses of a message, and the second meaning that is found in them."""

from __future__ import annotations

from typing import Any

import pytest
from rasa.engine.graph import ExecutionContext, GraphSchema
from rasa.engine.storage.local_model_storage import LocalModelStorage
from rasa.engine.storage.resource import Resource
from rasa.nlu.constants import TOKENS_NAMES
from rasa.nlu.tokenizers.tokenizer import Token
from rasa.shared.nlu.training_data.message import Message

from nlu.clause_splitter import CLAUSE_OF, CLAUSES, IS_PART, PARTS, ClauseSplitter
from nlu.normalization import normalize
from nlu.second_intent import SecondIntent
from nlu.text_normalizer import NORMALIZED, normalized

CONTEXT = ExecutionContext(GraphSchema({}), node_name="tested")


def written(text: str) -> Message:
    """Returns a message as the components before leave it; each character is a token."""
    message = Message({"text": text})
    message.set(NORMALIZED, list(normalize(text, {})))
    message.set(
        TOKENS_NAMES["text"], [Token(character, at, at + 1) for at, character in enumerate(text)]
    )
    return message


@pytest.fixture
def splitter(tmp_path: Any) -> ClauseSplitter:
    config = {
        **ClauseSplitter.get_default_config(),
        "openings": ["另外", "顺便"],
        "sentence_marks": "!?;。",
        "clause_marks": ",、",
    }
    return ClauseSplitter.create(config, LocalModelStorage(tmp_path), Resource("s"), CONTEXT)


def second_of(first: tuple[str, float], *clauses: tuple[str, float]) -> Any:
    """Returns the second meaning where clauses have these meanings and confidences."""
    config = {
        **SecondIntent.get_default_config(),
        "beside": ["password_rules", "human_agent"],
        "together": ["code_not_received", "face_failed"],
        "never": ["thank"],
    }
    message = Message({"text": "x", "intent": {"name": first[0], "confidence": first[1]}})
    together = [message]
    for name, confidence in clauses:
        intent = {"name": name, "confidence": confidence}
        together.append(Message({"text": "y", "intent": intent, CLAUSE_OF: message}))
    component = SecondIntent(config)
    assert component.process(together) == [message]
    return message.as_dict(only_output_properties=True).get("second_intent")


@pytest.mark.parametrize(
    ("text", "clauses"),
    [
        ("刷脸老是过不了，密码要几位", ["刷脸老是过不了", "密码要几位"]),
        ("刷脸老过不了另外密码要几位", ["刷脸老过不了", "另外密码要几位"]),
        ("刷脸过不了，顺便问下密码要几位", ["刷脸过不了", "顺便问下密码要几位"]),
        ("你好，刷脸老是过不了。转人工。", []),
        ("页面白屏 给我转人工 谢谢", ["页面白屏", "给我转人工 谢谢"]),
        ("刷脸老是过不了", []),
        ("一二三四，一二三四，一二三四，一二三四", []),
        (
            "登录不上。刚来短信，说执照过期了，不交钱就吊销，让我点链接。",
            ["登录不上", "刚来短信，说执照过期了，不交钱就吊销，让我点链接"],
        ),
        ("请点 http://a.cn/b，是真的吗", ["请点 http://a.cn/b", "是真的吗"]),
        ("，。，", []),
        ("", []),
    ],
)
def test_clauses_are_long_enough_and_few(
    splitter: ClauseSplitter, text: str, clauses: list[str]
) -> None:
    message, *found = splitter.process([written(text)])
    assert message.get("text") == text
    assert [clause.get("text") for clause in found if not clause.get(IS_PART)] == clauses


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        ("一二三四，一二三四，一二三四，一二三四", ["一二三四"] * 4),
        ("刷脸老是过不了，密码要几位", []),  # they are clauses already
        ("登录不上。短信说过期了，不交钱就吊销", ["登录不上", "短信说过期了", "不交钱就吊销"]),
        ("一二三四 " * 7, []),
        # Too long for clauses that are matters of their own, and of two parts all the same.
        (
            "一二三四五六七八九十" * 2 + "，" + "一二三四五六七八九十" * 2,
            ["一二三四五六七八九十" * 2] * 2,
        ),
    ],
)
def test_a_message_of_more_clauses_has_parts(
    splitter: ClauseSplitter, text: str, parts: list[str]
) -> None:
    found = splitter.process([written(text)])[1:]
    assert [clause.get("text") for clause in found if clause.get(IS_PART)] == parts


def test_parts_are_no_matters_of_their_own(splitter: ClauseSplitter) -> None:
    message = written("登录不上。短信说过期了，不交钱就吊销")
    message.set("intent", {"name": "login_failed", "confidence": 0.9})
    found = splitter.process([message])
    for clause in found[1:]:
        clause.set("intent", {"name": "x", "confidence": 0.1})
    SecondIntent(SecondIntent.get_default_config()).process(found)
    assert [len(message.get(key)) for key in (CLAUSES, PARTS)] == [2, 3]


def test_a_clause_has_the_tokens_and_the_normalised_text_of_its_stretch(
    splitter: ClauseSplitter,
) -> None:
    first, second = splitter.process([written("ＡＰＰ打不开！！！！转人工客服")])[1:]
    assert first.get("text") == "ＡＰＰ打不开"
    assert normalized(first).text == "app打不开"
    assert normalized(second).text == "转人工客服"
    tokens = second.get(TOKENS_NAMES["text"])
    assert "".join(token.text for token in tokens) == "转人工客服"
    assert tokens[0].start == len("ＡＰＰ打不开！！！！")


def test_messages_keep_their_own_clauses(splitter: ClauseSplitter) -> None:
    one, other = written("刷脸老是过不了，密码要几位"), written("你好")
    found = splitter.process([one, other])
    assert [message.get(CLAUSE_OF) for message in found] == [None, one, one, None]


def test_the_surest_other_meaning_is_the_second() -> None:
    second = second_of(
        ("face_failed", 0.6), ("face_failed", 0.9), ("password_rules", 0.85), ("human_agent", 0.95)
    )
    assert second == {"name": "human_agent", "confidence": 0.95}


def test_what_is_asked_beside_may_come_first() -> None:
    second = second_of(("human_agent", 0.9), ("system_error", 0.9))
    assert second == {"name": "system_error", "confidence": 0.9}


@pytest.mark.parametrize(
    ("first", "clause"),
    [
        (("phone_changed", 0.9), ("code_not_received", 0.99)),  # one trouble, told in two clauses
        (("face_failed", 0.9), ("password_rules", 0.7)),  # not sure
        (("face_failed", 0.9), ("thank", 0.99)),  # says nothing by itself
        (("thank", 0.9), ("password_rules", 0.99)),
        (("password_rules", 0.9), ("password_rules", 0.99)),  # the same
    ],
)
def test_what_is_no_second_meaning(first: tuple[str, float], clause: tuple[str, float]) -> None:
    assert second_of(first, clause) is None


def test_two_troubles_that_go_together_are_two_matters() -> None:
    found = second_of(("code_not_received", 0.9), ("face_failed", 0.9), ("code_not_received", 0.9))
    assert found["name"] == "face_failed"
    assert second_of(("code_not_received", 0.9), ("system_error", 0.9)) is None
