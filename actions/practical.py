"""Answers practical questions, which people ask beside the point, whatever was asked before."""

from __future__ import annotations

from actions import bureau, other_systems, recover, safety
from actions.reply import Gist
from actions.turn import Turn, values

OF_PLACE = ("address", "hours", "what_bureau")  # questions whose answer is another in each place
OF_SYSTEM = ("report_login", "report_where", "usb_key")  # about another system
MAX_ANSWERS = 2  # to practical questions in one message


def answer_practical(turn: Turn) -> bool:
    """Answers what was asked beside the point; tells whether there was something."""
    content, has_answered = turn.content, False
    for topic in values(turn, "ask")[:MAX_ANSWERS]:
        if topic == "rules" and values(turn, "screen"):  # the page has said them
            continue
        if topic == "next_after" and {"next", "done"}.intersection(turn.acts):
            continue  # the next step comes
        if topic == "other_password" and "scan" in values(turn, "ask"):  # it is the licence's
            continue
        if topic in ("is_scam",):
            safety.warn(turn)
        elif topic in ("papers",):
            bureau.list_materials(turn)
            turn.offer("contact_bureau")
        elif topic == "human":
            turn.say("bureau.human")
            bureau.show_bureau(turn)
            bureau.request_agent(turn, "asked")
        elif topic == "do_it" and turn.intent == "ask_capabilities":
            turn.say_spoken(content.chitchat[turn.intent])
        elif topic == "other_password":
            other_systems.explain_system(turn)
        elif topic == "next_after" and turn.memory.guide:
            recover.show_steps_ahead(turn)
        elif topic == "meaning" and (term := _term_in(turn)):
            turn.say_text(term)
        elif topic in ("why", "meaning") and turn.intent in content.answers:
            turn.say_spoken(content.answers[turn.intent])
        elif topic == "gave_away":
            safety.help_at_once(turn)
        elif topic == "unknown":
            turn.memory.fallback_count = turn.was_lost + 1
            if turn.was_lost:
                turn.say("navigate.not_caught_again")
                turn.offer("human", "contact_bureau")
            else:
                turn.say_spoken(content.practical[topic])
        elif topic in OF_PLACE and bureau.has_own_facts(turn):
            bureau.name_bureau(turn)
            turn.offer("contact_bureau")
        elif topic == "hotline_afar" and turn.place():
            bureau.name_hotline(turn)
        elif topic in content.practical:
            names = (_of_device(turn, topic), _in_trouble(turn, topic), topic)
            turn.say_spoken(next(content.practical[n] for n in names if n in content.practical))
        elif topic in content.practical_same:
            turn.say_spoken(content.answers[content.practical_same[topic]])
        else:
            continue
        if topic in OF_SYSTEM:
            other_systems.turn_to_system(turn)
        turn.gist = Gist.ANSWER
        has_answered = True
        if topic in (*OF_PLACE, "papers") and turn.entities("region"):
            bureau.take_regions(turn)
        elif topic in OF_PLACE and turn.place():
            bureau.name_bureau(turn)
        elif topic in OF_PLACE and turn.pending_question.passing and not turn.memory.guide:
            bureau.ask_region(turn)
    return has_answered


def _term_in(turn: Turn) -> str:
    """Returns what the longest term in the message means; empty if there is none."""
    named = [
        (len(name), term.text)
        for term in turn.content.terms
        for name in term.names
        if name in turn.text
    ]
    return max(named, default=(0, ""))[1]


def _of_device(turn: Turn, topic: str) -> str:
    """Returns the name of the answer for somebody whose phone is gone; empty if it is not."""
    is_gone = turn.memory.facts.get("device") in ("stolen", "lost")
    return f"{topic}_stolen" if is_gone else ""


def _in_trouble(turn: Turn, topic: str) -> str:
    """Returns the name of the answer for the trouble that is looked at, or surely asked about."""
    trouble = (turn.memory.diagnosis or {}).get("trouble")
    if turn.intent in turn.content.troubles and turn.is_sure():
        trouble = turn.intent
    return f"{topic}_{trouble}"
