"""The generator of typing and speaking errors."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData
from ruamel.yaml import YAML

from data_checks.lines import read_lines
from nlu.noise_augmenter import NoiseAugmenter, origin
from nlu.pinyin import Pronunciation, fuzzy
from nlu.typing_noise import TypingNoise, is_chinese
from scripts.console import ROOT

RULES = YAML(typ="safe").load((ROOT / "nlu" / "noise.yml").read_text(encoding="utf-8"))
LINES = [line.text for line in read_lines(ROOT / "data" / "nlu")][:3_000]


def noise(share: str, kind: str = "", seed: int = 1) -> TypingNoise:
    rules: dict[str, Any] = {**RULES, "shares": {share: 1}}
    if kind:
        rules["typing"] = {kind: 1}
    return TypingNoise(rules, LINES, seed)


def test_the_same_seed_gives_the_same_in_any_order() -> None:
    first, second = noise("typing"), noise("typing")
    forwards = [first.corrupt(line) for line in LINES[:200]]
    backwards = [second.corrupt(line) for line in LINES[:200][::-1]]
    assert forwards == backwards[::-1]
    assert forwards != [noise("typing", seed=2).corrupt(line) for line in LINES[:200]]
    changed = sum(one != other for one, other in zip(forwards, LINES, strict=False))
    assert changed > 150


def test_wrong_characters_sound_nearly_the_same() -> None:
    syllables = Pronunciation.from_pypinyin().syllables
    generator = noise("typing", "same_sound")
    changed = 0
    for line in LINES[:300]:
        corrupted = generator.corrupt(line)
        assert len(corrupted) == len(line)
        for one, other in zip(line, corrupted, strict=True):
            if one != other:
                changed += 1
                assert is_chinese(other)
                assert [fuzzy(syllable) for syllable in syllables(one)] == syllables(other)
    assert changed > 200


@pytest.mark.parametrize(
    ("kind", "longer"), [("dropped", False), ("doubled", True), ("pinyin", True)]
)
def test_lengths_change_as_the_kind_says(kind: str, longer: bool) -> None:
    generator = noise("typing", kind)
    lines = [line for line in LINES if sum(map(is_chinese, line)) > 8][:100]
    for line in lines:
        corrupted = generator.corrupt(line)
        assert len(corrupted) > len(line) if longer else len(corrupted) < len(line), (
            line,
            corrupted,
        )


def test_traditional_speech_and_marks() -> None:
    assert "執照" in noise("traditional").corrupt("我的执照密码忘了")
    assert "，" not in noise("marks").corrupt("你好，我的密码忘了，怎么办")
    spoken = [noise("speech", seed=number).corrupt("我的密码忘了，怎么办") for number in range(20)]
    assert all("，" not in entry for entry in spoken)
    assert len(set(spoken)) > 5


@pytest.mark.parametrize("line", ["", " ", "abc", "😀", "一", "6", "。。。"])
def test_no_line_is_lost(line: str) -> None:
    for share in RULES["shares"]:
        assert noise(share).corrupt(line).strip() or not line.strip()


def test_copies_have_the_intent_and_say_where_they_come_from() -> None:
    data = TrainingData(
        [
            Message({"text": line, "intent": "greet", "entities": [{"start": 0}]})
            for line in LINES[:100]
        ]
    )
    config = {**NoiseAugmenter.get_default_config(), "rules": str(ROOT / "nlu" / "noise.yml")}
    more = NoiseAugmenter(config).process_training_data(data).training_examples
    copies = more[100:]
    assert 30 < len(copies) < 70
    for copy in copies:
        assert copy.get("intent") == "greet"
        assert not copy.get("entities")
        assert origin(copy) in LINES
        assert copy.get("text") != origin(copy)
    asked = [Message({"text": "收不到验证码"})]
    assert NoiseAugmenter(config).process(asked) == asked


def test_changed_rules_change_the_fingerprint(tmp_path: Path) -> None:
    path = tmp_path / "noise.yml"
    path.write_text("shares: {typing: 1}\n", encoding="utf-8")
    before = NoiseAugmenter.fingerprint_addon({"rules": str(path)})
    path.write_text("shares: {typing: 2}\n", encoding="utf-8")
    assert NoiseAugmenter.fingerprint_addon({"rules": str(path)}) != before
