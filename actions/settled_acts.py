"""Corrects the acts of a message where its intent, or what was asked, knows better."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from actions import case, diagnose, guide, recover
from actions.questions import CLOSED
from actions.safety import WARNED
from actions.turn import Turn, errors_on_screen, values
from actions.where_in_guide import MISSING, OF_LIAISON, OPTIONS, has_new_password, stand_at
from content_loader.shapes import After

CHOSEN, LOGGED_IN = "reached:method_chosen", "reached:logged_in"
OF_OTHER = "points_to:other_system"
ID_EXPIRED = "ask:id_expired"
OF_LOOKS = {"ask:face_changed", "ask:face_old_photo"}
FACE_FAILED = "trouble:face_failed"
NOT_FOUND = "entry_not_found"  # an intent
NOT_WORKING = "new_password_not_working"  # an intent
CODE_TO_OTHER, GAVE_AWAY, IS_SCAM = "ask:code_to_other", "ask:gave_away", "ask:is_scam"
UNCAUGHT = "ask:unknown"  # a question of which it is not known what it asks
OF_BUREAU = ("contact_bureau", "inform_region")  # intents
# Facts that may be why something else fails.
REASONS = ("fact:representative", "fact:face", "fact:number")
SETBACK = {"failed", "stuck", "not_it", "upset"}  # acts that say that it goes not on
PROGRESS = {"resume", "done", "next"}  # acts that say that it goes on
PARTING = {"leave", "bye", "thanks"}  # acts of who goes, and may ask one thing more
MIN_LIKELY = 0.75  # confidence of an intent that says more than the acts
MIN_NEXT = 0.5  # the same of who wants to go on
MIN_STEP = 0.6  # the same of a step that is named
NO_STEP = {"correct", "upset", "wait", "resume", "stuck", "ask:next_after"}  # name none
MIN_OPENING = 0.98  # the same of a trouble, where the acts say that something is asked


def settle_acts(turn: Turn) -> None:
    """Corrects the acts where the intent knows better: a place, a success, a wish."""
    names_place = turn.intent == "inform_region" and turn.is_sure() and turn.entities("region")
    if names_place and "correct" in turn.acts:
        turn.acts = ["place"]  # it is the place that was wrong
    is_open_way = turn.pending_question.kind == "way"
    # Who is where says whether a way can be gone, and not where the business is registered.
    is_answer = is_open_way and bool(values(turn, "fact")) and turn.names_place_aside()
    are_facts = all(act == "place" or act.startswith("fact") for act in turn.acts)
    if names_place and are_facts and not is_answer:
        turn.acts = ["place"]
    is_about_bureau = turn.intent == "contact_bureau" or "wish:bureau" in turn.acts
    if is_about_bureau and turn.entities("region") and "place_other" not in turn.acts:
        others = (
            "correct",
            "matter",
            "wish:bureau",
            "place",
            "screen",
        )  # it is left for the bureau
        turn.acts = ["place", *(act for act in turn.acts if not act.startswith(others))]
    if MISSING in turn.acts and turn.memory.guide and turn.memory.guide["step"] > 1:
        turn.acts = [act for act in turn.acts if act != "trouble:entry_not_found"]
    if "matter" in turn.acts and "solved" not in turn.acts:  # what was entered is not the licence
        turn.acts = [act for act in turn.acts if act != LOGGED_IN]
    if turn.intent == "resolved" and _is_likely(turn) and _is_logged_in(turn):
        turn.acts = ["solved", LOGGED_IN]
    if turn.intent == NOT_FOUND and turn.is_sure() and "correct" in turn.acts:
        pages = [act for act in turn.acts if act.startswith("reached")]
        turn.acts = [*pages, MISSING] if pages and turn.memory.guide else turn.acts  # not there
    is_sure_trouble = turn.intent in turn.content.troubles and turn.is_sure()
    if is_sure_trouble and "correct" in turn.acts and not values(turn, "ask"):
        own = f"trouble:{turn.intent}"  # it says it all; another one is what was wrong
        rest = [
            act for act in turn.acts if act == own or not act.startswith(("correct", "trouble"))
        ]
        running = (turn.memory.diagnosis or {}).get("trouble")
        turn.acts = ["correct", own] if running == turn.intent else rest or [own]
    is_yes = "yes" in turn.acts and all(act == "yes" or act.startswith("fact") for act in turn.acts)
    is_meant = turn.is_sure() or (turn.acts == ["yes"] and _is_likely(turn, recover.MIN_NAMED))
    if is_open_way and is_yes and is_meant:
        trouble = turn.content.troubles.get(turn.intent)
        is_bare = turn.acts == ["yes"]  # beside facts, there has to be something to look into
        fits = trouble is not None and turn.pending_question.value in trouble.rules_out
        if trouble and fits and (is_bare or not trouble.immediate):
            facts = [act for act in turn.acts if act != "yes"]
            turn.acts = [f"trouble:{turn.intent}", *facts]  # it can be done, and it fails
    if turn.pending_question.kind.startswith("fact") and _answers(turn):
        turn.acts = [act for act in turn.acts if act != "correct"]  # that it was said before
    _name_step(turn)
    if turn.intent == "deny" and turn.is_sure():
        turn.acts = ["no" if act == "yes" else act for act in turn.acts]
    if turn.intent == "stuck_at_step" and turn.is_sure() and len(turn.acts) == 1:
        says = set(errors_on_screen(turn)) - {"option_missing"}
        turn.acts = turn.acts if says else ["stuck"]
    if values(turn, "item"):  # what the n-th says is asked, not what a word means
        turn.acts = [act for act in turn.acts if act != "ask:meaning"]
    if MISSING in turn.acts and set(values(turn, "reached")) - {"logged_in"} == {"login_page"}:
        stand_at(turn, "login_page")  # it is missing there
    if MISSING in turn.acts:  # what is not seen is not reached, and is not asked for elsewhere
        turn.acts = [act for act in turn.acts if not act.startswith(("reached", "ask:where"))]
    is_of_another = turn.intent == "recover_other_password" and _is_likely(turn)
    if is_of_another and turn.is_sure() and turn.acts == ["ask:usb_key"]:
        turn.acts = ["ask:other_password"]  # its password, and not what it is
    if is_of_another and "correct" in turn.acts and "ask:scan" not in turn.acts:
        turn.acts = ["ask:other_password"]
    if turn.intent in turn.content.troubles and turn.is_sure() and _tells_setback(turn):
        after = turn.content.troubles[turn.intent].after
        turn.acts = [act for act in turn.acts if not (after and _is_reached(turn, act, after))]
    is_trouble = turn.intent in turn.content.troubles and _is_likely(turn, recover.MIN_NAMED)
    _settle_success_beside_question(turn)
    _settle_early_success(turn)
    if turn.intent == NOT_WORKING and is_trouble and {"solved", LOGGED_IN}.issubset(turn.acts):
        # The new password works, or it does not: both readers cannot be right, and it is asked.
        rest = [act for act in turn.acts if not act.startswith(("solved", "reached", "screen"))]
        turn.acts = ["may_be_solved", *rest]
    elif is_trouble and "solved" in turn.acts and not turn.is_sure():
        # It may be the trouble after all: it is asked, of the whole or of the step.
        turn.acts = ["solved"] if turn.memory.guide else ["done"]
    elif is_trouble and "solved" in turn.acts:  # one thing is well, and another is not
        rest = [act for act in turn.acts if act not in ("solved", LOGGED_IN)]
        turn.acts = list(dict.fromkeys([f"trouble:{turn.intent}", *rest]))
    if "solved" in turn.acts and _is_amid_pages(turn):
        turn.acts = [act for act in turn.acts if act not in ("solved", LOGGED_IN)]
    if turn.intent == "thank" and turn.acts == ["thanks", "solved"]:
        turn.acts = ["thanks", "done"]  # thanks first: what is well is asked
    if _is_report_with_facts(turn):  # somebody else has done it: all, or the step?
        turn.acts = ["done" if guide.is_last_step(turn) else "solved", *turn.acts]
    if _may_be_all(turn):
        turn.acts = ["solved"]  # that, or only the step: it is asked
    _settle_trouble(turn)
    _name_trouble_of_causes(turn)
    if turn.acts[:1] == [f"trouble:{turn.intent}"] and turn.is_sure() and MISSING in turn.acts:
        after = turn.content.troubles[turn.intent].after  # it is met beyond that page
        turn.acts = [act for act in turn.acts if not (after and act == MISSING)]
    if "solved" in turn.acts and set(errors_on_screen(turn)) - {"success"}:
        turn.acts = ["done" if act == "solved" else act for act in turn.acts]
    if turn.intent == "recover_password" and not turn.entity("other_system"):
        turn.acts = ["matter" if act == "ask:other_password" else act for act in turn.acts]
    if turn.intent == "out_of_scope" and turn.is_sure() and turn.acts in (["ack"], ["next"]):
        turn.acts = ["noise"]  # nobody says yes in words that are about nothing here
    is_other_move = turn.acts in (["recall"], ["done"], ["next"])
    if turn.intent == "previous_step" and _is_likely(turn) and is_other_move:
        turn.acts = ["back"]
    if "another_way" in turn.acts and not turn.memory.diagnosis:  # that one comes next
        turn.acts = [act for act in turn.acts if act != "ask:next_after"]
    if "ask:next_after" in turn.acts and not {"worked", "done"}.isdisjoint(turn.acts):
        turn.acts = [act for act in turn.acts if act != "ask:next_after"]  # and it does come
    if "ask:next_after" in turn.acts and not turn.memory.guide:  # wants to know all that comes
        is_short = bool(turn.memory.diagnosis) and not turn.says_much()  # the next cause
        wanted = "next" if is_short else "all_at_once"
        turn.acts = [wanted if act == "ask:next_after" else act for act in turn.acts]
    is_open = turn.memory.guide or turn.memory.diagnosis or turn.pending_question.kind
    if "ask:scan" in turn.acts and not is_open and "matter" not in turn.acts:
        turn.acts = [*turn.acts, "matter"]  # who is asked for the licence's password needs it
    if case.NO_LIAISON in turn.acts and not _is_of_page(turn):
        turn.memory.add_obstacle(*OF_LIAISON)
        is_answer = turn.pending_question.value in OF_LIAISON
        turn.acts = [*turn.acts, "no"] if is_answer and "no" not in turn.acts else turn.acts
    elif case.NO_LIAISON in turn.acts:  # it is the page that has none
        turn.acts = [act for act in turn.acts if act != case.NO_LIAISON]
    if OF_LOOKS.intersection(turn.acts) and FACE_FAILED in turn.acts:
        # The looks are why, and what to do about them is answered: no cause is looked for.
        later = case.take_fact(turn, "face", "later")
        turn.new_facts += [later] if later else []
        turn.acts = ["fact:face=later" if act == FACE_FAILED else act for act in turn.acts]
    if ID_EXPIRED in turn.acts and _is_about_face(turn):
        later = case.take_fact(turn, "face", "later")  # that is why, and it is answered
        turn.new_facts += [later] if later else []
        turn.acts = [act for act in turn.acts if act not in (FACE_FAILED, "no", "unsure")]
        turn.acts.append("fact:face=later")
    turn.acts = _of_one_mind(turn.acts)
    if _is_at_first_pages(turn) and {"solved", LOGGED_IN}.intersection(turn.acts):
        rest = [act for act in turn.acts if act not in ("solved", "worked", "done")]
        turn.acts = ["worked", *(act for act in rest if act != LOGGED_IN)]
    if _tells_another_trouble(turn) or _opens_with_trouble(turn):
        turn.acts = [f"trouble:{turn.intent}", *turn.acts]
    if "ask:scan" in turn.acts:  # that password is the licence's, so it is no other system's
        turn.acts = ["rules_out:other_system" if a == OF_OTHER else a for a in turn.acts]
    if "upset" in turn.acts and values(turn, "trouble"):  # who scolds reports no fraud
        turn.acts = [act for act in turn.acts if act != "ask:is_scam"]
    _settle_tried(turn)
    _settle_asked_ahead(turn)
    if UNCAUGHT in turn.acts and is_open_way and _settles(turn, turn.pending_question.value):
        turn.acts = [act for act in turn.acts if act != UNCAUGHT]  # the answer came with it
    _settle_fraud(turn)
    _settle_denied_step(turn)
    _settle_place(turn)
    if _is_in_without_password(turn):
        turn.acts = [MISSING if act == LOGGED_IN else act for act in turn.acts]
    if turn.intent == "recover_password":
        if "matter" in turn.acts and turn.is_sure():
            turn.acts = [act for act in turn.acts if act not in ("done", "yes", "ack")]
        is_closed = CLOSED in turn.memory.facts
        if turn.acts == [UNCAUGHT] and not is_closed and _is_likely(turn, recover.MIN_NAMED):
            turn.acts = ["matter"]
    if _wants_new_password(turn):
        turn.acts = ["matter", *(act for act in turn.acts if act.startswith("fact"))]
    if turn.intent == "required_materials" and turn.is_sure() and set(turn.acts) <= PARTING:
        turn.acts = [*turn.acts, "ask:papers"]
    if "ask:human" in turn.acts and turn.is_sure() and f"trouble:{turn.intent}" in turn.acts:
        turn.acts = [act for act in turn.acts if act != "ask:human"]  # of robots, in anger
    way = recover.WAY_INTENTS.get(turn.intent)
    asked = turn.pending_question
    if asked.rejoices and turn.acts[:1] in (["hurry"], ["upset"]):
        turn.acts = [act for act in turn.acts if act != "yes"]  # a mood reports nothing
    if (
        way
        and asked.kind == "way"
        and asked.value != way
        and "yes" in turn.acts
        and not _settles(turn, asked.value)
        and _is_likely(turn)
    ):
        turn.acts = [f"wish:{way}", *(act for act in turn.acts if act != "yes")]
    if turn.intent == "avoid_face" and turn.acts == ["no"] and _is_likely(turn):
        other = asked.kind == "way" and asked.value != "face"
        turn.acts = ["drop:face"] if other else turn.acts  # no answer: it is of another way
    is_own = way and way == (turn.memory.guide or {}).get("way")
    if is_own and turn.is_sure() and turn.acts == ["reached:forgot_page"]:
        turn.acts = [CHOSEN]  # and it is chosen there
    if way and not is_own and CHOSEN in turn.acts and _is_likely(turn, recover.MIN_NAMED):
        # The page asks which way.
        turn.acts = [f"wish:{way}", *turn.acts]
    if way and _tells_only_facts(turn, way) and case.may_suit(turn, way):
        turn.acts = [*(act for act in turn.acts if act != "correct"), f"wish:{way}"]
    if way and turn.acts == ["matter"] and _is_likely(turn):
        turn.acts = [f"wish:{way}"]  # it is forgotten, and that way is wanted
    if way and turn.acts == [f"fact:tried={way}"]:
        turn.acts = [f"wish:{way}"]
        turn.memory.facts["tried"].remove(way)


def _answers(turn: Turn) -> bool:
    """Tells whether the message answers a question for a fact; a no may deny what it presumes."""
    names = [value.partition("=")[0] for value in values(turn, "fact")]
    return "yes" in turn.acts or turn.pending_question.presumes in names


def _name_step(turn: Turn) -> None:
    """Takes a step that the intent names, where the acts name none; of several, the last."""
    named = (turn.entities("step_number") or [""])[-1]
    is_meant = turn.intent == "go_to_step" and _is_likely(turn, MIN_STEP)
    if is_meant and named and turn.acts and NO_STEP.issuperset(turn.acts):
        kept = [act for act in turn.acts if act in ("upset", "correct")]
        turn.acts = [*kept, f"go_to:{named}"]
    if values(turn, "go_to") and len(turn.entities("step_number")) > 1:
        turn.acts = [f"go_to:{named}" if act.startswith("go_to") else act for act in turn.acts]
    if values(turn, "go_to"):
        turn.acts = [act for act in turn.acts if act != "wait"]


def _settle_success_beside_question(turn: Turn) -> None:
    """Leaves out a success beside a question, unless the log-in is named or the intent is sure.

    Where the end is what was asked about, it is the answer. Beside a question that was not
    understood, not even the step has surely worked.
    """
    is_resolved = turn.intent == "resolved"
    is_plain = is_resolved and (LOGGED_IN in turn.acts or turn.is_sure())
    is_at_end = bool(turn.memory.guide) and guide.is_last_step(turn)
    is_asked = is_at_end or turn.pending_question.is_of_end
    if is_asked and UNCAUGHT not in turn.acts:
        return
    if values(turn, "ask") and not is_plain and LOGGED_IN not in turn.acts:
        turn.acts = [act for act in turn.acts if act != "solved"]
    if UNCAUGHT in turn.acts and not is_plain:
        turn.acts = [act for act in turn.acts if act not in ("solved", "worked")]


def _settle_early_success(turn: Turn) -> None:
    """Takes "I am in, next" before a password was set for the page that they have come to."""
    is_early = bool(turn.memory.guide) and not has_new_password(*guide.running(turn))
    is_next = turn.intent == "next_step" and _is_likely(turn, MIN_NEXT)
    if "solved" in turn.acts and turn.pending_question.kind == "logged_in" and is_early and is_next:
        ended = ("solved", "worked", "done", "yes", LOGGED_IN)
        turn.acts = ["next", *(act for act in turn.acts if act not in (*ended, "next"))]
        turn.pending_question = guide.StepQuestion()


def _settle_trouble(turn: Turn) -> None:
    """Puts a trouble before the pages that lead to it, and takes one for what the page says."""
    troubles, memory = turn.content.troubles, turn.memory
    looked_at = troubles.get((memory.diagnosis or {}).get("trouble", ""))
    if looked_at and _is_likely(turn) and SETBACK.issuperset(turn.acts):
        screens = turn.content.screens
        says = [name for name in looked_at.says if screens[name].trouble == turn.intent]
        turn.acts = [f"screen:{name}" for name in says[:1]] or turn.acts
    after = troubles[turn.intent].after if turn.intent in troubles else None
    if after and _is_likely(turn):
        own = f"trouble:{turn.intent}"
        is_way_there = all(
            (act.startswith("reached") or act == "done")
            and (not _is_reached(turn, act, after) or _is_where_met(turn, act, after, turn.intent))
            for act in turn.acts
        )  # what lies beyond the trouble says that there is none
        turn.acts = [*turn.acts, own] if turn.acts and is_way_there and memory.guide else turn.acts
    for name in values(turn, "trouble"):
        after = troubles[name].after if name in troubles else None
        pages = [act for act in turn.acts if act.startswith("reached")]
        beyond = [act for act in pages if after and _is_reached(turn, act, after)]
        if after and pages and all(_is_where_met(turn, act, after, name) for act in beyond):
            own = f"trouble:{name}"
            turn.acts = [own, *(act for act in turn.acts if act not in (own, "done"))]


def _name_trouble_of_causes(turn: Turn) -> None:
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


def _is_amid_pages(turn: Turn) -> bool:
    """Tells whether a page is named that stands between the choice of a way and its end.

    "I am in" then means that page, unless the intent surely says that all is well.
    """
    pages = set(values(turn, "reached"))
    is_plain = turn.intent == "resolved" and turn.is_sure()
    return bool(pages.difference(guide.BEFORE_CHOICE, guide.AT_THE_END)) and not is_plain


def _wants_new_password(turn: Turn) -> bool:
    """Tells whether a trouble with no way is looked at, and the password turns out forgotten."""
    memory = turn.memory
    trouble = turn.content.troubles.get((memory.diagnosis or {}).get("trouble", ""))
    if memory.guide or trouble is None or trouble.rules_out:
        return False
    return "matter" in turn.acts or (
        turn.intent == "recover_password" and _is_likely(turn, recover.MIN_NAMED)
    )


def _is_of_page(turn: Turn) -> bool:
    """Tells whether it is the page that has no liaison, on a way that looks for one there."""
    is_there = (turn.memory.guide or {}).get("way") in OF_LIAISON
    return is_there and not set(OPTIONS).isdisjoint(values(turn, "screen"))


def _tells_setback(turn: Turn) -> bool:
    """Tells whether the acts, too, say that something does not go on."""
    return any(act.startswith("trouble") or act in SETBACK for act in turn.acts)


def _is_reached(turn: Turn, act: str, after: Mapping[str, Any]) -> bool:
    """Tells whether an act reports a page that comes only after a trouble is solved."""
    kind, _, page = act.partition(":")
    return kind == "reached" and guide.is_beyond(turn, page, after)


def _is_where_met(turn: Turn, act: str, after: After, trouble: str) -> bool:
    """Tells whether a page is but where a trouble is waited out: a code was asked for, say."""
    way, page = turn.content.ways[after["way"]], act.partition(":")[2]
    number = guide.step_at(way, page)
    step = way.steps[(number or 1) - 1]
    return number is not None and trouble in step.troubles and step.here[:1] == (page,)


def _of_one_mind(acts: list[str]) -> list[str]:
    """Returns ranked acts without those that want and drop the same way: the likelier counts."""
    kept: list[str] = []
    for act in acts:
        kind, _, way = act.partition(":")
        contrary = {"wish": f"drop:{way}", "drop": f"wish:{way}"}.get(kind)
        if contrary not in kept:
            kept.append(act)
    return kept


def _is_at_first_pages(turn: Turn) -> bool:
    """Tells whether a page that leads to the login is looked for, amid a guide: "I am in" means it.

    After the new password was set, the same words mean the end.
    """
    memory = turn.memory
    if not memory.guide or (memory.diagnosis or {}).get("trouble") != "entry_not_found":
        return False
    return not has_new_password(*guide.running(turn))


def _tells_only_facts(turn: Turn, way: str) -> bool:
    """Tells whether the acts are but facts, none of a trial, where the intent is the wish of a way.

    It has to be sure, or likely and a fact that speaks for that way.
    """
    acts = [act for act in turn.acts if act != "correct"]
    are_facts = bool(acts) and all(act.startswith("fact") for act in acts)
    has_tried = any(act.startswith("fact:tried") for act in acts)
    facts = [fact for act in acts if (fact := case.fact_of(turn, act))]
    is_meant = turn.is_sure() or (_is_likely(turn) and any(way in fact.allows for fact in facts))
    return are_facts and not has_tried and is_meant


def _is_about_face(turn: Turn) -> bool:
    """Tells whether it is said that the face fails, or cannot be done where it is asked about."""
    asked, running = turn.pending_question, (turn.memory.diagnosis or {}).get("trouble")
    is_asked = asked.kind == "way" and asked.value == "face"
    is_at_it = is_asked or (turn.memory.guide or {}).get("way") == "face"
    fails = turn.intent == "face_failed" and _is_likely(turn, recover.MIN_NAMED)
    is_setback = fails or not {"no", "unsure", "failed", "stuck"}.isdisjoint(turn.acts)
    is_matter = FACE_FAILED in turn.acts or running == "face_failed" or (is_at_it and is_setback)
    return is_matter and "yes" not in turn.acts


def _settle_fraud(turn: Turn) -> None:
    """Leaves no alarm where a code was filled in amid the guide, or where an alarm is denied."""
    if turn.memory.guide and values(turn, "reached"):  # a code of their own, on the page
        turn.acts = [CODE_TO_OTHER if act == GAVE_AWAY else act for act in turn.acts]
    is_denied = "correct" in turn.acts and bool(turn.memory.facts.get(WARNED))
    if is_denied:
        turn.acts = [act for act in turn.acts if act != IS_SCAM]


def _settle_asked_ahead(turn: Turn) -> None:
    """Leaves out a trouble beside a question that cannot have been met yet in the running guide."""
    if not turn.memory.guide or not values(turn, "ask"):
        return
    name, step = turn.memory.guide["way"], turn.memory.guide["step"]
    for trouble in values(turn, "trouble"):
        after = turn.content.troubles[trouble].after if trouble in turn.content.troubles else None
        is_ahead = after is not None and after["way"] == name and step < after["step"] - 1
        if is_ahead and turn.intent != trouble and not values(turn, "reached"):
            turn.acts = [act for act in turn.acts if act != f"trouble:{trouble}"]


def _settles(turn: Turn, way: str) -> bool:
    """Tells whether a fact of the message says whether a way can be gone now."""
    facts = [fact for act in turn.acts if (fact := case.fact_of(turn, act))]
    return any(way in (*f.allows, *f.excludes, *f.postpones, *f.doubts) for f in facts)


def _settle_tried(turn: Turn) -> None:
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
    vague = ("screen:asks", "screen:error") if is_exact else ("screen:error",)
    if turn.memory.diagnosis and "not_it" in turn.acts and not values(turn, "rules_out"):
        _, trouble, index = diagnose.running(turn)
        if trouble.causes[index].name in pointed:  # what is denied is another
            turn.acts = [act for act in turn.acts if act != "not_it"]
    if is_exact or is_on_way:
        turn.acts = [act for act in turn.acts if not act.startswith(vague)]


def _settle_denied_step(turn: Turn) -> None:
    """Takes "I am not at step 6", at step 6, for a guide that has not begun."""
    running = turn.memory.guide
    if running and {"correct", f"go_to:{running['step']}"}.issubset(turn.acts):
        turn.acts = ["go_to:1"]


def _settle_place(turn: Turn) -> None:
    """Takes a place amid a guide or a search, with nothing but a setback, for the bureau's."""
    is_amid = bool(turn.memory.diagnosis or turn.memory.guide) and bool(turn.entities("region"))
    beside = set(turn.acts) - {"place"}
    is_setback = bool(beside) and (SETBACK | {"correct", "no"}).issuperset(beside)
    if not is_amid or not is_setback:
        return
    if "place" in turn.acts:
        turn.acts = [act for act in turn.acts if act in ("place", "correct")]
    elif turn.intent in OF_BUREAU and turn.memory.diagnosis:
        turn.acts = ["wish:bureau", "place"]


