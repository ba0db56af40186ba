"""Settles what fails: which trouble it is, where it is met, and what is but how it shows."""

from __future__ import annotations

from actions import case, diagnose, recover
from actions.guide import BEFORE_CHOICE, step_at
from actions.settling import (
    SETBACK,
    is_likely,
    is_reached,
    is_trouble,
    keep_likelier,
    leave_out,
)
from actions.turn import Turn, errors_on_screen, values
from actions.where_in_guide import MISSING, stand_at
from content_loader.shapes import After

NOT_FOUND = "entry_not_found"  # an intent
ERROR = "screen:error"
GONE, NUMBER_CHANGED = "fact:number=gone", "trouble:phone_changed"
# Facts that may be why something else fails.
REASONS = ("fact:representative", "fact:face", "fact:number")
OF_NO_USE = ("not_resolved", "deny")  # intents
PROGRESS = {"worked", "done", "solved"}  # say that it went on behind what was a trouble
ANSWERS = {"not_it", "failed"}  # to whether a cause is it
CAME = "reached:code_received"  # says nothing of whether the code is taken
MIN_THERE = 0.9  # confidence of a trouble at whose page somebody is, with no setback in the acts
MIN_OPENING = 0.98  # confidence of a trouble, where the acts say that something is asked


def leave_out_entry(turn: Turn) -> None:
    """Leaves out that the entry is missing where a page beyond it lacks something."""
    if MISSING in turn.acts and turn.memory.guide and turn.memory.guide["step"] > 1:
        leave_out(turn, f"trouble:{NOT_FOUND}")


def leave_out_missing_at_download(turn: Turn) -> None:
    """Leaves out that something is missing where a licence is offered for download: that is it."""
    if "screen:download_page" in turn.acts:
        leave_out(turn, MISSING)


def take_missing_on_page(turn: Turn) -> None:
    """Takes a correction with a page for what is missing there."""
    if turn.intent == NOT_FOUND and turn.is_sure() and "correct" in turn.acts:
        pages = [act for act in turn.acts if act.startswith("reached")]
        turn.acts = [*pages, MISSING] if pages and turn.memory.guide else turn.acts


def take_correction(turn: Turn) -> None:
    """Takes a correction with a sure trouble: it says it all; another one is what was wrong."""
    if not is_trouble(turn) or "correct" not in turn.acts or values(turn, "ask"):
        return
    own = f"trouble:{turn.intent}"
    rest = [act for act in turn.acts if act == own or not act.startswith(("correct", "trouble"))]
    if (turn.memory.diagnosis or {}).get("trouble") != turn.intent:
        turn.acts = rest or [own]
    elif ANSWERS.isdisjoint(rest):
        turn.acts = ["correct", own]
    else:  # what is said again is that this is not it
        turn.acts = rest


def take_failing_way(turn: Turn) -> None:
    """Takes a yes to a way that the intent says fails: it can be done, and it does not work."""
    if turn.pending_question.kind != "way" or "yes" not in turn.acts:
        return
    facts = [act for act in turn.acts if act != "yes"]
    trouble = turn.content.troubles.get(turn.intent)
    is_meant = turn.is_sure() or (not facts and is_likely(turn, recover.MIN_NAMED))
    if trouble is None or not is_meant or not all(act.startswith("fact") for act in facts):
        return
    # Beside facts, there has to be something to look into.
    if turn.pending_question.value in trouble.rules_out and not (facts and trouble.immediate):
        turn.acts = [f"trouble:{turn.intent}", *facts]


def take_failed_trial(turn: Turn) -> None:
    """Takes that the way asked about was tried, to no use, for the trouble that is met there."""
    asked = turn.pending_question
    is_setback = turn.intent in (*OF_NO_USE, *turn.content.troubles)
    if asked.kind == "way" and turn.acts == [f"fact:tried={asked.value}"] and is_setback:
        met = [
            name
            for name, trouble in turn.content.troubles.items()
            if trouble.after and trouble.after["way"] == asked.value
        ]
        turn.acts = [*(f"trouble:{name}" for name in met[:1]), *turn.acts]


