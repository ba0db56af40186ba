"""The moves: what is done for each dialogue act, those that matter more first."""

from __future__ import annotations

from collections.abc import Callable

from actions import bureau, case, diagnose, guide, recover, safety, several_troubles
from actions.causes_heard import take_causes
from actions.chitchat import accept_thanks, decline, say_goodbye
from actions.completion import LoggedInQuestion
from actions.corrections import take_correction
from actions.diagnose import CAUSES
from actions.facts import is_out_for_now, is_representative, opens_another, tells_of_way
from actions.navigate import go_to_step, just_tell, open_question, show_case, start_over, stop
from actions.new_representative import ClaimQuestion
from actions.questions import CLOSED, TroubleQuestion, continue_interrupted, is_receiving
from actions.reply import Gist
from actions.turn import Turn, values
from actions.where_in_guide import has_new_password, take_count, take_page, take_screen
from serving.numerals import read_number

SUCCESS = {"solved", "worked"}
ANSWERED = {"yes", "not_it", "failed", "rules_out", *SUCCESS}  # acts that answer a way or a cause
NOTHING_ASKED = ("", "menu")
IN_REVIEW = "screen:in_review"
MOODS = ("upset", "hurry", "thanks")  # acts that say how somebody feels, and no more
# What matters more than the thanks beside it.
GOES_ON = {"reached", "screen", "trouble", "wish", "drop", "another_way", "place", "matter"}


def make_move(turn: Turn) -> bool:
    """Makes the move that matters most; tells whether there was one."""
    acts = {act.partition(":")[0] for act in turn.acts}
    way = turn.pending_question.value if turn.pending_question.kind == "way" else ""
    if any(way in fact.doubts for fact in turn.new_facts):
        acts -= {"no", "unsure", "stuck", "failed"}  # not by themselves, but perhaps with help
    if way and is_representative(turn) and case.may_suit(turn, "face"):
        acts -= {"yes", "no"}  # no answer: it opens a nearer way
    if _says_again_that_it_is_out(turn, way):
        open_question(turn).on_no(turn)
        return True
    if way and values(turn, "fact") and case.is_settled(turn, way):
        is_possible = way not in case.excluded(turn)
        acts -= {"no", "unsure", "stuck", "failed"} | (set() if is_possible else {"yes"})
    if any(way in fact.allows for fact in turn.new_facts):
        acts -= {"another_way"}  # the way asked about is that one
    if way and opens_another(turn, way):
        acts -= {"yes"}  # the fact that it says yes to is one of another way
    if turn.memory.diagnosis and several_troubles.is_out(turn):
        acts -= {
            "no",
            "not_it",
            "failed",
            "points_to",
            "rules_out",
        }  # not this cause alone: the whole way is out
    if turn.pending_question.kind in CAUSES and _opens_beside_cause(turn):
        acts -= {"done", "next", "ack"}  # not the remedy: something else has become possible
    if turn.pending_question.kind.startswith("fact") and values(turn, "fact"):
        acts -= {"done"}  # the fact says what
    if turn.pending_question.kind in NOTHING_ASKED and values(turn, "fact"):
        acts -= {"yes", "no", "ack", "done"}  # they answer nothing; the facts say what it is about
    return any(name in acts and move(turn) for name, move in MOVES.items())


def _opens_beside_cause(turn: Turn) -> bool:
    """Tells whether new facts open a way, amid the causes of a trouble with another one."""
    trouble = turn.content.troubles.get((turn.memory.diagnosis or {}).get("trouble", ""))
    opened = {way for fact in turn.new_facts for way in fact.allows}
    return trouble is not None and bool(opened - set(trouble.rules_out))


def _says_again_that_it_is_out(turn: Turn, way: str) -> bool:
    """Tells whether nothing is said but once more why the way asked about cannot be gone now."""
    facts = [fact for act in turn.acts if (fact := case.fact_of(turn, act))]
    again = any(way in (*fact.excludes, *fact.postpones) for fact in facts)
    in_doubt = any(way in fact.doubts for fact in facts)
    others = {act for act in turn.acts if not act.startswith("fact")}
    if not way or turn.new_facts or not facts or not others <= {"no", "failed", "upset"}:
        return False
    return again or (in_doubt and (bool(others & {"no", "failed"}) or turn.intent == "deny"))


