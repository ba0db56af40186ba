"""Takes a correction: what was answered or understood wrongly is made good."""

from __future__ import annotations

from actions import bureau, case, diagnose, recover
from actions.diagnose import CAUSES
from actions.facts import DETOURS
from actions.navigate import open_question
from actions.new_representative import ClaimQuestion
from actions.questions import MenuQuestion, Question, continue_interrupted
from actions.turn import LOGGED_IN, Turn, values

OF, DEAD = case.DEAD
RECEIVED = "received"  # among the facts: whether the licence ever was
OF_LIVING = {"wish:face", "fact:face=possible", "fact:face=later"}  # acts
MIN_DENIAL = 0.5  # confidence of an intent
MAX_BARE = 8  # letters of a correction that says nothing but that it was wrong
ELSEWHERE = ("trouble", "reached", "wish", "drop", "screen", "next")  # lead out of a trouble
LEADS = ("fact", "matter", "trouble", "wish", "drop", "reached", "screen", "place")
ANSWERS = ("fact", "yes", "no")  # may have been wrong when the way was asked about
CHANGES = ("fact", "place", "yes", "no", *ELSEWHERE)


def take_correction(turn: Turn) -> bool:
    """Goes back to the question that was answered wrongly, unless the right answer came too."""
    memory, wrong = turn.memory, Question.from_slot(turn.memory.answered)
    if turn.pending_question.kind == "way" and wrong.kind != "way":
        wrong = turn.pending_question
    corrections = [act for act in turn.acts if act != "correct"]
    is_bare = corrections in (["no"], ["yes"])
    is_long = turn.letters_left() > MAX_BARE  # else a no to a cause is just that
    is_amid = turn.pending_question.kind in CAUSES and is_long
    if is_bare and (turn.pending_question.kind == "step" or is_amid) and not _denies_way(turn):
        turn.acts, corrections = ["correct"], []  # it says that something is wrong, not what
    changes = [act for act in corrections if act.partition(":")[0] in CHANGES]
    if _denies_presumed(turn):
        return _begin_without(turn, turn.pending_question.presumes, corrections)
    if _has_received(turn):
        return _begin_without(turn, RECEIVED, corrections)
    if memory.diagnosis and not memory.guide and "scan" in values(turn, "ask"):
        diagnose.leave_trouble(turn)  # it was not that code, but the password after a scan
        recover.find_way(turn)
        return True
    if (corrections and not changes) or (not corrections and turn.letters_left() > MAX_BARE):
        return _hear_anew(turn, bool(corrections))
    if changes and all(act.startswith("fact") for act in changes) and not turn.new_facts:
        turn.say("case.known")  # it is on file as they say
        return False
    turn.say("case.corrected")
    if changes and all(act.startswith("place") for act in changes):
        return False  # it is the place that was wrong, and nothing else
    is_of_facts = bool(turn.new_facts) and all(act.startswith("fact") for act in corrections)
    is_left = (memory.guide or {}).get("way", case.LAST_WAY) == case.LAST_WAY
    if turn.pending_question.kind == "region" and is_of_facts and is_left:
        recover.find_way(turn)  # why the bureau was all that was left is not so
        return True
    if memory.diagnosis and any(act.partition(":")[0] in ELSEWHERE for act in changes):
        denied = f"trouble:{memory.diagnosis['trouble']}"
        diagnose.leave_trouble(turn)
        turn.acts = [act for act in turn.acts if act != denied]
        if changes == [denied] and not memory.guide:  # that trouble is what is not so
            recover.find_way(turn)
        elif changes == [denied]:
            continue_interrupted(turn)
        return changes == [denied]
    possible = {way for fact in turn.new_facts for way in fact.allows}
    if wrong.kind == "way":
        possible.add(wrong.value)
    memory.obstacles = [way for way in memory.obstacles if way not in possible]
    if corrections:
        is_answer = any(act.startswith(ANSWERS) for act in changes)
        is_of_guide = _speaks_of_guide(turn, changes)
        if wrong.kind == "way" and memory.guide and is_answer and is_of_guide:
            memory.guide = None
        if wrong.kind and is_answer and (is_of_guide or not memory.guide):
            turn.pending_question = wrong if wrong.holds(turn) else turn.pending_question
        return False
    if wrong.kind == "way":
        memory.guide = memory.diagnosis = None
        wrong.ask(turn)
    elif memory.diagnosis and memory.ruled_out.get(memory.diagnosis["trouble"]):
        # The cause that was ruled out last may be the one after all.
        memory.diagnosis["cause"] = memory.ruled_out[memory.diagnosis["trouble"]].pop()
        diagnose.show_cause(turn)
    elif wrong.kind and wrong.holds(turn):
        wrong.ask(turn)
    elif turn.pending_question.kind and not turn.pending_question.passing:
        turn.say("case.correct_what")
        turn.pend(turn.pending_question)
        turn.offer("find_way", "contact_bureau")
    else:
        turn.say("case.correct_what")
        turn.offer("menu")
        turn.pend(MenuQuestion())
    return True