def name_error(turn: Turn) -> None:
    """Takes an error that is read out for another trouble that the intent surely makes of it."""
    known = ("system_error", (turn.memory.diagnosis or {}).get("trouble"))
    if ERROR in turn.acts and is_trouble(turn) and turn.intent not in known:
        turn.acts = [act for act in turn.acts if act not in (ERROR, "wait")]
        own = f"trouble:{turn.intent}"
        turn.acts = turn.acts if own in turn.acts else [own, *turn.acts]


def put_errors_first(turn: Turn) -> None:
    """Puts what a page complains of before what else the message says of it."""
    names = [name for name in values(turn, "screen") if name != "option_missing"]
    screens = [(name, turn.content.screens.get(name)) for name in names]
    errors = [f"screen:{name}" for name, screen in screens if screen and screen.trouble]
    of_pages = [act for act in turn.acts if act.startswith("screen")]
    if errors and of_pages[0] not in errors:
        rest = [act for act in turn.acts if act != errors[0]]
        rest.insert(rest.index(of_pages[0]), errors[0])
        turn.acts = rest


def name_denied_cause(turn: Turn) -> None:
    """Names the cause that a denial is about, where that is another than the one asked about."""
    if "not_it" not in turn.acts or values(turn, "rules_out") or not turn.memory.diagnosis:
        return
    name, trouble, index = diagnose.running(turn)
    causes = [cause.name for cause in trouble.causes]
    likeliest = next((cause for cause in turn.near_causes if cause in causes), causes[index])
    is_left = causes.index(likeliest) not in turn.memory.ruled_out.get(name, ())
    if likeliest != causes[index] and is_left:
        turn.acts = [*turn.acts, f"rules_out:{likeliest}"]


def leave_out_contrary_cause(turn: Turn) -> None:
    """Keeps, of a cause that is pointed to and ruled out, what is likelier."""
    keep_likelier(turn, {"points_to": "rules_out", "rules_out": "points_to"})


def leave_out_known(turn: Turn) -> None:
    """Leaves out a changed number that was told before, where something else is said as well."""
    known = turn.memory.facts.get("number") == "gone"
    is_repeated = GONE in turn.acts and known and case.fact_of(turn, GONE) not in turn.new_facts
    if is_repeated and set(turn.acts) - {GONE, NUMBER_CHANGED}:
        leave_out(turn, NUMBER_CHANGED)


def take_stuck(turn: Turn) -> None:
    """Takes who is surely stuck for that, unless the page says something."""
    if turn.intent == "stuck_at_step" and turn.is_sure() and len(turn.acts) == 1:
        says = set(errors_on_screen(turn)) - {"option_missing"}
        turn.acts = turn.acts if says else ["stuck"]


def place_missing(turn: Turn) -> None:
    """Stands at the page on which something is missing; it is not reached, nor asked elsewhere."""
    if MISSING not in turn.acts:
        return
    for page in values(turn, "reached"):
        if page in BEFORE_CHOICE:
            stand_at(turn, page)
    turn.acts = [act for act in turn.acts if not act.startswith(("reached", "ask:where"))]


def leave_out_pages_beyond(turn: Turn) -> None:
    """Leaves out pages that lie beyond a trouble that is told, where nothing says it is over."""
    named = set(values(turn, "trouble")) if PROGRESS.isdisjoint(turn.acts) else set()
    if is_trouble(turn) and _tells_setback(turn):
        named.add(turn.intent)
    for name in named.intersection(turn.content.troubles):
        after = turn.content.troubles[name].after
        turn.acts = [act for act in turn.acts if not (after and is_reached(turn, act, after))]


