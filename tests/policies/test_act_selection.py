"""Which acts count, by their scores and by the intent of the message."""

from __future__ import annotations

import pytest
from rasa.shared.nlu.training_data.message import Message

from nlu.clause_splitter import PARTS
from nlu.second_intent import SECOND_INTENT
from policies.act_reader import ActReader
from policies.act_selection import LATIN_ALONE, ActSelector
from policies.acts import complains_after_success
from policies.contextual_lines import QUESTIONS, AskedQuestion

MEANT = {
    "resolved": {"acts": ["solved"], "under": ["none", "cause"]},
    "affirm": {"acts": ["yes"], "under": ["way"]},
    "contact_bureau": {"acts": ["alone"], "under": ["way", "none"]},
    "code_not_received": {"acts": ["trouble:code_not_received"], "under": ["step"]},
    "stuck_at_step": {"acts": ["stuck"], "under": ["step"]},
    "password_rules": {"acts": ["ask:rules"], "under": ["step"]},
    "entry_not_found": {"acts": ["trouble:entry_not_found"], "under": ["none"]},
    "start_over": {"acts": ["again"], "under": ["none"]},
    "stop": {"acts": ["leave"], "under": ["step", "cause"]},
}

TROUBLE = ["trouble:code_not_received"]
IN = ["solved", "reached:logged_in"]


@pytest.fixture
def selector() -> ActSelector:
    """It knows what some intents mean."""
    return ActSelector(ActReader.get_default_config(), MEANT)


def intent(name: str, confidence: float) -> dict[str, object]:
    return {"name": name, "confidence": confidence}


@pytest.mark.parametrize(
    ("kind", "scores", "name", "confidence", "expected"),
    [
        # A success needs more than any other act; below that it is asked about.
        ("cause", {"worked": 0.5}, "affirm", 0.9, ["done"]),
        ("cause", {"worked": 0.85}, "affirm", 0.9, ["worked"]),
        # With an intent that says so too, it counts.
        ("cause", {"worked": 0.5}, "resolved", 0.99, ["worked"]),
        # Acts go before the intent, however sure that is.
        ("step", {"reached:code_received": 0.5}, "affirm", 1.0, ["reached:code_received"]),
        # What says something of its own goes before mere answers.
        ("step", {"done": 0.6}, "stop", 0.99, []),
        ("way", {"no": 0.6}, "contact_bureau", 0.99, []),
        ("step", {"reached:code_received": 0.6}, "code_not_received", 0.99, TROUBLE),
        # Unless that is very likely: who has gone on uses the words of the trouble, too.
        (
            "step",
            {"reached:code_received": 0.9},
            "code_not_received",
            0.99,
            ["reached:code_received"],
        ),
        ("step", {"done": 0.9}, "stuck_at_step", 0.99, []),
        ("step", {"wish:liaison": 0.9}, "code_not_received", 0.99, TROUBLE),
        # Under no question, the intent goes first; facts stand beside it.
        ("none", {"fact:number=gone": 0.9}, "contact_bureau", 1.0, ["fact:number=gone", "alone"]),
        # Unless a page is clearly named, and nothing speaks for the intent.
        (
            "none",
            {"reached:forgot_page": 0.9, "trouble:entry_not_found": 0.05},
            "entry_not_found",
            0.96,
            ["reached:forgot_page"],
        ),
        ("none", {"reached:forgot_page": 0.6}, "entry_not_found", 0.96, []),
        # Who wants to begin anew has not gone on, unless it is plain that they have.
        ("cause", {"done": 0.5}, "start_over", 0.95, ["again"]),
        ("cause", {"done": 0.9}, "start_over", 0.95, ["done"]),
        # A yes is always told: it may close a case.
        ("way", {"yes": 0.9}, "affirm", 1.0, ["yes"]),
        # Nobody reported a success where no line of acts knows of one.
        ("none", {"done": 0.9, "solved": 0.0}, "resolved", 0.99, ["done"]),
    ],
)
def test_acts_and_intent_are_weighed(
    selector: ActSelector,
    kind: str,
    scores: dict[str, float],
    name: str,
    confidence: float,
    expected: list[str],
) -> None:
    ranked = sorted(scores.items(), key=lambda item: -item[1])
    assert selector.beside_intent(ranked, kind, intent(name, confidence)) == expected


@pytest.mark.parametrize(
    ("acts", "first", "second", "expected"),
    [
        (["trouble:a"], "code_not_received", "password_rules", ["trouble:a", "ask:rules"]),
        # The intent alone said it all, now both are said.
        ([], "code_not_received", "password_rules", [*TROUBLE, "ask:rules"]),
        ([], "contact_bureau", "password_rules", []),
        ([], "code_not_received", "contact_bureau", []),
        (["ask:rules"], "code_not_received", "password_rules", ["ask:rules"]),
        (["done"], "code_not_received", None, ["done"]),
    ],
)
def test_a_second_meaning_stands_beside_the_first(
    selector: ActSelector, acts: list[str], first: str, second: str | None, expected: list[str]
) -> None:
    message = Message({"text": "x", "intent": intent(first, 0.9)})
    if second:
        message.set(SECOND_INTENT, intent(second, 0.9))
    assert selector.with_second(acts, message) == expected