def doubts_death(turn: Turn) -> bool:
    """Tells whether, after somebody's death was noted, what is said speaks against it.

    That is a correction, a denial, or that a face can be done; it is asked about once a case, and
    again where the answer is but facts and questions.
    """
    is_noted = case.is_over(turn) and turn.content.facts[OF][DEAD] not in turn.new_facts
    if not is_noted or "place" in turn.acts:
        return False
    if turn.pending_question.kind == DiedQuestion.kind:
        return bool(turn.acts) and all(act.startswith(("fact", "ask")) for act in turn.acts)
    if turn.memory.facts.get(DiedQuestion.kind):
        return False
    denies = "correct" in turn.acts or (turn.intent == "deny" and turn.confidence() >= MIN_DENIAL)
    is_long = turn.letters_left() > MAX_BARE
    return (denies and is_long) or not OF_LIVING.isdisjoint(turn.acts)


class DiedQuestion(Question):
    """Whether it is the representative who has died."""

    kind = case.WHO_DIED
    passing = False

    def holds(self, turn: Turn) -> bool:
        """Tells whether it is still noted that they have died."""
        return case.is_over(turn)

    def ask(self, turn: Turn) -> None:
        """Asks it."""
        turn.memory.facts[self.kind] = True
        turn.memory.diagnosis = turn.memory.interrupted = None
        turn.say("case.who_died")
        turn.offer("is_cause", "somebody_else", "contact_bureau")
        turn.pend(self)

    def offer_again(self, turn: Turn) -> None:
        """Asks it again."""
        self.ask(turn)

    def on_yes(self, turn: Turn) -> None:
        """Then there is nothing to recover."""
        turn.say("case.after_death")
        bureau.show_bureau(turn)

    def on_no(self, turn: Turn) -> None:
        """It is somebody else: looks for a way."""
        if case.is_over(turn):  # else who lives has been named
            del turn.memory.facts[OF]
        turn.memory.facts[case.WHO_DIED] = case.ANOTHER
        turn.say("case.corrected")
        recover.find_way(turn)


def _denies_way(turn: Turn) -> bool:
    """Tells whether the answer that has led to a guide is surely denied, where that has just begun.

    Later on a bare no is one to something of the step.
    """
    if turn.memory.diagnosis:
        return False
    wrong, running = Question.from_slot(turn.memory.answered), turn.memory.guide or {}
    is_new = wrong.kind == "way" and running.get("way") == wrong.value and running["step"] == 1
    return is_new and turn.intent == "deny" and turn.letters_left() > MAX_BARE


def _speaks_of_guide(turn: Turn, changes: list[str]) -> bool:
    """Tells whether a change may be one of the running guide: not if it but allows other ways."""
    way = (turn.memory.guide or {}).get("way", "")
    facts = [case.fact_of(turn, act) for act in changes]
    ways = {
        way
        for fact in facts
        if fact
        for way in (*fact.excludes, *fact.postpones, *fact.doubts, *fact.allows)
    }
    return way in DETOURS or not all(facts) or not ways or way in ways


def _denies_presumed(turn: Turn) -> bool:
    """Tells whether the correction denies what the question presumes: it says nothing new of it."""
    presumed = turn.pending_question.presumes
    names = [value.partition("=")[0] for value in values(turn, "fact")]
    return presumed in turn.memory.facts and presumed not in names


def _has_received(turn: Turn) -> bool:
    """Tells whether who is said never to have received the licence is in, and has it."""
    is_claimed = turn.pending_question.kind == ClaimQuestion.kind
    return is_claimed and turn.memory.facts.get(RECEIVED) == "never" and LOGGED_IN in turn.acts


def _begin_without(turn: Turn, presumed: str, corrections: list[str]) -> bool:
    """Drops what was presumed, and goes on by what else was said; without that, begins."""
    del turn.memory.facts[presumed]
    turn.say("case.corrected")
    turn.pending_question = Question()
    # That they are in says that there is a licence, and not where they are.
    leading = [act for act in corrections if act.partition(":")[0] in LEADS]
    turn.acts = [act for act in leading if act != LOGGED_IN]
    if not turn.acts:
        recover.find_way(turn)
    return not turn.acts


def _hear_anew(turn: Turn, was_heard: bool) -> bool:
    """Takes a correction that changes nothing on file; what else was said is answered by itself.

    Where that was not understood either, it is asked for in other words, and nothing is undone.
    """
    if was_heard:
        return False
    question = open_question(turn)
    if question.kind in ("step", *CAUSES) and question.holds(turn):
        turn.say("case.misheard")
        question.ask(turn)
    else:
        turn.say("case.correct_what")
        turn.pend(turn.pending_question)
    turn.offer("find_way", "contact_bureau")
    return True
