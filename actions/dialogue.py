"""Answers a typed message by its dialogue acts: what it does in the conversation it stands in.

The acts come with the message, from `policies/`. There may be several: facts are written down
first, practical questions answered, then the move that matters most is made.
"""

from __future__ import annotations

import datetime

from actions import bureau, case, change_number, diagnose, guide, other_systems, recover, safety
from actions.after_success import hear, is_after_success
from actions.causes_heard import note_causes
from actions.corrections import DiedQuestion, doubts_death
from actions.diagnose import CAUSES
from actions.facts import answer_facts, follow_facts, remember_answered
from actions.meant import MeantQuestion, ask_meant, go_back
from actions.moves import NOTHING_ASKED, answer, make_move
from actions.navigate import open_question, stop
from actions.practical import CHANGE_NOTE, answer_practical
from actions.questions import (
    CLOSED,
    Question,
    ReturnQuestion,
    ask_trouble,
    continue_interrupted,
    show_menu,
)
from actions.reply import Gist
from actions.settled_acts import settle_acts
from actions.settled_success import leave_out_idle_yes
from actions.turn import LOGGED_IN, TopicAction, Turn, values

LOCAL = "local"  # the act of a question of the operator's own, `local:<name>`
ANSWERING = ("yes", "no", "unsure", "item")  # acts that answer which meaning it is
MIN_FRAUD = 0.4  # confidence from which on a fraud is warned of, whatever else is said
OF_CASE_BEFORE = ("solved", "worked", "done", "yes", "reached")  # of a case that has ended well
MIN_FRAUD_AMID = 0.75  # the same where a case is looked at and a message but tells facts of it


class ActionFollowConversation(TopicAction):
    """Answers by the dialogue acts of the message."""

    def name(self) -> str:
        """Returns the action's name in `domain.yml`."""
        return "action_follow_conversation"

    def act(self, turn: Turn) -> None:
        """Writes facts down, answers questions, makes the move."""
        if turn.entity("extent") == "change" and turn.place():  # another place, as its button says
            bureau.ask_region(turn)
            return
        if "new_case" in turn.acts:
            _begin_next(turn)
        if turn.intent in recover.WAY_INTENTS:  # a person of theirs shall do it, not the assistant
            wish = f"wish:{recover.WAY_INTENTS[turn.intent]}"
            turn.acts = [wish if act == "ask:do_it" else act for act in turn.acts]
        if turn.intent == "stop" and all(act.startswith("fact") for act in turn.acts):
            stop(turn)  # the facts are kept; what is wanted, the intent says
            return
        if not _is_in_fraud(turn) and ask_meant(turn):
            return
        if turn.pending_question.kind == MeantQuestion.kind and not any(
            act.startswith(ANSWERING) for act in turn.acts
        ):
            go_back(turn)  # it is said in other words
            turn.pending_question = Question.from_slot(turn.memory.pending_question)
            turn.memory.pending_question = None
        settle_acts(turn)
        note_causes(turn)
        if "solved" in turn.acts and values(turn, "ask") and turn.pending_question.is_of_end:
            # The end that was asked about comes before what is asked besides.
            answer("solved")(turn)
            answer_practical(turn)
            return
        sympathy = _show_sympathy(turn)
        answered = _answer_local(turn) or answer_practical(turn)
        if not {"human", CHANGE_NOTE}.isdisjoint(values(turn, "ask")):  # that is all that is wanted
            turn.offer_to_continue()
            turn.offer_something()
            return
        if answered and change_number.is_asked(turn):
            return
        if answered and _is_put_right(turn):
            turn.memory.interrupted = turn.pending_question.to_slot()
            turn.pend(ReturnQuestion())  # open, and not asked again of who asked for that
            turn.offer_something()
            return
        if doubts_death(turn):
            DiedQuestion().ask(turn)
            return
        if bureau.is_wanted(turn) and not answered:
            # Whatever else the words are near to.
            show = bureau.take_regions if turn.entities("region") else bureau.show_bureau
            show(turn)
            turn.offer_to_continue()
            return
        if other_systems.goes_on(turn):
            return
        if answered and other_systems.is_the_matter(turn):
            turn.offer("licence_password", "contact_bureau")
            return
        if not answered and _is_in_fraud(turn):
            if "matter" not in turn.acts or turn.is_sure():
                safety.warn(turn)
                turn.offer_to_continue()
                return
            turn.say("case.beware")  # what may be a fraud has led to what is wanted
        if is_after_success(turn):
            hear(turn, answered)
            turn.offer_something()
            return
        has_answered_facts = answer_facts(turn)
        if make_move(turn):
            remember_answered(turn)
            return
        if has_answered_facts:
            follow_facts(turn, answered)
        elif sympathy and not answered and turn.pending_question.kind == "return":
            _lead_back(turn)
        elif sympathy and not answered and _has_heard_nothing(turn):
            ask_trouble(turn)
        elif answered or sympathy:
            turn.offer_to_continue()
        elif turn.acts == ["upset"] and _leads_nowhere(turn):
            turn.say("case.no_detours")  # once more: what was asked leads nowhere
            bureau.show_bureau(turn)
        elif turn.memory.guide:
            guide.show_step_briefly(turn)
        elif turn.memory.diagnosis:  # whatever it was, somebody is at it
            open_question(turn).on_ack(turn)
        else:
            show_menu(turn)
            turn.offer_to_continue()
        turn.offer_something()


