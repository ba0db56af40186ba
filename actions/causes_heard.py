"""What a message says of causes: what is out is not asked about, what fits comes next."""

from __future__ import annotations

from collections.abc import Set

from actions.diagnose import (
    ask_about_present,
    causes_left,
    causes_pointed_to,
    rule_out,
    run_out,
    running,
    show_cause,
    start_diagnosis,
    take_present,
)
from actions.turn import Turn, values


def note_causes(turn: Turn) -> None:
    """Rules out the causes that the message says are not it, of the troubles it may be about."""
    named = set(values(turn, "rules_out")) - set(values(turn, "points_to"))
    for name in _troubles_meant(turn) if named else ():
        causes = enumerate(turn.content.troubles[name].causes)
        ruled_out = turn.memory.ruled_out.setdefault(name, [])
        ruled_out += [i for i, cause in causes if cause.name in named and i not in ruled_out]


def _troubles_meant(turn: Turn) -> list[str]:
    """Returns the troubles that are reported, looked at, or next if the guide has failed."""
    memory, content = turn.memory, turn.content
    names = [*values(turn, "trouble"), turn.intent, (memory.diagnosis or {}).get("trouble")]
    if memory.guide:
        names.append(content.ways[memory.guide["way"]].failed)
    return [name for name in dict.fromkeys(names) if name and name in content.troubles]


def take_causes(turn: Turn) -> bool:
    """Goes on by what the message says of causes; tells whether it was of the running trouble.

    A cause that the message points to comes next; one that is not it is not asked about.
    """
    if not turn.memory.diagnosis:
        return _take_cause_alone(turn)
    other = trouble_named(turn)
    if other:
        start_diagnosis(turn, other)
        return True
    name, trouble, index = running(turn)
    pointed = causes_pointed_to(turn, trouble)
    out = [
        cause.title
        for cause in trouble.causes
        if cause.name in values(turn, "rules_out") and cause.name not in values(turn, "points_to")
    ]
    if not pointed and not out:
        return False
    if out:
        say_not_it(turn, out)
    left = causes_left(turn, name, index)
    if not left:
        run_out(turn, trouble)
    elif pointed[:1] == [index] and "unsure" in turn.acts:
        rule_out(turn)  # it may be, and nobody can tell
    elif pointed[:1] == [index]:
        take_present(turn)
    elif index in left and not pointed:
        ask_about_present(turn)
    else:
        turn.memory.diagnosis = {"trouble": name, "cause": left[0]}
        show_cause(turn)
    return True


def _take_cause_alone(turn: Turn) -> bool:
    """Begins a trouble at the cause that the message points to; tells whether it is plain which."""
    having = _having(turn, set(values(turn, "points_to")))
    if turn.intent in having:
        having = [turn.intent]
    if len(having) > 1 and turn.memory.guide:  # those of other ways cannot be met here
        troubles = [(name, turn.content.troubles[name].after) for name in having]
        way = turn.memory.guide["way"]
        having = [name for name, after in troubles if after is None or after["way"] == way]
    if len(having) != 1 or turn.content.troubles[having[0]].immediate:
        return False
    start_diagnosis(turn, having[0])
    return True


def trouble_named(turn: Turn) -> str | None:
    """Returns the trouble that alone has the causes named, if the running one has none of them."""
    having = _having(turn, {*values(turn, "rules_out"), *values(turn, "points_to")})
    return having[0] if len(having) == 1 and having[0] != running(turn)[0] else None


def _having(turn: Turn, named: Set[str]) -> list[str]:
    """Returns the troubles that have one of the causes named."""
    troubles = turn.content.troubles.items()
    return [
        name
        for name, trouble in troubles
        if not named.isdisjoint(cause.name for cause in trouble.causes)
    ]


def rules_out_others(turn: Turn) -> bool:
    """Tells whether the message rules out causes of the running trouble, but not this one."""
    _, trouble, index = running(turn)
    named = values(turn, "rules_out")
    found = [i for i, cause in enumerate(trouble.causes) if cause.name and cause.name in named]
    return bool(found) and index not in found


def say_not_it(turn: Turn, titles: list[str]) -> None:
    """Says which causes are out."""
    quoted = [turn.content.text("navigate.cause.quoted", title=title) for title in titles]
    turn.say("navigate.cause.not_it", titles="".join(quoted))