def _tells_another_trouble(turn: Turn) -> bool:
    """Tells whether it is surely another trouble than the one looked at that does not go away."""
    running = (turn.memory.diagnosis or {}).get("trouble")
    is_another = turn.intent in turn.content.troubles and turn.intent != running
    is_setback = bool(turn.acts) and set(turn.acts) <= {"failed", "stuck", "not_it"}
    is_reason = bool(turn.acts) and all(act.startswith(REASONS) for act in turn.acts)
    return bool(running) and is_another and (is_setback or is_reason) and turn.is_sure()


def _is_in_without_password(turn: Turn) -> bool:
    """Tells whether a page let them in before a password was set, and has no link to set one."""
    is_missed = turn.intent == "entry_not_found" and _is_likely(turn)
    is_early = bool(turn.memory.guide) and not has_new_password(*guide.running(turn))
    return is_missed and is_early and LOGGED_IN in turn.acts


def _opens_with_trouble(turn: Turn) -> bool:
    """Tells whether a case opens with what is surely a trouble, and is read as a mere question."""
    memory = turn.memory
    is_open = memory.guide or memory.diagnosis or turn.pending_question.kind
    is_question = bool(turn.acts) and all(act.startswith("ask:") for act in turn.acts)
    is_trouble = turn.intent in turn.content.troubles and _is_likely(turn, MIN_OPENING)
    return is_question and is_trouble and not is_open