def put_first(turn: Turn) -> None:
    """Puts a trouble before the pages that lead to it, and takes one for what the page says."""
    troubles, memory = turn.content.troubles, turn.memory
    looked_at = troubles.get((memory.diagnosis or {}).get("trouble", ""))
    if looked_at and is_likely(turn) and SETBACK.issuperset(turn.acts):
        screens = turn.content.screens
        says = [name for name in looked_at.says if screens[name].trouble == turn.intent]
        turn.acts = [f"screen:{name}" for name in says[:1]] or turn.acts
    after = troubles[turn.intent].after if turn.intent in troubles else None
    if after and is_likely(turn):
        own = f"trouble:{turn.intent}"
        of_pages = ("reached", "screen:asks", *(() if memory.diagnosis else ("points_to",)))
        is_way_there = all(
            (act.startswith(of_pages) or act == "done")
            and (not is_reached(turn, act, after) or _is_where_met(turn, act, after, turn.intent))
            for act in turn.acts
        )  # what lies beyond the trouble says that there is none
        pages = [act for act in turn.acts if not act.startswith("screen")]
        is_named = bool(values(turn, "reached") or "done" in turn.acts)
        # Who is at the page where it is met, and tells of no setback, may but have gone through it.
        is_through = any(_is_past_first(turn, act, after, turn.intent) for act in turn.acts)
        is_meant = is_likely(turn, MIN_THERE) and turn.acts != [CAME]
        is_said = is_meant or _tells_setback(turn) or values(turn, "points_to")
        is_clear = is_said or not is_through
        is_there = is_clear and is_way_there and not _is_on_another(turn, after)
        if is_named and is_there and memory.guide:
            turn.acts = [*pages, own]
    for name in values(turn, "trouble"):
        after = troubles[name].after if name in troubles else None
        pages = [act for act in turn.acts if act.startswith("reached")]
        beyond = [act for act in pages if after and is_reached(turn, act, after)]
        if after and pages and all(_is_where_met(turn, act, after, name) for act in beyond):
            own = f"trouble:{name}"
            turn.acts = [own, *(act for act in turn.acts if act not in (own, "done"))]


def name_by_causes(turn: Turn) -> None:
    """Adds the trouble of which causes are ruled out where a way is asked about.

    They are no answer to that: the way may be gone as soon as the trouble with it is solved.
    """
    way, out = turn.pending_question, set(values(turn, "rules_out"))
    if way.kind != "way" or not out or "yes" in turn.acts or values(turn, "trouble"):
        return
    fitting = {
        name: len(out.intersection(cause.name for cause in trouble.causes))
        for name, trouble in turn.content.troubles.items()
        if way.value in trouble.rules_out
    }
    best = max(fitting, key=fitting.__getitem__, default="")
    if fitting.get(best):
        rest = [act for act in turn.acts if act not in ("not_it", "no")]
        turn.acts = [f"trouble:{best}", *rest]


def leave_out_missing_before(turn: Turn) -> None:
    """Leaves out that something is missing where a sure trouble is met beyond that page."""
    is_first = turn.acts[:1] == [f"trouble:{turn.intent}"] and is_trouble(turn)
    if is_first and turn.content.troubles[turn.intent].after:
        leave_out(turn, MISSING)


def take_another(turn: Turn) -> None:
    """Takes a sure trouble that is another than the one looked at, or with which a case opens."""
    if _tells_another(turn) or _opens_with_it(turn):
        turn.acts = [f"trouble:{turn.intent}", *turn.acts]


def take_tried(turn: Turn) -> None:
    """Takes a way that is wished for and fails for one that has been tried, and its reason first.

    What the page says in general is less than the trouble of which a cause is named.
    """
    troubles = turn.content.troubles
    named = {name: troubles[name] for name in values(turn, "trouble") if name in troubles}
    failing = {f"wish:{way}" for trouble in named.values() for way in trouble.rules_out}
    is_tried = not failing.isdisjoint(turn.acts)
    turn.acts = [act for act in turn.acts if act not in failing]
    pointed = set(values(turn, "points_to"))
    is_exact = any(pointed & {cause.name for cause in trouble.causes} for trouble in named.values())
    way = (turn.memory.guide or {}).get("way", "")
    is_on_way = is_tried or any(way in trouble.rules_out for trouble in named.values())
    if is_exact:
        turn.acts = [act for act in turn.acts if not act.startswith("screen:asks")]
    if is_exact or is_on_way:
        leave_out(turn, f"screen:asks_{way}")
        turn.acts = [act for act in turn.acts if not act.startswith("screen:error")]