def _leave(turn: Turn) -> bool:
    before = turn.acts[: turn.acts.index("leave")]
    if "resume" in before or "next" in before or values(turn, "wish") or values(turn, "go_to"):
        return False
    if values(turn, "screen") or values(turn, "trouble"):
        return False  # what is wrong is to be put right
    if turn.pending_question.kind == "way" and tells_of_way(
        turn, turn.pending_question.value, before
    ):
        return False  # who answers what was asked has not left
    if not {"thanks", "solved", "solved_in_part"}.isdisjoint(turn.acts):
        return False  # thanks and no question are a leave, too; a success comes first
    puts_right = "correct" in turn.acts and (turn.new_facts or "matter" in turn.acts)
    if "new_case" in turn.acts or puts_right:
        return False  # the next one begins, or it is put right how it is
    if turn.memory.pending_question == bureau.RegionQuestion.kind:
        return True  # where to go is asked just now
    stop(turn)
    return True


def _bye(turn: Turn) -> bool:
    """Says goodbye; who says that it is solved first is congratulated instead."""
    if not {"solved", "solved_in_part", "worked"}.isdisjoint(turn.acts):
        return False
    say_goodbye(turn)
    return True


def _wait(turn: Turn) -> bool:
    """Keeps what was asked open, unless a way is wanted."""
    if values(turn, "wish") or values(turn, "reached") or IN_REVIEW in turn.acts:
        return False
    before = {act.partition(":")[0] for act in turn.acts[: turn.acts.index("wait")]}
    running = (turn.memory.diagnosis or {}).get("trouble")
    if "another_way" in before or ("trouble" in before and running not in values(turn, "trouble")):
        return False  # they have waited, or will not
    if turn.pending_question.kind in ("way", *CAUSES) and before & ANSWERED:
        return False  # what was asked is answered; what is waited for is something else
    if turn.pending_question.kind in CAUSES and not SUCCESS.isdisjoint(turn.acts):
        return False
    way = turn.pending_question.value if turn.pending_question.kind == "way" else ""
    if way and turn.new_facts and case.is_settled(turn, way):
        return False  # the facts answer what was asked
    if "correct" in turn.acts and is_out_for_now(turn):
        return False  # there is nothing to wait for at this step
    if turn.memory.guide and turn.pending_question.kind in ("step", "return"):
        turn.say("case.wait_step", step=turn.memory.guide["step"])
        turn.offer("next", "stuck", "another_way")
        turn.pend(guide.StepQuestion())
    else:
        turn.say("case.wait")
        turn.offer("another_way", "contact_bureau")
        turn.pend(turn.pending_question)
    return True


def _thank(turn: Turn) -> bool:
    """Accepts thanks; what is open stays open, with no question.

    Who gives thanks and goes on is led on.
    """
    if any(name in turn.acts for name in ("solved", "solved_in_part", "worked", "yes")):
        return False
    pages = set(values(turn, "reached"))
    if turn.memory.guide and pages and pages.issubset(guide.AT_THE_END):
        LoggedInQuestion().ask(turn)  # thanks behind the new password are those of the end
        return True
    goes_on = GOES_ON.intersection(act.partition(":")[0] for act in turn.acts)
    if goes_on - (set() if turn.entities("region") else {"place"}) and "leave" not in turn.acts:
        return False
    is_report = turn.intent == "resolved" and turn.is_sure()
    is_near = bool(turn.memory.guide) and has_new_password(*guide.running(turn))
    if is_near and ("done" in turn.acts or is_report):
        LoggedInQuestion().ask(turn)  # that may have been the end of it
    else:
        accept_thanks(turn)
    return True


def _wish(turn: Turn) -> bool:
    name = values(turn, "wish")[0]
    if name not in turn.content.ways:
        return False
    if "another_way" in turn.acts and not case.may_suit(turn, name):
        return False  # that one does not go, either, and what else there is is asked
    memory, pages = turn.memory, values(turn, "reached")
    memory.add_obstacle(*(way for way in values(turn, "drop") if way not in (name, case.LAST_WAY)))
    if name == "face" and not memory.guide and is_receiving(turn):
        if not pages:  # by face it is received; with a page, that says how far they are
            ClaimQuestion().on_page(turn)
        return not pages
    if memory.guide and memory.guide["way"] == name:
        if pages:
            return False  # the page says where they are on it
        guide.show_step_briefly(turn)
    else:
        if pages:
            memory.facts["page"] = pages[0]
        recover.start_guide(turn, name)
    return True


