"""Receiving the licence: a new legal representative does it anew, others for the first time."""

from __future__ import annotations

from actions.questions import Question, ask_logged_in, continue_interrupted
from actions.reply import Gist
from actions.turn import Turn

HOW_FAR = "how_far"  # among the facts: whether it was asked how far it has got; and the text for it


class RegistrationQuestion(Question):
    """Whether the change of the legal representative is registered already."""

    kind = "fact:registration"
    passing = False
    presumes = "new_representative"

    def ask(self, turn: Turn) -> None:
        """Asks it; who said so already is led on."""
        known = turn.memory.facts.get("new_representative")
        if known == "registered" and ClaimQuestion.kind in turn.memory.facts:
            ClaimQuestion().offer_again(turn)  # how it is received was said
            turn.offer("contact_bureau")
            return
        if known == "registered":
            self.on_yes(turn)
            return
        if known == "pending":
            self.on_no(turn)
            return
        turn.say("case.new_representative.ask")
        turn.offer("yes_done", "not_yet", "contact_bureau")
        turn.pend(self)

    def on_yes(self, turn: Turn) -> None:
        """The new one receives the licence anew."""
        turn.memory.facts["new_representative"] = "registered"
        ClaimQuestion().ask(turn)

    def on_no(self, turn: Turn) -> None:
        """First the registration, which the bureau knows about."""
        turn.memory.facts["new_representative"] = "pending"
        turn.say("case.new_representative.pending")
        turn.offer("contact_bureau", "materials")


def answer_registration(turn: Turn) -> None:
    """Notes the answer to whether the change is registered, where something else came with it."""
    if turn.pending_question.kind != RegistrationQuestion.kind:
        return
    if {"yes", "done"}.intersection(turn.acts):
        turn.memory.facts["new_representative"] = "registered"
    elif "no" in turn.acts:
        turn.memory.facts["new_representative"] = "pending"


def explain_mismatch(turn: Turn) -> bool:
    """Says why a new representative is not known yet; tells whether there is one."""
    answer_registration(turn)
    known, kind = turn.memory.facts.get("new_representative"), turn.pending_question.kind
    is_receiving = known == "registered" and (turn.memory.guide or {}).get("way") == "face"
    is_asked = kind in (RegistrationQuestion.kind, ClaimQuestion.kind)
    if not known or not (is_asked or is_receiving):
        return False
    if known == "registered":
        turn.memory.guide = turn.memory.diagnosis = None  # of somebody who has received it
        turn.memory.interrupted = None
        turn.say("case.new_representative.still_former")
        turn.offer("contact_bureau", "materials")
        turn.pend(ClaimQuestion())
    else:
        RegistrationQuestion().ask(turn)  # as long as it is not registered, that is why
    turn.gist = Gist.GUIDANCE
    return True


class ReceivedQuestion(Question):
    """Whether the licence was ever received, asked amid a guide that only makes sense if it was."""

    kind = "fact:received"
    passing = False

    def ask(self, turn: Turn) -> None:
        """Asks it."""
        turn.say("case.new_representative.received_before")
        turn.offer("received_before", "never_received", "contact_bureau")
        turn.pend(self)

    def on_yes(self, turn: Turn) -> None:
        """Then there is a password to recover: goes on with the guide."""
        continue_interrupted(turn)

    def on_no(self, turn: Turn) -> None:
        """It is received for the first time."""
        turn.memory.facts["received"] = "never"
        turn.memory.guide = turn.memory.interrupted = None
        ClaimQuestion().ask(turn)

    def on_done(self, turn: Turn) -> None:
        """Somebody has done that before."""
        self.on_yes(turn)

    def on_unsure(self, turn: Turn) -> None:
        """Says where it shows; the guide stays open."""
        turn.say("case.new_representative.received_unsure")
        turn.offer("received_before", "never_received", "contact_bureau")
        turn.pend(self)


class ClaimQuestion(Question):
    """How far the representative has got with receiving the licence."""

    kind = "fact:claim"
    passing = False

    def ask(self, turn: Turn) -> None:
        """Says how it is received."""
        turn.memory.facts[self.kind] = True
        if turn.memory.facts.get("received") == "never":
            turn.say("case.new_representative.never")
        turn.say("case.new_representative.claim")
        turn.offer("contact_bureau", "materials", "entry_not_found")
        turn.pend(self)

    def offer_again(self, turn: Turn) -> None:
        """Asks how far it has got; who was asked before is not asked the same again."""
        was_asked = bool(turn.memory.facts.get(HOW_FAR))
        turn.memory.facts[HOW_FAR] = True
        turn.say(f"case.new_representative.{'go_on' if was_asked else HOW_FAR}")
        turn.pend(self)

    def on_page(self, turn: Turn) -> None:
        """Says what comes behind the first pages, where others would look for a lost password."""
        turn.say("case.new_representative.then")
        turn.offer("stuck", "entry_not_found", "contact_bureau")
        turn.pend(self)

    def on_yes(self, turn: Turn) -> None:
        """Asks whether the login works."""
        ask_logged_in(turn)

    def on_no(self, turn: Turn) -> None:
        """Says it again."""
        self.ask(turn)

    def on_ack(self, turn: Turn) -> None:
        """Waits."""
        self.offer_again(turn)

    def on_next(self, turn: Turn) -> None:
        """Says it again."""
        self.ask(turn)

    def on_stuck(self, turn: Turn) -> None:
        """Says it again, with the bureau."""
        self.ask(turn)
