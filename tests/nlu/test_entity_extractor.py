"""The entity extractor as it runs: trained, kept, loaded, behind Rasa's own tokenizer."""

from __future__ import annotations

import shutil
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from rasa.engine.graph import ExecutionContext, GraphSchema
from rasa.engine.storage.local_model_storage import LocalModelStorage
from rasa.engine.storage.resource import Resource
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData

from bench.place_sentences import FRAMES, OTHER_FRAMES, sentences
from bench.places import unmark
from data_checks.findings import entity_finder
from data_checks.lines import read_questions
from gazetteer.places import Gazetteer
from nlu.chinese_tokenizer import ChineseTokenizer
from nlu.entity_extractor import LONGEST_TEXT, SpacyEntityExtractor
from nlu.text_normalizer import TextNormalizer
from scripts.console import ROOT

HERE = Path(__file__).parent
Find = Callable[[str], list[dict[str, Any]]]


@pytest.fixture(scope="module")
def find(tmp_path_factory: pytest.TempPathFactory) -> Find:
    """Returns what finds the entities of a text, with the extractor loaded from a model."""
    folder = tmp_path_factory.mktemp("model")
    entity_finder(folder)
    # What is loaded must not need the files it was trained from.
    storage, context = LocalModelStorage(folder), ExecutionContext(GraphSchema({}))
    gone = dict.fromkeys(SpacyEntityExtractor.get_default_config(), "gone")
    loaded = [
        kind.load(
            {**kind.get_default_config(), **config}, storage, Resource(kind.__name__), context
        )
        for kind, config in (
            (TextNormalizer, {"variants": "gone"}),
            (ChineseTokenizer, {"dictionary_path": "gone"}),
            (SpacyEntityExtractor, gone),
        )
    ]

    def entities(text: str) -> list[dict[str, Any]]:
        message = Message({"text": text})
        for component in loaded:
            component.process([message])
        found: list[dict[str, Any]] = message.get("entities")
        return found

    return entities


def regions(found: list[dict[str, Any]]) -> set[tuple[int, int]]:
    return {(entity["start"], entity["end"]) for entity in found if entity["entity"] == "region"}


def lines(name: str) -> list[str]:
    return (HERE / name).read_text(encoding="utf-8").splitlines()


@pytest.mark.parametrize("frames", [FRAMES, OTHER_FRAMES], ids=["frames", "other frames"])
def test_every_place_is_recognised(find: Find, frames: tuple[str, ...]) -> None:
    places = list(Gazetteer.load(ROOT / "content").places.values())
    dictionary = (ROOT / "nlu/jieba/places.txt").read_text(encoding="utf-8").splitlines()
    tags = {line.split()[0]: line.split()[2] for line in dictionary}
    right = found = wanted = 0
    wrong = []
    for text, spans in sentences(places, tags, frames):
        got = regions(find(text))
        right, found, wanted = right + len(got & {*spans}), found + len(got), wanted + len(spans)
        if got != {*spans}:
            wrong.append(text)
    assert wanted > 30_000
    assert right / found >= 0.995, wrong[:20]
    assert right / wanted >= 0.995, wrong[:20]


@pytest.mark.parametrize("line", lines("places_by_hand.txt"))
def test_places_in_sentences(find: Find, line: str) -> None:
    text, spans = unmark(line)
    found = find(text)
    assert regions(found) == spans
    for entity in found:
        assert (
            entity["entity"] != "region" or len(entity["value"]) == entity["end"] - entity["start"]
        )


@pytest.mark.parametrize("text", lines("not_places.txt"))
def test_words_that_merely_hold_a_place(find: Find, text: str) -> None:
    assert not regions(find(text))


def test_traditional_characters_are_found_and_told_simplified(find: Find) -> None:
    (found,) = find("我在廈門開店")
    assert (found["start"], found["end"], found["value"]) == (2, 4, "厦门")


@pytest.mark.parametrize(
    ("text", "number", "start"),
    [
        ("第6步", "6", 1),
        ("第三步怎么弄", "三", 1),
        ("第 6 步", "6", 2),
        ("步骤6看不懂", "6", 2),
        ("3号步骤", "3", 0),
        ("6步", "6", 0),
        ("第十一步", "十一", 1),
        ("跳到6", "6", 2),
        ("回到第 6 步", "6", 4),
        ("卡在6了", "6", 2),
        ("我卡在第5步，收不到码", "5", 4),
        ("6", "6", 0),
        (" 六。", "六", 1),
        ("12", "12", 0),
        ("第６步", "６", 1),
        ("step 4", "4", 5),
    ],
)
def test_step_numbers(find: Find, text: str, number: str, start: int) -> None:
    steps = [entity for entity in find(text) if entity["entity"] == "step_number"]
    assert [(step["value"], step["start"], step["end"]) for step in steps] == [
        (number, start, start + len(number))
    ]


@pytest.mark.parametrize(
    "text",
    "一共6步吗 还有3步 下一步 上一步 一步一步来 两步验证 第一次 第3天 第二个方法 到6点 跳到6月"
    " 第三方 第99步 0 886 13800138000 2024年 手机上步骤一样不 500块 进一步说明"
    " 回到一开始".split(),
)
def test_numbers_that_are_no_step(find: Find, text: str) -> None:
    assert not [entity for entity in find(text) if entity["entity"] == "step_number"]