def _drop(turn: Turn) -> bool:
    recover.drop_ways(turn, values(turn, "drop"))
    return True


def _another_way(turn: Turn) -> bool:
    if turn.memory.guide or turn.memory.diagnosis or turn.pending_question.kind == "way":
        recover.leave_way(turn)
    else:
        recover.list_ways(turn)
    return True


def _all_ways(turn: Turn) -> bool:
    recover.list_ways(turn)
    return True


def _all_causes(turn: Turn) -> bool:
    if turn.memory.diagnosis:
        diagnose.show_all_causes(turn)
    else:
        recover.list_ways(turn)
    return True


def _all_at_once(turn: Turn) -> bool:
    if turn.memory.diagnosis:
        diagnose.show_all_causes(turn)
        return True
    if not turn.memory.guide and is_receiving(turn):
        ClaimQuestion().ask(turn)
        return True
    wished = next((name for name in values(turn, "wish") if name in turn.content.ways), "")
    if wished:
        turn.memory.guide = {"way": wished, "step": 1}
    elif not turn.memory.guide:
        asked = turn.pending_question.value if turn.pending_question.kind == "way" else ""
        # Of the way that is spoken of, even if it can be gone later only.
        name = asked if asked and asked not in case.excluded(turn) else case.best_way(turn)
        turn.memory.guide = {"way": name, "step": 1}
    guide.show_whole_guide(turn)
    return True


def _recall(turn: Turn) -> bool:
    """Says again what was said before."""
    if values(turn, "ask") or "back" in turn.acts:
        return False
    question = open_question(turn)
    if values(turn, "item") and question.kind:
        return _item(turn)
    place = turn.place()
    if place and not question.kind:
        bureau.show_bureau_of(turn, place)
    else:
        question.on_again(turn)
    return True


def _matter(turn: Turn) -> bool:
    """Begins the search, unless the facts that were told lead on by themselves."""
    if values(turn, "fact") and not values(turn, "trouble"):
        return False
    if turn.pending_question.kind == "way":  # that is known; the answer is not
        turn.say("case.noted")
        turn.offer_to_continue()
    else:
        recover.find_way(turn)
    return True


def _item(turn: Turn) -> bool:
    said = values(turn, "item")[0]
    number = -1 if said == "last" else read_number(said)
    question = turn.interrupted if turn.pending_question.kind == "return" else open_question(turn)
    if number is None or (turn.was_case_shown and turn.new_facts):
        return False  # of those that were shown, what is right is said
    if turn.was_case_shown and (title := case.strike(turn, number)):
        turn.say("case.struck", fact=title)
        turn.offer_to_continue()
        return True
    if question.on_item(turn, number):
        return True
    listed = question.kind in ("", "way", "menu", "trouble")
    return listed and recover.WaysQuestion().on_item(turn, number)


def _go_to(turn: Turn) -> bool:
    # A numeral of the message may be one of something else; of several steps, the last is meant.
    named = turn.entities("step_number") or values(turn, "go_to")
    go_to_step(turn, read_number(named[-1]))
    return True


def _place(turn: Turn) -> bool:
    regions = turn.entities("region")
    if "place_other" in turn.acts and "place" not in turn.acts:
        turn.say("case.place_other")
        bureau.RegionQuestion().ask(turn)
        return True
    if not regions:
        if turn.pending_question.kind != "region":
            return False
        bureau.say_no_place(turn, turn.text.strip())
        return True
    others = {"place", "place_other", "item", "yes", "no", "alone", "correct", *MOODS}
    is_asked = turn.pending_question.kind == "region"
    is_meant = turn.intent == "contact_bureau" and turn.is_sure()
    aside = ("ask",) if is_asked else ("fact",) if is_meant and not turn.new_facts else ()
    rest = {act for act in turn.acts if not (aside and act.startswith(aside))}
    if rest - others:
        return False  # remembered; what else was said matters more
    if _is_in_passing(turn):
        place = turn.place()
        if place:
            turn.say("case.noted_place", place=place.full_name)
            bureau.name_bureau(turn)
            bureau.name_hotline(turn)
            turn.offer("contact_bureau")
            turn.offer_to_continue()
            return True
    bureau.take_regions(turn)
    turn.offer_to_continue()
    return True


