"""Settles which way is wanted, goes, or is out, and why."""

from __future__ import annotations

from actions import case, guide, recover
from actions.settling import CHOSEN, is_likely, keep_likelier, leave_out, replace, settles
from actions.turn import Turn, values
from actions.where_in_guide import MISSING, OPTIONS, has_new_password

ID_EXPIRED = "ask:id_expired"
OF_LOOKS = {"ask:face_changed", "ask:face_old_photo"}
OF_REFUSAL = {"failed", "no", "upset"}
ASKING_STEP = 2  # of the liaison's way: up to here one asks them
OF_CODE = ("reached:code_received", "reached:number_entered")
NUMBER_BACK = "fact:number=reachable"
NUMBER_FORGOTTEN = "phone_forgotten"  # an intent
FACE_FAILED = "trouble:face_failed"


def take_number_again(turn: Turn) -> None:
    """Takes "go on, the number works again" for a wish for the phone's way.

    Not once a new password is set, nor where something else speaks against it.
    """
    others = set(turn.acts) - {NUMBER_BACK, "next", "yes", "done"}
    if NUMBER_BACK not in turn.acts or others != {"resume"}:
        return
    if not turn.memory.guide:
        leave_out(turn, "resume")  # the fact leads on, wherever it was left
    elif turn.memory.guide["way"] != "phone" and not has_new_password(*guide.running(turn)):
        turn.acts = [NUMBER_BACK, "wish:phone"] if case.may_suit(turn, "phone") else turn.acts


def leave_out_page_of_number(turn: Turn) -> None:
    """Leaves out that a way was chosen where the page of another one asks for the number."""
    is_by_face = (turn.memory.guide or {}).get("way") == "face"
    if is_by_face and "screen:asks_number" in turn.acts:
        leave_out(turn, CHOSEN)


def leave_out_forgotten_number(turn: Turn) -> None:
    """Leaves out a forgotten number that only the acts hear beside who the liaison is.

    "The liaison is me, I had it registered" is near it by its words.
    """
    is_of_liaison = any(act.startswith("fact:liaison") for act in turn.acts)
    if is_of_liaison and turn.intent != NUMBER_FORGOTTEN:
        leave_out(turn, f"trouble:{NUMBER_FORGOTTEN}")


def take_unoffered_liaison(turn: Turn) -> None:
    """Rules out the liaison's ways, which were asked about, where the page offers none."""
    asked = turn.pending_question
    is_asked = asked.kind == "way" and asked.value in case.OF_LIAISON and not turn.memory.guide
    if is_asked and MISSING in turn.acts:
        turn.memory.add_obstacle(*case.OF_LIAISON)
        about = ("fact:liaison", "yes", MISSING, "trouble:entry_not_found")
        turn.acts = ["no", *(act for act in turn.acts if not act.startswith(about))]


def take_refusing_liaison(turn: Turn) -> None:
    """Takes a no from who has the liaison to ask: that one will not, and another way is needed."""
    running = turn.memory.guide or {}
    is_asking = running.get("way") in case.OF_LIAISON and turn.pending_question.kind == "step"
    is_refused = bool({"failed", "no"} & set(turn.acts)) and set(turn.acts) <= OF_REFUSAL
    if is_asking and running["step"] <= ASKING_STEP and is_refused:
        turn.acts = ["another_way"]


def leave_out_contrary_fact(turn: Turn) -> None:
    """Leaves out that the way asked about can be gone, beside a no that the intent agrees with.

    "It gets none, that one is his; my own is the same as ever": what works is something else.
    """
    way = turn.pending_question.value if turn.pending_question.kind == "way" else ""
    trouble = turn.content.troubles.get(turn.intent)
    is_no = turn.intent == "deny" or (trouble is not None and way in trouble.rules_out)
    if "no" not in turn.acts or not is_no or not is_likely(turn, recover.MIN_NAMED):
        return
    for act in list(turn.acts):
        fact = case.fact_of(turn, act)
        if fact and way in fact.allows:
            leave_out(turn, act)


def leave_out_code_of_liaison(turn: Turn) -> None:
    """Leaves out a code that came, amid the way by a liaison: it is the liaison's own."""
    if (turn.memory.guide or {}).get("way") in case.OF_LIAISON and not values(turn, "wish"):
        leave_out(turn, *OF_CODE)


def take_unwilling_helper(turn: Turn) -> None:
    """Takes it for a no that who has the number will not help."""
    if case.speaks_of_helper(turn):
        replace(turn, case.UNWILLING, "no")


def take_end_of_way(turn: Turn) -> None:
    """Takes what ends a way at once by the intent where the acts hear but what is forgotten."""
    trouble = turn.content.troubles.get(turn.intent)
    is_named = trouble is not None and trouble.immediate and is_likely(turn, recover.MIN_NAMED)
    if is_named and {"matter"} <= set(turn.acts) <= {"matter", "upset", "hurry"}:
        turn.acts.append(f"trouble:{turn.intent}")


def take_test_message(turn: Turn) -> None:
    """Takes a message that came, where one was to be sent to try the number, for a yes."""
    asked = turn.pending_question
    way = turn.content.ways.get(asked.value) if asked.kind == "way" else None
    has_come = "reached:code_received" in turn.acts and not turn.memory.guide
    if way and has_come and turn.was_just_said(way.unsure):
        leave_out(turn, "reached:code_received")
        turn.acts = turn.acts if "yes" in turn.acts else ["yes", *turn.acts]


