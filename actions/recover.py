"""Recovering the password: looks for the way that suits the person, and begins its guide."""

from __future__ import annotations

from actions import bureau, case, diagnose
from actions.case import LAST_WAY
from actions.guide import BEFORE_CHOICE, first_step, show_step, step_at
from actions.new_representative import ClaimQuestion, RegistrationQuestion
from actions.questions import Question
from actions.reply import Gist
from actions.turn import Turn

WAY_INTENTS = {
    "recover_by_phone": "phone",
    "recover_by_face": "face",
    "recover_by_liaison": "liaison",
    "recover_by_application_liaison": "application_liaison",
}
MIN_NAMED = 0.6  # confidence of an intent that names what the acts leave open


def find_way(turn: Turn) -> None:
    """Leads to the way that suits best by what is known: asks about it, or begins it."""
    name = case.best_way(turn)
    way = turn.content.ways[name]
    if turn.memory.diagnosis and not diagnose.running(turn)[1].rules_out:
        turn.memory.diagnosis = None  # of no way: a new password is what helps
    if turn.memory.facts.get("received") == "never":
        ClaimQuestion().ask(turn)  # there is no password yet
    elif turn.memory.facts.get("new_representative") and not turn.memory.guide:
        RegistrationQuestion().ask(turn)  # the ways of the former one are of no use
    elif _take_waiting(turn, name):
        return
    elif name in case.postponed(turn) and not turn.memory.guide:
        turn.say("triage.later", way=way.short)
        turn.offer("all_ways")
        bureau.show_bureau(turn)
    elif name == LAST_WAY:
        if not case.is_over(turn):
            turn.say("triage.none_left")
        turn.offer("all_ways")
        bureau.show_bureau(turn)
    elif case.suits(turn, name):
        start_guide(turn, name)
    elif way.ask and _may_be_asked(turn, name):
        WayQuestion(name).ask(turn)
    else:
        turn.say("triage.otherwise")
        start_guide(turn, name)


def _take_waiting(turn: Turn, way: str) -> bool:
    """Takes up a trouble that was reported with others and is about a way; tells whether one is.

    Who has said that a way fails need not be asked whether it can be gone.
    """
    waiting, troubles = turn.memory.waiting, turn.content.troubles
    name = next((n for n in waiting if n in troubles and way in troubles[n].rules_out), None)
    if name is None:
        return False
    waiting.remove(name)
    diagnose.start_diagnosis(turn, name)
    return True


def _may_be_asked(turn: Turn, name: str) -> bool:
    """Tells whether a way is not in doubt, or there is a question about the doubt."""
    in_doubt = any(name in fact.doubts for _, fact in case.known(turn))
    return not in_doubt or bool(case.question_about(turn, name))


def list_ways(turn: Turn) -> None:
    """Shows all ways to choose from."""
    turn.say("triage.all")
    ways = turn.content.ways.values()
    turn.add({"type": "ways", "ways": [{"title": way.title, "who": way.who} for way in ways]})
    excluded = {*turn.memory.obstacles, *case.excluded(turn)}
    offered = [intent for intent in WAY_INTENTS.values() if intent not in excluded]
    intents = {way: intent for intent, way in WAY_INTENTS.items()}
    for name in offered[:3]:
        turn.offer_button(turn.content.ways[name].short, f"/{intents[name]}")
    turn.offer("contact_bureau")
    turn.pend(WaysQuestion())


def start_guide(turn: Turn, name: str) -> None:
    """Begins a way, or goes on where the person left it before; not of somebody who has died."""
    if case.is_over(turn) and name != LAST_WAY:
        turn.say("case.after_death")
        bureau.show_bureau(turn)
        return
    memory, way = turn.memory, turn.content.ways[name]
    memory.diagnosis = memory.interrupted = None
    if name in memory.obstacles:
        memory.obstacles.remove(name)
    reached = step_at(way, memory.facts.get("page", ""))
    left_at = min(memory.attempts.get(name, 1), len(way.steps))
    if not reached:
        in_common = _step_in_common(turn, name) or 0
        reached = in_common if in_common > left_at or name not in memory.attempts else None
    step = reached or left_at
    step = max(step, first_step(turn, name))
    memory.guide, memory.screens = {"way": name, "step": step}, []
    if step == 1 or (name not in memory.attempts and "page" not in memory.facts):
        values = {"way": way.title, "total": len(way.steps), "who": way.who}
        turn.say("navigate.step.opening", needs=way.needs, differs=way.differs, **values)
    if reached and reached > 1:
        turn.say("navigate.step.reached", step=step)
    elif step > 1 and name in memory.attempts:
        turn.say("triage.resumed", step=step)
    show_step(turn)


