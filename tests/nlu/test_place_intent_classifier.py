"""A message that is nothing but places tells a place; what is also an ordinary word does not."""

from __future__ import annotations

import pytest
from rasa.shared.nlu.training_data.message import Message

from nlu.entity_extractor import PLACES_ALONE
from nlu.entity_rules import EntityRules, Word
from nlu.place_intent_classifier import PlaceIntentClassifier
from nlu.spacy_pipeline import read_entity_config
from scripts.console import ROOT

RULES = EntityRules(read_entity_config(ROOT / "nlu" / "entities.yml"))


@pytest.mark.parametrize(
    ("text", "words", "expected"),
    [
        ("魔都", [("ns", 0, 2)], True),
        ("粤C。", [("ns", 0, 2)], True),
        (" 帝都 朝阳！", [("ns", 1, 3), ("nsw", 4, 6)], True),
        ("Kowloon", [("nsl", 0, 7)], True),
        ("花桥镇", [("nst", 0, 3)], True),
        ("比如", [("nsw", 0, 2)], False),
        ("魔都的", [("ns", 0, 2)], False),
        ("我在魔都", [("ns", 2, 4)], False),
        ("浙里办", [("nsys", 0, 3)], False),
        ("", [], False),
    ],
)
def test_places_alone(text: str, words: list[tuple[str, int, int]], expected: bool) -> None:
    assert RULES.are_alone(text, [Word(*word) for word in words]) is expected


def parsed(alone: bool) -> Message:
    """Returns a message that the classifier takes for something else, behind the component."""
    complaint = {"name": "complain", "confidence": 0.7}
    place = {"name": "inform_region", "confidence": 0.1}
    message = Message({"text": "魔都", "intent": complaint, "intent_ranking": [complaint, place]})
    message.set(PLACES_ALONE, alone)
    component = PlaceIntentClassifier(PlaceIntentClassifier.get_default_config())
    component.process([message])
    return message


def test_the_place_goes_before_what_the_classifier_says() -> None:
    message = parsed(alone=True)
    assert message.get("intent") == {"name": "inform_region", "confidence": 1.0}
    ranking = [
        (candidate["name"], candidate["confidence"]) for candidate in message.get("intent_ranking")
    ]
    assert ranking == [("inform_region", 1.0), ("complain", 0.0)]


def test_other_messages_stay_as_they_are() -> None:
    assert parsed(alone=False).get("intent")["name"] == "complain"