def take_pointed(turn: Turn) -> None:
    """Leaves out a denial where the present cause is what is pointed to: another one is denied."""
    if turn.memory.diagnosis and "not_it" in turn.acts and not values(turn, "rules_out"):
        _, trouble, index = diagnose.running(turn)
        if trouble.causes[index].name in values(turn, "points_to"):
            leave_out(turn, "not_it")


def leave_out_ahead(turn: Turn) -> None:
    """Leaves out a trouble beside a question that cannot have been met yet in the running guide."""
    if not turn.memory.guide or not values(turn, "ask"):
        return
    name, step = turn.memory.guide["way"], turn.memory.guide["step"]
    for trouble in values(turn, "trouble"):
        after = turn.content.troubles[trouble].after if trouble in turn.content.troubles else None
        is_ahead = after is not None and after["way"] == name and step < after["step"] - 1
        if is_ahead and turn.intent != trouble and not values(turn, "reached"):
            turn.acts = [act for act in turn.acts if act != f"trouble:{trouble}"]


def _tells_setback(turn: Turn) -> bool:
    """Tells whether the acts, too, say that something does not go on."""
    return any(act.startswith("trouble") or act in SETBACK for act in turn.acts)


def _is_on_another(turn: Turn, after: After) -> bool:
    """Tells whether pages are named that the way has not on which a trouble is met."""
    way = turn.content.ways[after["way"]]
    return any(step_at(way, page) is None for page in values(turn, "reached"))


def _is_where_met(turn: Turn, act: str, after: After, trouble: str) -> bool:
    """Tells whether a page is but where a trouble is waited out: a code was asked for, say."""
    pages = _pages_where_met(turn, act, after, trouble)
    return pages[:1] == (act.partition(":")[2],)


def _is_past_first(turn: Turn, act: str, after: After, trouble: str) -> bool:
    """Tells whether a page is a later one of the step at which a trouble is met."""
    pages = _pages_where_met(turn, act, after, trouble)
    return act.partition(":")[2] in pages[1:]


def _pages_where_met(turn: Turn, act: str, after: After, trouble: str) -> tuple[str, ...]:
    """Returns the pages of the step that an act names, if a trouble is met there, else none."""
    way = turn.content.ways[after["way"]]
    number = step_at(way, act.partition(":")[2])
    step = way.steps[number - 1] if number else None
    return tuple(step.here) if step and trouble in step.troubles else ()


def _tells_another(turn: Turn) -> bool:
    """Tells whether it is surely another trouble than the one looked at that does not go away."""
    running = (turn.memory.diagnosis or {}).get("trouble")
    meant = diagnose.trouble_meant(turn, turn.intent)
    is_another = turn.intent in turn.content.troubles and meant != running
    is_setback = bool(turn.acts) and set(turn.acts) <= {*ANSWERS, "stuck", "unsure", "upset"}
    is_reason = bool(turn.acts) and all(act.startswith(REASONS) for act in turn.acts)
    return bool(running) and is_another and (is_setback or is_reason) and turn.is_sure()


def _opens_with_it(turn: Turn) -> bool:
    """Tells whether a case opens with what is surely a trouble, and is read as a mere question."""
    memory = turn.memory
    is_open = memory.guide or memory.diagnosis or turn.pending_question.kind
    is_question = bool(turn.acts) and all(act.startswith("ask:") for act in turn.acts)
    is_certain = turn.intent in turn.content.troubles and is_likely(turn, MIN_OPENING)
    return is_question and is_certain and not is_open