@pytest.mark.parametrize(
    ("text", "system"),
    [
        ("电子税务局的密码忘了", "电子税务局"),
        ("自然人电子税务局怎么找回", "自然人电子税务局"),
        ("U盾密码", "U盾"),
        ("Ｕ盾密码", "U盾"),
        ("浙里办登不上", "浙里办"),
        ("国家企业信用信息公示系统的密码", "国家企业信用信息公示系统"),
        ("微信密码忘了", "微信"),
        ("支付宝的支付密码是多少", "支付宝"),
        ("电子公章的密码", "电子公章"),
        ("電子稅務局的密碼", "电子税务局"),
    ],
)
def test_other_systems(find: Find, text: str, system: str) -> None:
    assert [entity["value"] for entity in find(text) if entity["entity"] == "other_system"] == [
        system
    ]


@pytest.mark.parametrize(
    "text",
    "在微信小程序里打开的 支付宝里搜电子营业执照 微信里的执照密码忘了 微信小程序密码忘了"
    " 我用微信登录 从支付宝进去没有 电子营业执照密码忘了 营业执照密码".split(),
)
def test_where_the_mini_program_lives_is_no_other_system(find: Find, text: str) -> None:
    assert not [entity for entity in find(text) if entity["entity"] == "other_system"]


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("全部", "all"),
        ("都列出来吧", "all"),
        ("一次性列出", "all"),
        ("把所有原因告诉我", "all"),
        ("换个办法", "next"),
    ],
)
def test_extents(find: Find, text: str, value: str) -> None:
    assert [entity["value"] for entity in find(text) if entity["entity"] == "extent"] == [value]


def test_entities_do_not_overlap_and_are_in_order(find: Find) -> None:
    found = find("我在杭州余杭这边，电子税务局密码忘了，第6步卡住，都列出来")
    ends = [0, *(entity["end"] for entity in found)]
    assert [entity["entity"] for entity in found] == [
        *["region"] * 2,
        "other_system",
        "step_number",
        "extent",
    ]
    assert all(entity["start"] >= end for entity, end in zip(found, ends, strict=False))


@pytest.mark.parametrize(
    "text",
    [
        "",
        " ",
        "\n\t\r",
        "\x00\x01\x7f",
        "\u200b\u200d\ufeff",
        "\u202e杭州\u202c",
        "\ud83d",
        "杭州\udc00余杭",
        "😀🏳️‍🌈👨‍👩‍👧",
        "İ" * 50,
        "ﷺ㍿㌀",
        "/restart",
        '{"text": "杭州"}',
        "<b>杭州</b>",
        "'; DROP TABLE x; --",
        "第" * 200 + "步",
        "6" * 300,
        "北京" * 3_000,
        "第6步" * 1_000,
    ],
    ids=lambda value: ascii(value[:20]),
)
def test_any_text_is_survived(find: Find, text: str) -> None:
    for entity in find(text):
        assert 0 <= entity["start"] < entity["end"] <= len(text)


@pytest.mark.parametrize("unit", ["杭州", "6", "a ", "第6步", "你好，"])
def test_a_very_long_text_is_quick(find: Find, unit: str) -> None:
    text = unit * (100_000 // len(unit))
    began = time.process_time()
    found = find(text)
    assert time.process_time() - began < 2  # of which the tokenizer takes about half
    assert all(entity["end"] <= LONGEST_TEXT for entity in found)


def test_an_ordinary_message_takes_a_moment(find: Find) -> None:
    texts = [
        "收不到验证码怎么办",
        "我在杭州余杭这边，手机号换了",
        "好的",
        "电子税务局密码忘了",
    ] * 50
    began = time.process_time()
    for text in texts:
        find(text)
    assert (time.process_time() - began) / len(texts) < 0.003


def test_a_changed_dictionary_changes_the_fingerprint(tmp_path: Path) -> None:
    shutil.copytree("nlu/jieba", tmp_path / "jieba")
    config = {"dictionary_path": str(tmp_path / "jieba")}
    before = SpacyEntityExtractor.fingerprint_addon(config)
    assert before == SpacyEntityExtractor.fingerprint_addon({})
    (tmp_path / "jieba" / "more.txt").write_text("新词 100 ns\n", encoding="utf-8")
    assert SpacyEntityExtractor.fingerprint_addon(config) != before


def test_spacy_is_not_asked_about_a_text_without_words_and_numbers_only(tmp_path: Path) -> None:
    storage, context = LocalModelStorage(tmp_path), ExecutionContext(GraphSchema({}))
    config = SpacyEntityExtractor.get_default_config()
    extractor = SpacyEntityExtractor.create(config, storage, Resource("it"), context)
    extractor.train(TrainingData([]))
    assert extractor._nlp
    questions = [question.text for question in read_questions(HERE / "development.tsv")]
    texts = [*questions, *lines("places_by_hand.txt"), *lines("not_places.txt"), "在杭 州", "PIN"]
    skipped = [text for text in texts if not extractor._may_have_entities(text)]
    assert len(skipped) > len(texts) / 2
    assert not [text for text in skipped if extractor._nlp(text).spans["ruler"]]