@pytest.mark.parametrize(
    ("acts", "questions", "expected"),
    [
        # A clause asks: what else was said stands.
        ([], [AskedQuestion("ask:cost", False)], ["ask:cost", *TROUBLE]),
        (["failed"], [AskedQuestion("ask:cost", False)], ["ask:cost", "failed"]),
        # Not what was a mere guess.
        (["done"], [AskedQuestion("ask:cost", False)], ["ask:cost"]),
        # The whole message asks: of the rest only what goes with any question, or is very likely.
        ([], [AskedQuestion("ask:cost", True)], ["ask:cost"]),
        (["done", "ask:time"], [AskedQuestion("ask:cost", True)], ["ask:cost"]),
        (["failed"], [AskedQuestion("ask:cost", True)], ["ask:cost", "failed"]),
        (
            ["fact:number=gone", "alone"],
            [AskedQuestion("ask:cost", True)],
            ["ask:cost", "fact:number=gone"],
        ),
        (["done"], [], ["done"]),
    ],
)
def test_practical_questions_stand_before_the_rest(
    selector: ActSelector, acts: list[str], questions: list[AskedQuestion], expected: list[str]
) -> None:
    named = intent("code_not_received", 0.9)
    message = Message({"text": "x", "intent": named, QUESTIONS: questions})
    assert selector.with_questions(acts, message, "cause", {"done": 0.2, "failed": 0.6}) == expected


@pytest.mark.parametrize(
    ("text", "question", "scores", "expected"),
    [
        # A trouble that both readers hear is not lost behind a question,
        ("收不到是要交钱吗", "ask:cost", {TROUBLE[0]: 0.9}, ["ask:cost", *TROUBLE]),
        ("收不到是要交钱吗", "ask:cost", {TROUBLE[0]: 0.5}, ["ask:cost"]),
        # and is the answer to the question why.
        ("为什么收不到", "ask:why", {TROUBLE[0]: 0.9}, TROUBLE),
        # Two questions are two where there are clauses; else the second is a likeness of the first.
        ("收费不 要多久", "ask:cost", {"ask:cost": 0.9, "ask:time": 0.7}, ["ask:cost", "ask:time"]),
        ("收费要多久", "ask:cost", {"ask:cost": 0.9, "ask:time": 0.7}, ["ask:cost"]),
        ("收费不 要多久", "ask:cost", {"ask:cost": 0.6, "ask:time": 0.7}, ["ask:cost"]),
    ],
)
def test_what_stands_beside_a_question(
    selector: ActSelector,
    text: str,
    question: str,
    scores: dict[str, float],
    expected: list[str],
) -> None:
    asked = [AskedQuestion(question, True)]
    named = intent("code_not_received", 0.7)
    message = Message({"text": text, "intent": named, QUESTIONS: asked})
    assert selector.with_questions([], message, "none", scores) == expected


@pytest.mark.parametrize(
    ("scores", "expected"),
    [
        ({"fact:number=gone": 0.6, "fact:deadline=soon": 0.45}, 2),
        # Far below the likeliest, an act is none of the message.
        ({"fact:number=gone": 0.9, "fact:deadline=soon": 0.45}, 1),
        # What only answers needs more than what says something of its own.
        ({"fact:number=gone": 0.6, "failed": 0.42}, 1),
        ({"fact:number=gone": 0.6, "failed": 0.48}, 2),
        # What speaks of causes needs less, and the likeliest hardly anything.
        ({"fact:number=gone": 0.45, "points_to:blocked": 0.34}, 2),
        ({"failed": 0.2, "fact:number=gone": 0.1}, 1),
        ({"failed": 0.1, "fact:number=gone": 0.05}, 0),
    ],
)
def test_so_many_acts_count(selector: ActSelector, scores: dict[str, float], expected: int) -> None:
    assert selector.choose([*scores.items()]) == [*scores][:expected]


def test_a_message_of_parts_does_more_than_one_thing(selector: ActSelector) -> None:
    scores = [("fact:number=gone", 0.7), ("ask:time", 0.4)]
    share = ActReader.get_default_config()["share_of_parts"]
    assert selector.choose(scores) == ["fact:number=gone"]
    assert selector.choose(scores, share=share) == ["fact:number=gone", "ask:time"]


