"""What a short answer means by what was just asked, and where it leads."""

from __future__ import annotations

import unicodedata

from actions import bureau, diagnose, recover
from actions.turn import Turn


def take_extent(turn: Turn) -> bool:
    """Takes "all of them" and "another way"; tells whether the message was one of these."""
    extent = turn.entity("extent")
    if extent == "all" and turn.memory.diagnosis:
        diagnose.show_all_causes(turn)
    elif extent == "all":
        recover.list_ways(turn)
    elif extent == "next":
        recover.leave_way(turn)
    else:
        return False
    return True


def take_yes(turn: Turn) -> None:
    """Takes a yes to what was asked."""
    asked = turn.asked or ""
    if asked.startswith("way:"):
        recover.start_guide(turn, asked.removeprefix("way:"))
    elif asked == "step" and turn.memory.guide:
        go_on(turn)
    elif asked in ("finish", "logged_in"):
        close(turn)
    elif asked in ("cause", "all_causes") and turn.memory.diagnosis:
        diagnose.solve(turn)
    else:
        come_back(turn)


def take_no(turn: Turn) -> None:
    """Takes a no to what was asked, and a report that it still does not work."""
    memory, asked = turn.memory, turn.asked or ""
    if asked.startswith("way:"):
        memory.add_obstacle(asked.removeprefix("way:"))
        recover.find_way(turn)
    elif asked in ("cause", "all_causes") and memory.diagnosis:
        diagnose.rule_out(turn)
    elif asked == "finish" and memory.guide:
        _give_up_way(turn)
    elif asked == "logged_in":
        recover.leave_way(turn)
    elif asked == "step" and memory.guide:
        explain_step(turn)
    elif asked == "region":
        bureau.say_no_place(turn, "")
    elif turn.intent == "not_resolved" and memory.guide:
        explain_step(turn)
    elif turn.intent == "not_resolved" and memory.diagnosis:
        diagnose.rule_out(turn)
    elif turn.intent == "not_resolved":
        ask_trouble(turn)
    elif asked == "meaning":
        turn.say_spoken(turn.content.talk["which_then"])
        turn.offer_return()
    else:
        show_menu(turn)


def go_on(turn: Turn) -> None:
    """Shows the next step; after the last one, asks whether it has worked."""
    way, number = recover.running(turn)
    if number < len(way.steps):
        go_to(turn, number + 1)
    else:
        if turn.asked == "finish":
            turn.say("navigate.step.last")
        recover.ask_finish(turn)


def come_back(turn: Turn) -> None:
    """Goes back to what was interrupted, or to what is running; else begins."""
    memory, question = turn.memory, turn.memory.resume or ""
    memory.resume = None
    if question.startswith("way:"):
        recover.ask_way(turn, question.removeprefix("way:"))
    elif question in ("cause", "all_causes") and memory.diagnosis:
        diagnose.show_cause(turn)
    elif question == "finish" and memory.guide:
        recover.ask_finish(turn)
    elif question == "region":
        bureau.ask_region(turn)
    elif question == "logged_in":
        diagnose.ask_logged_in(turn)
    elif memory.guide:
        recover.show_step(turn)
    elif memory.diagnosis:
        diagnose.show_cause(turn)
    elif turn.asked == "region":
        bureau.ask_region(turn)
    else:
        turn.say("navigate.not_started")
        recover.find_way(turn)


def explain_step(turn: Turn) -> None:
    """Helps who is stuck: what to do if not, which trouble it may be; then another way."""
    memory, content = turn.memory, turn.content
    way, number = recover.running(turn)
    step, mark = way.steps[number - 1], f"{memory.guide['way']}:{number}"  # type: ignore[index]
    turn.say("navigate.step.stuck", step=number, title=step.title, if_not=step.if_not)
    if mark in memory.stuck:
        turn.say("navigate.step.stuck_again")
        turn.offer("another_way", "contact_bureau", *step.troubles)
    else:
        memory.stuck.append(mark)
        if step.troubles:
            turn.say("navigate.step.stuck_which")
        turn.offer(*step.troubles)
        turn.offer("repeat", "another_way")
        turn.offer("contact_bureau")
    memory.question, memory.resume = "step", None
    turn.card = {"kind": "stuck", "way": way.title, "step": number, "total": len(way.steps)}
    if step.troubles:
        turn.card["troubles"] = [content.troubles[it].title for it in step.troubles]


def close(turn: Turn) -> None:
    """Ends the case warmly, with the precautions."""
    turn.memory.forget_case()
    turn.say("navigate.solved.closing")
    turn.offer("password_safety", "update_contact_info", "official_source")
    turn.card = {"kind": "closed"}


def read_number(text: str) -> int | None:
    """Reads a step number from 0 to 999, in digits or Chinese; None if it is neither."""
    number, tens = 0, 0
    characters = text.split()
    for character in "".join(characters):
        value = unicodedata.numeric(character, None)
        if value is None or value not in range(11):
            return None
        if value == 10:
            number, tens = 0, 10 * (number or 1)
        else:
            number = 10 * number + int(value)
    return tens + number if characters and tens + number < 1000 else None


def go_to(turn: Turn, number: int) -> None:
    """Shows a step of the running guide."""
    turn.memory.guide = {**(turn.memory.guide or {}), "step": number}
    turn.memory.diagnosis = None
    recover.show_step(turn)


def _give_up_way(turn: Turn) -> None:
    way, _ = recover.running(turn)
    if way.failed:
        diagnose.start_diagnosis(turn, way.failed)
    else:
        recover.leave_way(turn)


def show_menu(turn: Turn) -> None:
    """Asks what the person wants."""
    turn.say("navigate.menu")
    turn.offer("find_way", "code_not_received", "face_failed", "contact_bureau")


def ask_trouble(turn: Turn) -> None:
    """Asks what exactly is not working."""
    turn.say("navigate.which_trouble")
    turn.offer("code_not_received", "face_failed", "login_failed", "contact_bureau")
    turn.memory.question = "trouble"
