"""The text of a message, block by block, and as Rasa's own channels print it."""

from __future__ import annotations

import asyncio
import json
from typing import Any, get_args

import pytest
from rasa.core.actions.action import RemoteAction
from rasa.core.channels.channel import CollectingOutputChannel
from rasa.core.nlg import NaturalLanguageGenerator
from rasa.shared.core.domain import Domain
from rasa.shared.core.trackers import DialogueStateTracker
from rasa.utils.endpoints import read_endpoint_config

from channels.rendering import render, render_block
from channels.response_generator import BlockGenerator
from scripts.console import ROOT
from serving.message import RESPONSE, Block

STEP: Block = {
    "type": "step",
    "way": "手机验证码找回",
    "number": 3,
    "total": 9,
    "title": "点“忘记密码”",
    "do": "在登录页面找它。",
    "see": "找回密码的页面。",
    "if_not": "先确认打开的是登录页面。",
    "picture": "forgot_link",
}
CAUSE: Block = {
    "type": "cause",
    "trouble": "收不到验证码",
    "number": 2,
    "total": 5,
    "title": "短信被拦截了",
    "remedy": "看看拦截箱。",
    "picture": None,
}
TEXTS: list[tuple[Block, str]] = [
    ({"type": "paragraph", "text": "四点：\n· 一"}, "四点：\n· 一"),
    ({"type": "paragraph", "text": "恭喜！", "tone": "success"}, "恭喜！"),
    ({"type": "warning", "about": "message", "text": "别发密码。"}, "⚠️ 别发密码。"),
    ({"type": "warning", "about": "fraud", "text": "这很像诈骗。"}, "这很像诈骗。"),
    ({"type": "list", "numbered": False, "items": ["甲", "乙"]}, "· 甲\n· 乙"),
    (
        {"type": "list", "title": "两步", "numbered": True, "items": ["甲", "乙"]},
        "两步\n1. 甲\n2. 乙",
    ),
    (
        STEP,
        "第 3 步 / 共 9 步：点“忘记密码”\n在登录页面找它。\n应该看到：找回密码的页面。"
        "\n没看到？先确认打开的是登录页面。",
    ),
    (CAUSE, "可能的原因 2 / 5：短信被拦截了\n看看拦截箱。"),
    (
        {
            "type": "ways",
            "ways": [{"title": "短信", "who": "有号的。"}, {"title": "刷脸", "who": "本人。"}],
        },
        "第 1 种，短信：有号的。\n第 2 种，刷脸：本人。",
    ),
    (
        {"type": "bureau", "place": "杭州", "facts": ["某局。", "12315"], "hotlines": ["12345"]},
        "某局。\n12315",
    ),
    ({"type": "note", "text": "您好，{我}。"}, "可以复制这段话给工作人员：\n您好，{我}。"),
]


@pytest.mark.parametrize(("block", "text"), TEXTS, ids=lambda value: str(value)[:30])
def test_the_text_of_a_block(block: Block, text: str) -> None:
    assert render_block(block) == text


def test_each_kind_of_block_is_tried() -> None:
    kinds = {get_args(kind.__annotations__["type"])[0] for kind in get_args(Block)}
    assert {block["type"] for block, _ in TEXTS} == kinds


def test_between_two_blocks_is_a_blank_line() -> None:
    assert render([{"type": "paragraph", "text": "好。"}, CAUSE]) == f"好。\n\n{TEXTS[7][1]}"


def test_what_the_widget_is_tried_with_has_the_text_of_its_blocks() -> None:
    answers = json.loads((ROOT / "widget/dev/answers.json").read_text(encoding="utf-8"))
    assert [
        key for key, answer in answers.items() if render(answer["blocks"]) != answer["text"]
    ] == []


def generator(domain: Domain) -> NaturalLanguageGenerator:
    """Returns the generator that Rasa makes from `endpoints.yml`."""
    endpoint = read_endpoint_config(str(ROOT / "endpoints.yml"), "nlg")
    made = NaturalLanguageGenerator.create(endpoint, domain)
    assert isinstance(made, BlockGenerator)
    return made


def test_a_channel_of_rasas_own_prints_the_text_of_what_an_action_sends() -> None:
    """As in `rasa shell`: the text is there, blocks and handoff are kept beside it."""
    blocks, buttons = [STEP], [{"title": "下一步", "payload": "/next_step"}]
    handoff = {"reason": "asked", "note": "便条"}
    sent: dict[str, Any] = {"text": None, "response": RESPONSE, "custom": {}, "elements": []}
    sent |= {"blocks": blocks, "buttons": buttons, "handoff": handoff}
    output, tracker = CollectingOutputChannel(), DialogueStateTracker("me", [])

    async def run() -> None:
        nlg = generator(Domain.empty())
        [event] = await RemoteAction._utter_responses([sent], output, nlg, tracker)
        assert event.text == TEXTS[6][1]
        assert event.metadata["blocks"] == blocks
        assert event.metadata["handoff"] == handoff
        await output.send_response("me", event.message())

    asyncio.run(run())
    assert output.messages == [{"recipient_id": "me", "text": TEXTS[6][1], "buttons": buttons}]


def test_without_the_generator_it_is_said_what_is_missing() -> None:
    """An own endpoints.yml may name none: then nobody gets silence."""
    plain = NaturalLanguageGenerator.create(None, Domain.load(ROOT / "domain.yml"))
    said = asyncio.run(plain.generate(RESPONSE, DialogueStateTracker("me", []), "rest"))
    assert said and "nlg" in said["text"]


def test_a_response_of_the_domain_is_said_as_rasa_does() -> None:
    domain = Domain.from_dict({"responses": {"utter_hello": [{"text": "你好"}]}})
    tracker = DialogueStateTracker("me", [])

    async def run() -> None:
        said = await generator(domain).generate("utter_hello", tracker, "rest")
        assert said == {"text": "你好"}

    asyncio.run(run())