@pytest.mark.parametrize(
    ("parts", "scores", "expected"),
    [
        # "Not that it does not come, but that it is refused": the first is not meant.
        (
            ["不是收不到", "是填了不对"],
            [{"trouble:a": 0.9, "trouble:b": 0.1}, {"trouble:a": 0.2, "trouble:b": 0.8}],
            ["correct", "trouble:b"],
        ),
        # It is meant as well where another part says it, too.
        (
            ["不是今天收不到", "是天天收不到"],
            [{"trouble:a": 0.9, "trouble:b": 0.1}, {"trouble:a": 0.8, "trouble:b": 0.6}],
            ["correct", "trouble:a", "trouble:b"],
        ),
        # A question denies nothing, and neither does who but says what is.
        (
            ["不是收不到吗", "是填了不对"],
            [{"trouble:a": 0.9, "trouble:b": 0.1}, {"trouble:a": 0.2, "trouble:b": 0.8}],
            ["correct", "trouble:a", "trouble:b"],
        ),
    ],
)
def test_what_a_correction_denies_is_not_meant(
    parts: list[str], scores: list[dict[str, float]], expected: list[str]
) -> None:
    config = {**ActReader.get_default_config(), "denial": "(?!.*吗)不是"}
    message = Message({"text": " ".join(parts), PARTS: [Message({"text": part}) for part in parts]})
    ranked = [("correct", 0.8), ("trouble:a", 0.7), ("trouble:b", 0.6)]
    acts, _ = ActSelector(config, MEANT).select(message, "step phone 5", ranked, lambda: scores)
    assert acts == expected


@pytest.mark.parametrize(
    ("later", "ranked", "expected"),
    [
        ("可是签字那步要别人", [("solved", 0.9)], ["solved_in_part"]),
        ("签字那步要别人", [("solved", 0.9)], ["solved"]),
        # What is wrong, or asked, is heard: that is answered beside the success.
        ("可是里面没照", [("solved", 0.9), ("ask:cost", 0.8)], ["solved", "ask:cost"]),
    ],
)
def test_a_success_with_a_but_is_asked_about(
    later: str, ranked: list[tuple[str, float]], expected: list[str]
) -> None:
    config = {**ActReader.get_default_config(), "contrast": "可是"}
    parts = ["进去了", later]
    message = Message({"text": " ".join(parts), PARTS: [Message({"text": part}) for part in parts]})
    scores = [{"solved": 0.9}, {"solved": 0.1}]
    acts, _ = ActSelector(config, MEANT).select(message, "cause", ranked, lambda: scores)
    assert acts == expected


@pytest.mark.parametrize(
    ("acts", "name", "confidence", "expected"),
    [
        (["reached:app_open"], "stop", 0.92, ["leave"]),
        (["reached:app_open"], "out_of_scope", 0.98, []),
        (["reached:login_page"], "nlu_fallback", 0.3, ["reached:login_page"]),
        (["solved"], "resolved", 0.9, ["solved"]),
    ],
)
def test_progress_in_words_that_are_not_chinese_needs_the_intent(
    selector: ActSelector, acts: list[str], name: str, confidence: float, expected: list[str]
) -> None:
    assert selector.confirmed(acts, intent(name, confidence)) == expected


@pytest.mark.parametrize(
    ("text", "is_latin"),
    [("/greet", True), ("go back!", True), ("app打开了", False), ("59 58", False)],
)
def test_what_is_not_chinese(text: str, is_latin: bool) -> None:
    assert bool(LATIN_ALONE.fullmatch(text)) is is_latin


@pytest.mark.parametrize(
    ("parts", "complains"),
    [
        ([{"solved": 0.9}, {"failed": 0.4, "solved": 0.2}], True),
        ([{"solved": 0.9}, {"screen:blank": 0.4}], True),
        ([{"solved": 0.9}, {"ask:nothing_found": 0.4}], True),
        ([{"solved": 0.9}, {"failed": 0.2}], False),  # hardly
        ([{"solved": 0.9}, {"failed": 0.4, "solved": 0.5}], False),  # it says more that it is well
        ([{"failed": 0.9}, {"solved": 0.9}], False),  # that was before
        ([{"solved": 0.9}, {"screen:success": 0.9, "screen:download_page": 0.6}], False),
        ([], False),
    ],
)
def test_what_is_left_after_a_success(parts: list[dict[str, float]], complains: bool) -> None:
    scores = [{"solved": 0.0, **part} for part in parts]
    assert complains_after_success(scores, 0.35) == complains


@pytest.mark.parametrize(
    ("parts", "likely", "expected"),
    [
        ([], [], IN),
        (["登上了吗"], [0.9], ["done"]),
        (["登上了", "以后怎么改"], [0.9, 0.1], IN),  # another part asks
        (["怎么改", "要能登上就好了"], [0.1, 0.9], ["done"]),
    ],
)
def test_a_success_that_is_asked_for_or_wished_is_not_reported(
    parts: list[str], likely: list[float], expected: list[str]
) -> None:
    config = {**ActReader.get_default_config(), "supposition": "吗$|怎么|要能"}
    selector = ActSelector(config, MEANT)
    message = Message({"text": "，".join(parts) or "登上了", "intent": intent("resolved", 0.99)})
    if len(parts) > 1:
        message.set(PARTS, [Message({"text": part}) for part in parts])
    scores = [{"solved": score} for score in likely]
    ranked = [("solved", 0.9), ("reached:logged_in", 0.8)]
    acts, _ = selector.select(message, "finish phone", ranked, lambda: scores)
    assert acts == expected
