"""The case file: what the person has told, and what follows from it for the ways."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING

from content_loader.shapes import Fact

if TYPE_CHECKING:
    from actions.turn import Turn

LAST_WAY = "bureau"
UNKNOWN = "unknown"
NO_LIAISON = "ask:no_liaison"
OF_LIAISON = ("liaison", "application_liaison")  # ways that need one, or what is filed of one
MANY = ("tried",)  # facts that can have several values
OF_WAYS = ("number", "face", "liaison")  # facts of a way itself; others are circumstances
SURE = ("speaker", "representative")  # a fact that counts only without another of its kind
OTHERS = ("number", "other")  # a fact: the number is somebody else's
DEAD = ("representative", "dead")
WHO_DIED, ANOTHER = "fact:died", "another"  # among the facts: whether it was asked, and the answer
FACE_WORKS = "fact:face=possible"
UNWILLING = "fact:face=unwilling"
NO_FACE, FACE_FAILS = "fact:face=impossible", "trouble:face_failed"
ABSENT = (("representative", "away"), ("representative", "abroad"))
NUMBER_CHANGED = "phone_changed"  # an intent
GENERAL = ("new_representative", "yes")  # a fact that others of its kind say more exactly


def take_fact(turn: Turn, name: str, value: str) -> Fact | None:
    """Writes a fact down; returns it if it is a new one of those in `content/case.yml`."""
    fact = turn.content.facts.get(name, {}).get(value)
    facts = turn.memory.facts
    if fact is None:
        return None
    if name in MANY:
        known = facts.setdefault(name, [])
        if value in known:
            return None
        known.append(value)
        return fact
    if facts.get(name) == value:
        facts[name] = facts.pop(name)  # the last word on it
        untried = [way for way in fact.allows if not _was_tried(turn, way)]
        return fact if _open_again(turn, untried) else None
    before = turn.content.facts[name].get(str(facts.get(name)))
    closed = {*before.excludes, *before.postpones, *before.doubts} if before else set()
    opened = [way for way in fact.allows if way in closed or not _was_tried(turn, way)]
    _open_again(turn, opened)
    if (name, value) == SURE:
        facts.pop("representative", None)  # it was somebody else who is not here
    facts.pop(name, None)
    facts[name] = value
    _drop_overtaken(turn, name, fact)
    return fact


def _drop_overtaken(turn: Turn, name: str, fact: Fact) -> None:
    """Drops what was said of a way that a new circumstance, such as an absence, has overtaken."""
    facts = turn.memory.facts
    for other in OF_WAYS if name not in OF_WAYS else ():
        before = turn.content.facts[other].get(str(facts.get(other)))
        if before and before.allows and {*before.allows} <= {*fact.postpones, *fact.doubts}:
            del facts[other]


def _open_again(turn: Turn, ways: Iterable[str]) -> bool:
    """Takes ways that can be gone after all from those that cannot; tells whether one was there."""
    before = turn.memory.obstacles
    turn.memory.obstacles = [way for way in before if way not in ways]
    return len(turn.memory.obstacles) < len(before)


def _was_tried(turn: Turn, way: str) -> bool:
    """Tells whether a way was begun, or a cause of a trouble with it ruled out."""
    memory, troubles = turn.memory, turn.content.troubles
    about = (name for name, trouble in troubles.items() if way in trouble.rules_out)
    return way in memory.attempts or any(memory.ruled_out.get(name) for name in about)


def may_suit(turn: Turn, way: str) -> bool:
    """Tells whether nothing that is known speaks against a way."""
    out = {*postponed(turn), *excluded(turn), *turn.memory.obstacles}
    return way not in out


def take_facts(turn: Turn) -> list[Fact]:
    """Writes down every fact of the message; returns those that are new."""
    if set(turn.acts) == {NO_FACE, FACE_FAILS}:
        turn.acts = [FACE_FAILS]  # that it fails is all that is said
    asks = any(act.startswith("ask") for act in turn.acts)
    if FACE_WORKS in turn.acts and turn.intent == "face_failed" and turn.is_sure() and not asks:
        # It has been tried, and that is what fails.
        turn.acts = list(
            dict.fromkeys(FACE_FAILS if act == FACE_WORKS else act for act in turn.acts)
        )
    values: dict[str, str] = {}
    is_bare = not turn.pending_question.kind and not turn.says_much()
    for act in turn.acts:
        name, _, value = act.removeprefix("fact:").partition("=")
        if value == UNKNOWN and is_bare and not turn.memory.guide and not turn.memory.diagnosis:
            continue  # a word is no account of what is not known, where nobody asked
        if act == "fact:liaison=unknown" and NO_LIAISON in turn.acts:
            continue  # there is none
        if (name, value) in ABSENT and _is_representative(turn):
            continue  # they are with themselves, wherever they are
        is_gone = turn.memory.facts.get("number") == "gone" and "correct" not in turn.acts
        if (name, value) == OTHERS and is_gone:
            continue  # nobody gets a message there
        fact = turn.content.facts.get(name, {}).get(value)
        is_other = values.get(name) == "ill" or turn.memory.facts.get(WHO_DIED) == ANOTHER
        is_of_number = "number" in values and turn.intent == NUMBER_CHANGED and turn.is_sure()
        if (name, value) == DEAD and (is_other or is_of_number):
            continue  # who is likelier ill, has but left, or is said to live, is not taken for dead
        if act == UNWILLING and speaks_of_helper(turn):
            continue  # it is a no to what was asked
        if act.startswith("fact:") and fact and _counts(turn, name, fact, values.get(name)):
            values[name] = value
    taken = {
        name: take_fact(turn, name, values[name])
        for name in sorted(values, key=OF_WAYS.__contains__)  # what is said of a way goes last
    }
    return [fact for name in values if (fact := taken[name])]


def speaks_of_helper(turn: Turn) -> bool:
    """Tells whether "she will not" is said of who has the number: nobody spoke of a face."""
    asked = turn.pending_question
    is_of_number = asked.kind == "way" and asked.value == "phone"
    return (
        is_of_number and turn.memory.facts.get("number") == "other" and turn.intent != "avoid_face"
    )


def _is_representative(turn: Turn) -> bool:
    """Tells whether the person is the representative, as they say or have said."""
    known = turn.memory.facts.get("speaker") == "representative"
    return known or "fact:speaker=representative" in turn.acts


def _counts(turn: Turn, name: str, fact: Fact, other: str | None) -> bool:
    """Tells whether of two values for one thing in a message the later, less likely one counts.

    It does where it rules a way out for good that the other does not put off nor opens, or settles
    what the other leaves open. Who may be somebody else is not taken for the representative, and
    what says more exactly how a change of the representative stands goes before that there was one.
    """
    if other is None:
        return True
    before = turn.content.facts[name][other]
    settles = set(fact.allows).intersection(before.doubts)
    rules_out = set(fact.excludes).difference(before.postpones, before.allows)
    return bool(rules_out or settles) or (name, other) in (SURE, GENERAL)


def fact_of(turn: Turn, act: str) -> Fact | None:
    """Returns the fact that an act tells, if it tells one of those in `content/case.yml`."""
    kind, _, pair = act.partition(":")
    name, _, value = pair.partition("=")
    return turn.content.facts.get(name, {}).get(value) if kind == "fact" else None


def is_over(turn: Turn) -> bool:
    """Tells whether the representative has died, so that there is nothing to recover."""
    name, value = DEAD
    return bool(turn.memory.facts.get(name) == value)


def known(turn: Turn) -> Iterator[tuple[str, Fact]]:
    """Yields the facts on file with their names, in the order of the content."""
    for name, values in turn.content.facts.items():
        noted = turn.memory.facts.get(name, ())
        for value, fact in values.items():
            if value == noted or (isinstance(noted, list) and value in noted):
                yield name, fact


def excluded(turn: Turn) -> set[str]:
    """Returns the ways that cannot work by what is known."""
    return {way for _, fact in known(turn) for way in fact.excludes} - {LAST_WAY}


def postponed(turn: Turn) -> set[str]:
    """Returns the ways that can be gone later only; of contrary facts, the last word counts."""
    ways: set[str] = set()
    for name, value in turn.memory.facts.items():
        fact = turn.content.facts.get(name, {}).get(value) if isinstance(value, str) else None
        if fact:
            ways = (ways | {*fact.postpones}) - {*fact.allows}
    return ways


def suits(turn: Turn, way: str) -> bool:
    """Tells whether a way is known to suit, so that it need not be asked about."""
    return any(way in fact.allows for _, fact in known(turn)) and way not in postponed(turn)


def question_about(turn: Turn, way: str) -> str:
    """Returns how to ask whether a way can be gone, by what is known; empty if nothing is."""
    return next((fact.ask for _, fact in known(turn) if fact.ask and way in fact.doubts), "")


def is_settled(turn: Turn, way: str) -> bool:
    """Tells whether the facts say already whether a way is to be gone now."""
    return suits(turn, way) or way in {*postponed(turn), *excluded(turn)}


def best_way(turn: Turn) -> str:
    """Returns the way to go: one that suits, else one that may, else one that may later."""
    out = {*turn.memory.obstacles, *excluded(turn)}
    later = postponed(turn)
    doubtful = {way for _, fact in known(turn) for way in fact.doubts}
    left = [way for way in turn.content.ways if way not in out and way != LAST_WAY]
    now = [way for way in left if way not in later]
    is_representative = turn.memory.facts.get("speaker") == "representative"
    # What has just been said can be done by somebody is asked of them before anything else.
    just_doubted = {way for fact in turn.new_facts if fact.ask for way in fact.doubts}
    for some in (
        [way for way in now[:1] if way in just_doubted and not is_representative],
        [way for way in now if suits(turn, way)],
        # Who can do it alone need not ask others for help first.
        [way for way in now if way not in doubtful and is_representative],
        now,
        left,
    ):
        if some:
            return some[0]
    return LAST_WAY


def strike(turn: Turn, number: int) -> str:
    """Takes the n-th of `titles` off the file, from 1; returns it, or nothing if there is none."""
    listed = list(known(turn))
    number = len(listed) if number == -1 else number
    if not 1 <= number <= len(listed):
        return ""
    name, fact = listed[number - 1]
    noted = turn.memory.facts[name]
    if isinstance(noted, list):
        noted[:] = [value for value in noted if turn.content.facts[name].get(value) != fact]
    if not isinstance(noted, list) or not noted:
        del turn.memory.facts[name]
    return fact.title


def titles(turn: Turn) -> list[str]:
    """Returns what is on file, each in few words, fit for a note to the bureau."""
    return [fact.title for _, fact in known(turn)]