def _is_in_passing(turn: Turn) -> bool:
    """Tells whether a place was named amid something else, with no word of a bureau."""
    way = (turn.memory.guide or {}).get("way", case.LAST_WAY)
    is_amid = way != case.LAST_WAY or bool(turn.memory.diagnosis)
    is_asked = turn.pending_question.kind.startswith("region") or bool(turn.memory.regions)
    return is_amid and not is_asked and turn.intent not in ("inform_region", "contact_bureau")


def _restart(turn: Turn) -> bool:
    start_over(turn)
    return True


def _resume(turn: Turn) -> bool:
    """Goes on; where that is what has just been said, who wants the next thing gets it."""
    said, question = turn.said_so_far(), turn.pending_question
    if turn.memory.interrupted or turn.memory.guide or turn.memory.diagnosis:
        continue_interrupted(turn)
        if turn.repeats() and turn.intent == "next_step":
            turn.take_back_to(said)
            question.on_next(turn)
        return True
    if CLOSED not in turn.memory.facts and any(case.known(turn)):
        recover.find_way(turn)  # nothing has begun yet of what is known
        return True
    return False


def _new_case(turn: Turn) -> bool:
    if [act for act in turn.acts if act.startswith(("fact", "trouble", "wish"))]:
        return False
    recover.find_way(turn)
    return True


def _unclear(turn: Turn) -> bool:
    """Chitchat and noise: what is open stays open."""
    if len(turn.acts) > 1:
        return False
    decline(turn)
    turn.offer_to_continue()
    return True


def answer(name: str) -> Callable[[Turn], bool]:
    """Returns the move that gives an answer to what was asked."""

    def move(turn: Turn) -> bool:
        question = open_question(turn)
        getattr(question, f"on_{name}")(turn)
        return True

    return move


def _accept_part(turn: Turn) -> bool:
    """Hears that the log-in works, and asks for what does not, unless a question was answered."""
    if values(turn, "wish"):
        return False
    if not values(turn, "ask"):
        turn.say("navigate.solved.in_part")
        turn.gist = Gist.GUIDANCE
        turn.pend(TroubleQuestion())
    elif turn.memory.pending_question is None:
        turn.pend(turn.pending_question)
    return True


def _ask_logged_in(turn: Turn) -> bool:
    """Asks whether they are in: what was said may be that, or its opposite."""
    LoggedInQuestion().ask(turn)
    return True


def _no(turn: Turn) -> bool:
    """Takes a no; after a warning of fraud, with nothing asked, nothing of it was done."""
    if safety.is_about_fraud(turn) and not turn.is_click:
        safety.reassure(turn)
    else:
        open_question(turn).on_no(turn)
    return True


MOVES: dict[str, Callable[[Turn], bool]] = {
    "correct": take_correction,
    "leave": _leave,
    "wait": _wait,
    "thanks": _thank,
    "bye": _bye,
    "restart": _restart,
    "show_case": show_case,
    "all_at_once": _all_at_once,
    "all_ways": _all_ways,
    "all_causes": _all_causes,
    "solved_in_part": _accept_part,
    "may_be_solved": _ask_logged_in,
    "solved": answer("solved"),
    "place_other": _place,
    "place": _place,
    "wish": _wish,
    "drop": _drop,
    "another_way": _another_way,
    "recall": _recall,
    "done_to": take_count,
    "reached": take_page,
    "screen": take_screen,
    "trouble": several_troubles.take_troubles,
    "worked": answer("worked"),
    "not_it": answer("not_it"),
    "failed": answer("failed"),
    "rules_out": take_causes,
    "points_to": take_causes,
    "no": _no,
    "yes": answer("yes"),
    "unsure": answer("unsure"),
    "item": _item,
    "go_to": _go_to,
    "just_tell": just_tell,
    "stuck": answer("stuck"),
    "done": answer("done"),
    "next": answer("next"),
    "back": answer("back"),
    "again": answer("again"),
    "resume": _resume,
    "matter": _matter,
    "new_case": _new_case,
    "ack": answer("ack"),
    "chitchat": _unclear,
    "off_topic": _unclear,
    "noise": _unclear,
}
