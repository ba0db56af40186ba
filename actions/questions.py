"""What the assistant has asked: one class for each kind of question.

A question knows how it is asked, what each answer means to it, and how the way back to it is
offered. Its subclasses stand in the files of their topics. A file that these import asks such a
question by its kind, as `KINDS["find"]()`: no file imports itself by way of others. A question that
is open is kept in the slot `pending_question`, one that a digression has interrupted in
`interrupted`, both as `<kind>:<value>`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

if TYPE_CHECKING:
    from actions.turn import Turn

CLOSED = "closed"  # among the facts: a case has ended well, and nothing was begun since
KINDS: dict[str, type[Question]] = {}


class Question:
    """No question at all, and what all questions have in common.

    Attributes:
        kind: the name in the slot.
        passing: its answer is the present business itself; a digression puts no way back to it.
        is_of_end: asks whether the log-in works, so that a success is its answer.
        rejoices: a yes to it says that something is solved, so it has to be a plain yes.
        presumes: the name of a fact without which it makes no sense; a correction denies that.
        value: what the question is about, such as the name of a way.
    """

    kind: ClassVar[str] = ""
    passing: ClassVar[bool] = True
    is_of_end: ClassVar[bool] = False
    rejoices: ClassVar[bool] = False
    presumes: ClassVar[str] = ""

    def __init_subclass__(cls) -> None:
        """Makes the class known by its kind."""
        if cls.kind:
            KINDS[cls.kind] = cls

    def __init__(self, value: str = "") -> None:
        """Makes a question about `value`."""
        self.value = value

    @staticmethod
    def from_slot(slot: str | None) -> Question:
        """Returns the question that a slot holds; none for an empty slot or an unknown kind."""
        if slot in KINDS:
            return KINDS[slot]()
        kind, _, value = (slot or "").partition(":")
        return KINDS.get(kind, Question)(value)

    def to_slot(self) -> str | None:
        """Returns what the slot holds."""
        return f"{self.kind}:{self.value}" if self.value else self.kind or None

    def holds(self, turn: Turn) -> bool:
        """Tells whether what the question is about is still there."""
        return True

    def ask(self, turn: Turn) -> None:
        """Asks it (again)."""
        continue_interrupted(turn)

    def ask_in_short(self, turn: Turn) -> None:
        """Asks it (again) in fewer words, if there are."""
        self.ask(turn)

    def offer_again(self, turn: Turn) -> None:
        """Offers the way back to it."""
        turn.say("navigate.return.question")
        turn.offer_first("return_question")

    def on_yes(self, turn: Turn) -> None:
        """Takes a yes; to nothing, it asks what is wanted."""
        if turn.memory.interrupted or turn.memory.guide or turn.memory.diagnosis:
            continue_interrupted(turn)
        else:
            show_menu(turn)

    def on_no(self, turn: Turn) -> None:
        """Takes a no."""
        show_menu(turn)

    def on_unsure(self, turn: Turn) -> None:
        """Takes somebody's not knowing."""
        self.on_stuck(turn)

    def on_ack(self, turn: Turn) -> None:
        """Takes a sign of having heard, which is no answer yet."""
        self.on_yes(turn)

    def on_done(self, turn: Turn) -> None:
        """Takes that something has been done, with no word of what came of it."""
        if turn.memory.interrupted or turn.memory.guide or turn.memory.diagnosis:
            self.on_yes(turn)
        else:
            ask_logged_in(turn)

    def on_next(self, turn: Turn) -> None:
        """Takes the wish for the next thing; where nothing runs, it begins."""
        if turn.memory.interrupted or turn.memory.guide or turn.memory.diagnosis:
            self.on_yes(turn)
        else:
            continue_interrupted(turn)

    def on_back(self, turn: Turn) -> None:
        """Takes the wish for the thing before."""
        continue_interrupted(turn)

    def on_again(self, turn: Turn) -> None:
        """Takes the wish to have it again."""
        self.ask(turn)

    def on_stuck(self, turn: Turn) -> None:
        """Takes that somebody cannot do or does not understand what was said."""
        ask_trouble(turn)

    def on_failed(self, turn: Turn) -> None:
        """Takes a report that it still does not work."""
        ask_trouble(turn)

    def on_not_it(self, turn: Turn) -> None:
        """Takes that what was supposed is not the case."""
        self.on_no(turn)

    def on_worked(self, turn: Turn) -> None:
        """Takes an explicit report that the hurdle is overcome."""
        ask_logged_in(turn)

    def on_solved(self, turn: Turn) -> None:
        """Takes an explicit report that all is well."""
        close(turn)

    def on_item(self, turn: Turn, number: int) -> bool:
        """Takes the n-th of what was listed, from 1; tells whether there is one."""
        return False


KINDS[""] = Question


class TwoSidedQuestion(Question):
    """Whether something is there or works: what has been done says yes, who is stuck says no."""

    def on_done(self, turn: Turn) -> None:
        """Takes it as a yes."""
        self.on_yes(turn)

    def on_next(self, turn: Turn) -> None:
        """Takes it as a yes."""
        self.on_yes(turn)

    def on_worked(self, turn: Turn) -> None:
        """Takes it as a yes."""
        self.on_yes(turn)

    def on_stuck(self, turn: Turn) -> None:
        """Takes it as a no."""
        self.on_no(turn)

    def on_failed(self, turn: Turn) -> None:
        """Takes it as a no."""
        self.on_no(turn)