def take_no_liaison(turn: Turn) -> None:
    """Rules out the liaison's ways where there is no liaison; not if only the page has none."""
    if case.NO_LIAISON not in turn.acts:
        return
    if _is_of_page(turn):
        leave_out(turn, case.NO_LIAISON)
        return
    turn.memory.add_obstacle(*case.OF_LIAISON)
    is_answer = turn.pending_question.value in case.OF_LIAISON
    turn.acts = [*turn.acts, "no"] if is_answer and "no" not in turn.acts else turn.acts


def take_looks(turn: Turn) -> None:
    """Puts the face off where the looks are why it fails: that is answered, no cause looked for."""
    if OF_LOOKS.intersection(turn.acts) and FACE_FAILED in turn.acts:
        _put_face_off(turn)
        replace(turn, FACE_FAILED, "fact:face=later")


def take_expired_card(turn: Turn) -> None:
    """Puts the face off where an expired card is why it fails, which is answered, too."""
    if ID_EXPIRED in turn.acts and _is_about_face(turn):
        _put_face_off(turn)
        leave_out(turn, FACE_FAILED, "no", "unsure")
        turn.acts.append("fact:face=later")


def _put_face_off(turn: Turn) -> None:
    later = case.take_fact(turn, "face", "later")
    turn.new_facts += [later] if later else []


def take_likelier_wish(turn: Turn) -> None:
    """Leaves out, of acts that want and drop the same way, the less likely one.

    Of two ways that are wanted, that is the one that the intent does not name.
    """
    named = recover.WAY_INTENTS.get(turn.intent)
    if named and f"wish:{named}" in turn.acts and is_likely(turn, recover.MIN_NAMED):
        others = [f"wish:{way}" for way in values(turn, "wish") if way != named]
        leave_out(turn, *others, *([f"drop:{named}"] if others else []))
    keep_likelier(turn, {"wish": "drop", "drop": "wish"})


def take_other_way(turn: Turn) -> None:
    """Takes a yes, or a no, to the way asked about for one to the way that the intent names."""
    way, asked = recover.WAY_INTENTS.get(turn.intent), turn.pending_question
    if not is_likely(turn):
        return
    is_asked = asked.kind == "way"
    is_another = way is not None and is_asked and asked.value != way
    if is_another and "yes" in turn.acts and not settles(turn, asked.value):
        leave_out(turn, "yes")
        turn.acts = [f"wish:{way}", *turn.acts]
    if turn.intent != "avoid_face":
        return
    if turn.acts == ["no"] and is_asked and asked.value != "face":
        turn.acts = ["drop:face"]  # no answer: it is of another way
    is_running = (turn.memory.guide or {}).get("way") == "face"  # then it is left anyway
    if "another_way" in turn.acts and not values(turn, "drop") and not is_running:
        turn.memory.add_obstacle("face")  # another one than that


def take_wish(turn: Turn) -> None:
    """Takes the wish for the way that the intent names, where the acts leave it open."""
    way = recover.WAY_INTENTS.get(turn.intent)
    if not way:
        return
    is_own = way == (turn.memory.guide or {}).get("way")
    if is_own and turn.is_sure() and turn.acts == ["reached:forgot_page"]:
        turn.acts = [CHOSEN]  # and it is chosen there
    if not is_own and CHOSEN in turn.acts and is_likely(turn, recover.MIN_NAMED):
        turn.acts = [f"wish:{way}", *turn.acts]  # the page asks which way
    if _tells_only_facts(turn, way) and case.may_suit(turn, way):
        leave_out(turn, "correct")
        turn.acts = [*turn.acts, f"wish:{way}"]
    may_go = "face" not in case.excluded(turn) and "drop:face" not in turn.acts
    is_asked = "ask:rep_abroad" in turn.acts and is_likely(turn, recover.MIN_NAMED)
    if way == "face" and is_asked and may_go:
        turn.acts = [*turn.acts, "wish:face"]  # whether it goes from there, and if it does
    if turn.acts == ["matter"] and is_likely(turn):
        turn.acts = [f"wish:{way}"]  # it is forgotten, and that way is wanted
    if turn.acts == [f"fact:tried={way}"]:
        turn.acts = [f"wish:{way}"]
        turn.memory.facts["tried"].remove(way)


def _is_of_page(turn: Turn) -> bool:
    """Tells whether it is the page that has no liaison, on a way that looks for one there."""
    is_there = (turn.memory.guide or {}).get("way") in case.OF_LIAISON
    return is_there and not set(OPTIONS).isdisjoint(values(turn, "screen"))


def _is_about_face(turn: Turn) -> bool:
    """Tells whether it is said that the face fails, or cannot be done where it is asked about."""
    asked, running = turn.pending_question, (turn.memory.diagnosis or {}).get("trouble")
    is_asked = asked.kind == "way" and asked.value == "face"
    is_at_it = is_asked or (turn.memory.guide or {}).get("way") == "face"
    fails = turn.intent == "face_failed" and is_likely(turn, recover.MIN_NAMED)
    is_setback = fails or not {"no", "unsure", "failed", "stuck"}.isdisjoint(turn.acts)
    is_matter = FACE_FAILED in turn.acts or running == "face_failed" or (is_at_it and is_setback)
    return is_matter and "yes" not in turn.acts


def _tells_only_facts(turn: Turn, way: str) -> bool:
    """Tells whether the acts are but facts, none of a trial, where the intent is the wish of a way.

    It has to be sure, or likely and a fact that speaks for that way.
    """
    acts = [act for act in turn.acts if act != "correct"]
    are_facts = bool(acts) and all(act.startswith("fact") for act in acts)
    has_tried = any(act.startswith("fact:tried") for act in acts)
    facts = [fact for act in acts if (fact := case.fact_of(turn, act))]
    is_meant = turn.is_sure() or (is_likely(turn) and any(way in fact.allows for fact in facts))
    return are_facts and not has_tried and is_meant
