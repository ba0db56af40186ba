"""Acts are asked back where two meanings of a guess are near each other, and it matters which."""

from __future__ import annotations

from policies.doubt import is_guess, rivals

OTHER, AWAY, PAGE = "fact:number=other", "fact:number=away", "reached:app_open"


def test_a_guess_is_what_no_act_is_likely_in() -> None:
    assert is_guess([OTHER], {OTHER: 0.4}, 0.5)
    assert not is_guess([OTHER, AWAY], {OTHER: 0.4, AWAY: 0.6}, 0.5)
    assert not is_guess([], {}, 0.5)


def test_a_question_and_what_an_intent_has_added_are_no_guess() -> None:
    assert not is_guess(["ask:time"], {"ask:time": 0.1}, 0.5)
    assert not is_guess(["matter"], {OTHER: 0.1}, 0.5)


def test_something_done_is_as_likely_as_the_success_it_may_be() -> None:
    assert not is_guess(["done"], {"done": 0.1, "solved": 0.7}, 0.5)


def test_two_near_each_other_are_rivals() -> None:
    assert rivals([(OTHER, 0.3), ("wait", 0.2), (AWAY, 0.16)], 0.1) == [OTHER, AWAY]
    assert rivals([(OTHER, 0.4), (AWAY, 0.16)], 0.1) == []
    assert rivals([("wait", 0.4), (OTHER, 0.15), (AWAY, 0.12)], 0.1) == []


def test_what_may_both_be_meant_is_no_rival() -> None:
    assert rivals([(PAGE, 0.3), ("screen:blank", 0.3)], 0.1) == []
    assert rivals([("fact:face=possible", 0.3), (OTHER, 0.3)], 0.1) == []
    assert rivals([(OTHER, 0.3), ("trouble:face_failed", 0.3)], 0.1) == []


def test_of_a_way_that_is_wanted_or_not_one_is_meant() -> None:
    contrary = ["wish:face", "drop:face"]
    assert rivals([(act, 0.3) for act in contrary], 0.1) == contrary
    assert rivals([("wish:phone", 0.3), ("drop:face", 0.3)], 0.1) == []