def _is_put_right(turn: Turn) -> bool:
    """Tells whether, where a way is asked about, a question is all that is meant."""
    rest = {act for act in turn.acts if not act.startswith("ask")}
    return turn.pending_question.kind == "way" and "correct" in rest <= {"correct", "upset"}


def _leads_nowhere(turn: Turn) -> bool:
    """Tells whether several ways are out, and nothing runs."""
    memory = turn.memory
    out = {*memory.obstacles, *memory.attempts, *case.excluded(turn), *case.postponed(turn)}
    return len(out) > 1 and not memory.guide and not memory.diagnosis


def _lead_back(turn: Turn) -> None:
    """Goes on, in few words, with what was offered a moment ago: somebody is still at it."""
    if turn.memory.guide and turn.interrupted.kind not in CAUSES:
        guide.show_step_briefly(turn)
    elif turn.memory.diagnosis:
        turn.memory.interrupted = None
        diagnose.ask_about_present(turn)
    else:
        continue_interrupted(turn)


def _begin_next(turn: Turn) -> None:
    """Closes the case before, if it is said to have ended well, and begins the next one."""
    leave_out_idle_yes(turn)
    is_in = turn.acts[0] == LOGGED_IN  # with the case before, whose pages are named as well
    is_said = not {"solved", "solved_in_part"}.isdisjoint(turn.acts)
    if is_in or is_said or (turn.pending_question.rejoices and "yes" in turn.acts):
        turn.outcome = "solved"
        turn.acts = [act for act in turn.acts if not act.startswith(OF_CASE_BEFORE)]
        turn.say("case.well_and_next")
    else:
        turn.say("case.new")
    turn.pending_question = Question()


def _answer_local(turn: Turn) -> bool:
    """Answers a question of the operator's own; tells whether there is such a one."""
    for name in values(turn, LOCAL):
        question = turn.content.local_questions.get(name)
        if question and not question.is_over(datetime.date.today()):
            turn.say_spoken(question)
            turn.gist = Gist.ANSWER
            return True
    return False


def _is_in_fraud(turn: Turn) -> bool:
    """Tells whether the message speaks of a fraud, whatever else it does, and nobody has warned."""
    is_open = bool(turn.memory.diagnosis) or not turn.pending_question.passing
    tells = is_open and all(act.startswith("fact") for act in turn.acts)
    minimum = MIN_FRAUD_AMID if tells else MIN_FRAUD
    is_meant = turn.intent == "scam_concern" and turn.confidence() >= minimum
    # The code, or what is to be pressed, is the page's own.
    is_on_page = bool(values(turn, "screen")) and not turn.is_sure()
    is_amid = bool(turn.memory.guide or values(turn, "reached")) or is_on_page
    return is_meant and not is_amid and not turn.memory.facts.get(safety.WARNED)


def _show_sympathy(turn: Turn) -> bool:
    """Says half a sentence to somebody upset or in a hurry, once a case; tells whether it did."""
    for name in ("upset", "hurry"):
        pressed = name == "hurry" and values(turn, "fact").count("deadline=today")
        if (name in turn.acts or pressed) and not turn.memory.facts.get(name):
            turn.memory.facts[name] = True
            turn.say(f"case.sympathy.{name}")
            return True
    return False


def _has_heard_nothing(turn: Turn) -> bool:
    """Tells whether nothing is known yet of what the matter is."""
    memory = turn.memory
    is_begun = memory.guide or memory.diagnosis or memory.interrupted or memory.attempts
    is_known = bureau.SHOWN in memory.facts or CLOSED in memory.facts or any(case.known(turn))
    return not is_begun and not is_known and turn.pending_question.kind in NOTHING_ASKED