def _is_likely(turn: Turn, minimum: float = MIN_LIKELY) -> bool:
    return turn.confidence() >= minimum


def _may_be_all(turn: Turn) -> bool:
    """Tells whether what is said to be done, amid a guide, may be the whole of it.

    A word or two are about the step, as long as there is no new password; at the last step it is
    asked anyway.
    """
    if turn.intent != "resolved" or not _is_likely(turn, recover.MIN_NAMED):
        return False
    if not turn.memory.guide or not turn.acts or not PROGRESS.issuperset(turn.acts):
        return False
    if guide.is_last_step(turn):
        return False
    return turn.says_much() or has_new_password(*guide.running(turn))


def _is_report_with_facts(turn: Turn) -> bool:
    """Tells whether the acts, amid a guide, but say who it was and the intent reports an end."""
    are_of_persons = bool(turn.acts) and all(act.startswith("fact:speaker") for act in turn.acts)
    is_report = turn.intent == "resolved" and turn.is_sure()
    return are_of_persons and is_report and bool(turn.memory.guide)


def _is_logged_in(turn: Turn) -> bool:
    """Tells whether the acts, too, say that somebody is in, and ask or complain of nothing."""
    of_success = {"done", "worked", *(f"reached:{page}" for page in guide.AT_THE_END)}
    return LOGGED_IN in turn.acts and of_success.issuperset(turn.acts)