def _step_in_common(turn: Turn, name: str) -> int | None:
    """Returns the step of a way up to which another one, that was begun, has led already."""
    ways, attempts = turn.content.ways, turn.memory.attempts
    pages = {
        page
        for other, step in attempts.items()
        if other != name and other in ways
        for done in ways[other].steps[:step]
        for page in done.here
        if page in BEFORE_CHOICE
    }
    return max((step_at(ways[name], page) or 0 for page in pages), default=0) or None


def leave_way(turn: Turn) -> None:
    """Gives the running guide up as not working and leads to the next way."""
    memory = turn.memory
    if memory.guide:
        memory.add_obstacle(memory.guide["way"])
    if memory.diagnosis:
        memory.add_obstacle(*turn.content.troubles[memory.diagnosis["trouble"]].rules_out)
    if turn.pending_question.kind == WayQuestion.kind:
        memory.add_obstacle(turn.pending_question.value)
    memory.diagnosis = memory.interrupted = None
    find_way(turn)


def drop_ways(turn: Turn, names: list[str]) -> None:
    """Leaves out ways that the person does not want."""
    running = (turn.memory.guide or {}).get("way")
    on_paper = [name for name in case.OF_LIAISON if "liaison" in names and name != running]
    dropped = dict.fromkeys((*names, *on_paper))
    turn.memory.add_obstacle(*(name for name in dropped if name != LAST_WAY))
    turn.memory.diagnosis = turn.memory.interrupted = None
    if turn.memory.guide and turn.memory.guide["way"] == LAST_WAY and LAST_WAY in names:
        turn.memory.guide = None
    if turn.memory.guide:
        show_step(turn)
    else:
        find_way(turn)


class FindQuestion(Question):
    """Which way may suit: stands for the beginning of the search."""

    kind = "find"

    def ask(self, turn: Turn) -> None:
        """Leads to the first way that may suit."""
        find_way(turn)


class WayQuestion(Question):
    """Whether the way `value` suits the person."""

    kind = "way"
    passing = False

    def ask(self, turn: Turn) -> None:
        """Asks it."""
        turn.say_text(self._words(turn))
        turn.offer("yes", "no", "all_ways", "other_password")
        turn.pend(self)
        turn.gist = Gist.GUIDANCE

    def _words(self, turn: Turn) -> str:
        """Returns the question, in other words where it has just been asked."""
        way = turn.content.ways[self.value]
        about_facts = case.question_about(turn, self.value)
        if about_facts and not turn.was_just_said(about_facts):
            return about_facts
        if turn.pending_question.to_slot() == self.to_slot() and way.ask_again:
            return way.ask_again
        return way.ask or way.title

    def offer_again(self, turn: Turn) -> None:
        """Asks it again: it is short enough."""
        turn.say_text(self._words(turn))
        turn.offer_first("no")
        turn.offer_first("yes")
        turn.pend(self)

    def on_yes(self, turn: Turn) -> None:
        """Begins the way; a liaison who can be reached is known."""
        if self.value == "liaison":
            turn.memory.facts.setdefault("liaison", "reachable")
        start_guide(turn, self.value)

    def on_no(self, turn: Turn) -> None:
        """Leaves the way out."""
        turn.memory.add_obstacle(self.value)
        find_way(turn)

    def on_next(self, turn: Turn) -> None:
        """Asks again: what comes next depends on the answer."""
        self.ask(turn)

    def on_unsure(self, turn: Turn) -> None:
        """Says how to find out."""
        way = turn.content.ways[self.value]
        if not way.unsure or turn.was_just_said(way.unsure):
            self.on_no(turn)
            return
        turn.say_text(way.unsure)
        turn.offer("yes", "no", "all_ways")
        turn.pend(self)

    def on_stuck(self, turn: Turn) -> None:
        """Asks again who does not know how: a way that can be gone is gone hand in hand."""
        asked = f"{self.kind}:{self.value}"
        if asked in turn.memory.stuck:
            self.on_unsure(turn)
            return
        turn.memory.stuck.append(asked)
        turn.say("triage.by_hand")
        self.ask(turn)

    def on_failed(self, turn: Turn) -> None:
        """Who has tried in vain is led to the next."""
        self.on_no(turn)


class WaysQuestion(Question):
    """Which of the ways, in the order of the list."""

    kind = "ways"

    def ask(self, turn: Turn) -> None:
        """Lists them."""
        list_ways(turn)

    def on_item(self, turn: Turn, number: int) -> bool:
        """Begins the n-th way; the last one for -1."""
        names = list(turn.content.ways)
        if number == -1:
            number = len(names)
        if not 1 <= number <= len(names) or names[number - 1] in case.excluded(turn):
            return False
        start_guide(turn, names[number - 1])
        return True

    def on_unsure(self, turn: Turn) -> None:
        """Recommends one."""
        find_way(turn)