class MenuQuestion(Question):
    """What the person wants."""

    kind = "menu"

    def ask(self, turn: Turn) -> None:
        """Asks it."""
        show_menu(turn)

    def on_yes(self, turn: Turn) -> None:
        """A yes says nothing here."""
        show_menu(turn)


class TroubleQuestion(Question):
    """What exactly is not working."""

    kind = "trouble"

    def ask(self, turn: Turn) -> None:
        """Asks it."""
        turn.say("navigate.which_trouble")
        turn.offer("code_not_received", "face_failed", "login_failed", "contact_bureau")
        turn.pend(self)

    def on_stuck(self, turn: Turn) -> None:
        """Who cannot say it either is shown what there is."""
        show_menu(turn)


class MeaningQuestion(Question):
    """Which of two meanings a message has; what was open before waits in `interrupted`."""

    kind = "meaning"

    def on_yes(self, turn: Turn) -> None:
        """A yes to two meanings leaves both open."""
        turn.say_spoken(turn.content.chitchat["which_then"])

    def on_no(self, turn: Turn) -> None:
        """Neither: asks for other words."""
        turn.say_spoken(turn.content.chitchat["which_then"])
        turn.offer_to_continue()


class ReturnQuestion(Question):
    """Whether to go on with what a digression has interrupted; other answers are for that."""

    kind = "return"

    def _interrupted(self, turn: Turn) -> Question:
        question, turn.memory.interrupted = turn.interrupted, None
        turn.pending_question = question
        return question

    def on_ack(self, turn: Turn) -> None:
        """Goes on."""
        continue_interrupted(turn)

    def on_next(self, turn: Turn) -> None:
        """Answers what was interrupted."""
        question = self._interrupted(turn)
        if question.kind == "step":
            question.on_next(turn)
        else:
            question.ask(turn)

    def on_done(self, turn: Turn) -> None:
        """Answers what was interrupted."""
        self._interrupted(turn).on_done(turn)

    def on_unsure(self, turn: Turn) -> None:
        """Answers what was interrupted."""
        self._interrupted(turn).on_unsure(turn)

    def on_stuck(self, turn: Turn) -> None:
        """Answers what was interrupted."""
        self._interrupted(turn).on_stuck(turn)

    def on_failed(self, turn: Turn) -> None:
        """Answers what was interrupted."""
        self._interrupted(turn).on_failed(turn)

    def on_not_it(self, turn: Turn) -> None:
        """Answers what was interrupted."""
        self._interrupted(turn).on_not_it(turn)

    def on_worked(self, turn: Turn) -> None:
        """Answers what was interrupted."""
        self._interrupted(turn).on_worked(turn)

    def on_solved(self, turn: Turn) -> None:
        """Answers what was interrupted."""
        self._interrupted(turn).on_solved(turn)


def continue_interrupted(turn: Turn) -> None:
    """Goes back to what was interrupted, or to what is running; else begins."""
    memory, question = turn.memory, turn.interrupted
    memory.interrupted = None
    if question.kind and not question.passing and question.holds(turn):
        question.ask(turn)
    elif memory.guide:
        KINDS["step"]().ask(turn)
    elif memory.diagnosis:
        KINDS["cause"]().ask(turn)
    elif turn.pending_question.kind == "region":
        turn.pending_question.ask(turn)
    else:
        turn.say("navigate.not_started")
        KINDS["find"]().ask(turn)


def show_menu(turn: Turn) -> None:
    """Asks what the person wants."""
    turn.say("navigate.menu")
    turn.offer("menu")


def ask_trouble(turn: Turn) -> None:
    """Asks what exactly is not working."""
    TroubleQuestion().ask(turn)


def ask_logged_in(turn: Turn) -> None:
    """Asks whether the person can log in now."""
    KINDS["logged_in"]().ask(turn)


def wait_on(turn: Turn) -> bool:
    """Waits on where somebody was just left time for a step; tells whether that is so."""
    number = (turn.memory.guide or {}).get("step")
    if not turn.was_just_said(turn.content.text("case.wait_step", step=number)):
        return False
    turn.say("case.still_waiting")
    turn.offer("next", "stuck", "another_way")
    turn.pend(turn.pending_question)
    return True


def close(turn: Turn) -> None:
    """Ends the case warmly, with the precautions; once."""
    if turn.memory.facts.get(CLOSED):
        turn.say("case.thanks")
        turn.offer("find_way", "password_safety", "contact_bureau")
        return
    closing = "navigate.solved.received" if is_receiving(turn) else "navigate.solved.closing"
    explained = turn.memory.explained  # beside the success, and not said again after it
    turn.memory.forget_case()
    turn.memory.facts[CLOSED], turn.memory.explained = True, explained
    turn.outcome = "solved"
    turn.add({"type": "paragraph", "text": turn.content.text(closing), "tone": "success"})
    turn.offer("password_safety", "update_contact_info", "official_source")


def is_receiving(turn: Turn) -> bool:
    """Tells whether the licence is received for the first time, or anew: nothing is recovered."""
    facts = turn.memory.facts
    return facts.get("received") == "never" or facts.get("new_representative") == "registered"
