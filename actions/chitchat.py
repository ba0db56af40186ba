"""Greeting, thanks and the like, what is outside the matter, and what was not understood."""

from __future__ import annotations

from collections.abc import Container, Sequence
from typing import Any

from rasa_sdk import Tracker
from rasa_sdk.events import ActionExecuted, EventType, SessionStarted, SlotSet
from rasa_sdk.executor import CollectingDispatcher

from actions import bureau, other_systems, recover, safety
from actions.navigate import take_extent
from actions.questions import CLOSED, MeaningQuestion, show_menu
from actions.turn import TopicAction, Turn
from actions.warnings import without_placeholders

NO_CASE = {CLOSED, safety.WARNED, safety.IN_FULL}  # notes that speak of no case
# Two meanings are asked back when the second is at least this likely against the first.
RIVAL = 0.4
# Below this the likeliest meaning is no better than a guess over fifty of them.
GUESS = 0.1
GUESS_AMID = 0.3  # the same while something is asked: its answer may be meant, in odd words
# The name of a place that nobody knows is no longer than this; a sentence says something else.
MAX_PLACE = 12
# Meanings that make no sense as a button: moves, chitchat, and what needs a value.
UNASKED = {
    *("next_step", "previous_step", "repeat_step", "go_to_step", "stuck_at_step", "start_over"),
    *("stop", "resolved", "not_resolved", "affirm", "deny", "inform_region", "out_of_scope"),
    *("greet", "goodbye", "thank", "complain", "bot_challenge", "nlu_fallback"),
}


def accept_thanks(turn: Turn) -> None:
    """Accepts thanks; what is open stays open, with no question."""
    turn.say("case.thanks")
    turn.pend(turn.pending_question)
    if turn.memory.guide:
        turn.offer("to_step", step=turn.memory.guide["step"])
    turn.offer("find_way", "password_safety", "contact_bureau")


def say_goodbye(turn: Turn) -> None:
    """Says goodbye; what is open is kept, with no question."""
    turn.say_spoken(turn.content.chitchat["goodbye"])
    if turn.memory.guide:
        turn.offer_first("to_step", step=turn.memory.guide["step"])
    if not turn.pending_question.passing:
        turn.memory.interrupted = turn.pending_question.to_slot()


def decline(turn: Turn) -> None:
    """Says that a message is not its matter; amid a case, only that it leaves this aside.

    Amid a case, or where a place was named before, one that is named is where the business is
    registered. The second time running, other words say what it can do.
    """
    memory = turn.memory
    begun = memory.facts.keys() - NO_CASE or memory.guide or memory.diagnosis or memory.obstacles
    amid_case = begun or not turn.pending_question.passing
    if (amid_case or memory.place) and turn.entities("region") and turn.find_place().place:
        bureau.take_regions(turn)
    elif safety.is_about_fraud(turn):  # somebody in fear says anything about it in any words
        safety.warn(turn)
    elif amid_case:
        is_statement = turn.asks_nothing and memory.fallback_count <= 1
        turn.say("case.aside_statement" if is_statement else "case.aside")
        if (
            turn.pending_question.passing
            and not memory.interrupted
            and not memory.guide
            and not memory.diagnosis
            and bureau.SHOWN not in memory.facts
        ):
            recover.find_way(turn)
        turn.offer("another_way", "contact_bureau")
    elif memory.facts.get(CLOSED) and turn.asks_nothing and memory.fallback_count <= 1:
        turn.say("case.thanks")  # some last word
    elif "noise" in turn.acts and memory.fallback_count <= 1:
        turn.say_spoken(turn.content.chitchat["cannot_handle"])  # it is about nothing at all
    else:
        again = "out_of_scope_again" if memory.fallback_count > 1 else "out_of_scope"
        turn.say_spoken(turn.content.chitchat[again])
    if memory.fallback_count > 1:
        turn.offer("human")


class ActionReplyChitchat(TopicAction):
    """Answers chitchat."""

    def name(self) -> str:
        """Returns the action's name in `domain.yml`."""
        return "action_reply_chitchat"

    def act(self, turn: Turn) -> None:
        """Says what is filed under the intent; thanks ask nothing, what was open stays open."""
        memory = turn.memory
        open_now = (
            not turn.pending_question.passing
            or memory.interrupted
            or memory.guide
            or memory.diagnosis
        )
        if turn.intent == "thank" and open_now:
            accept_thanks(turn)
            return
        if turn.intent == "goodbye":
            say_goodbye(turn)
            return
        if turn.intent == "greet" and open_now:
            turn.say("case.here")
        else:
            turn.say_spoken(turn.content.chitchat[turn.intent])
        turn.offer_to_continue()
        turn.offer_something()


class ActionDeclineTopic(TopicAction):
    """Answers what is outside the matter."""

    digression = True
    cannot_handle = True

    def name(self) -> str:
        """Returns the action's name in `domain.yml`."""
        return "action_decline_topic"

    def act(self, turn: Turn) -> None:
        """Says kindly what it can do instead; after two misses, who else helps."""
        text = without_placeholders(turn.text).strip()
        if turn.pending_question.kind == "region" and len(text) <= MAX_PLACE:
            bureau.say_no_place(turn, text)
        elif turn.warns():
            show_menu(turn)
        else:
            decline(turn)
        hand_off_after_fallbacks(turn)


class ActionClarifyMeaning(TopicAction):
    """Answers what was not understood with enough confidence."""

    cannot_handle = True

    def name(self) -> str:
        """Returns the action's name in `domain.yml`."""
        return "action_clarify_meaning"

    def act(self, turn: Turn) -> None:
        """Asks which of the two likeliest meanings it is; after two misses, hands over."""
        text = without_placeholders(turn.text).strip()
        if text and other_systems.goes_on(turn):
            turn.memory.fallback_count = 0
            return
        if take_extent(turn):
            turn.memory.fallback_count = 0
        elif turn.pending_question.kind == "region" and 0 < len(text) <= MAX_PLACE:
            bureau.say_no_place(turn, text)
        elif turn.warns():
            show_menu(turn)
            turn.offer_to_continue()
        elif text and safety.is_about_fraud(turn):
            safety.warn(turn)
        elif turn.memory.fallback_count > 1:
            turn.say_spoken(turn.content.chitchat["cannot_handle_again"])
            turn.offer_to_continue()
        elif not text:
            turn.say_spoken(turn.content.chitchat["empty"])
            turn.offer_to_continue()
        else:
            self._ask(turn)
        hand_off_after_fallbacks(turn)

    def _ask(self, turn: Turn) -> None:
        rivals = likely_meanings(turn)
        if not turn.pending_question.passing and best_confidence(turn) < GUESS_AMID:
            rivals = []
        if len(rivals) < 2:
            turn.say_spoken(turn.content.chitchat["cannot_handle"])
            turn.offer_to_continue()
            return
        if turn.pending_question.kind and turn.pending_question.kind not in ("return", "meaning"):
            turn.memory.interrupted = turn.pending_question.to_slot()
        turn.say_spoken(turn.content.chitchat["clarify"])
        turn.offer(*rivals)
        turn.offer("none_of_these")
        turn.pend(MeaningQuestion())


def hand_off_after_fallbacks(turn: Turn) -> None:
    """After two misses running, a human may take over where there is one."""
    if turn.memory.fallback_count > 1 and not turn.warns():
        bureau.request_agent(turn, "cannot_handle")


def likely_meanings(turn: Turn) -> list[str]:
    """Returns the two likeliest intents that can be asked for, or fewer."""
    ranking = [
        (str(candidate.get("name")), float(candidate.get("confidence") or 0))
        for candidate in turn.ranking
    ]
    return rivals_in(ranking, turn.content.meanings)


def best_confidence(turn: Turn) -> float:
    """Returns how likely the likeliest intent is that can be asked for."""
    return max(
        (
            float(candidate.get("confidence") or 0)
            for candidate in turn.ranking
            if candidate.get("name") not in UNASKED
        ),
        default=0.0,
    )


def rivals_in(ranking: Sequence[tuple[str, float]], known: Container[str]) -> list[str]:
    """Returns the same from names with confidences, likeliest first, of which some are known."""
    asked = [
        candidate for candidate in ranking if candidate[0] in known and candidate[0] not in UNASKED
    ]
    if not asked or asked[0][1] < GUESS:
        return []
    best = asked[0][1]
    return [name for name, confidence in asked[:2] if confidence >= RIVAL * best]


def begin_anew(turn: Turn) -> None:
    """Forgets the case and says so, where Rasa's own action of the name would say nothing."""
    turn.memory.forget_case()
    turn.say_spoken(turn.content.chitchat["fresh_start"])


class ActionRestart(TopicAction):
    """Replaces Rasa's `action_restart`, which a typed `/restart` runs."""

    def name(self) -> str:
        """Returns the action's name in Rasa."""
        return "action_restart"

    def act(self, turn: Turn) -> None:
        """Begins anew."""
        begin_anew(turn)


class ActionBack(TopicAction):
    """Replaces Rasa's `action_back`, which a typed `/back` runs and which says nothing."""

    def name(self) -> str:
        """Returns the action's name in Rasa."""
        return "action_back"

    def act(self, turn: Turn) -> None:
        """Begins anew."""
        begin_anew(turn)


class ActionSessionStart(TopicAction):
    """Replaces Rasa's `action_session_start`, which a typed `/session_start` runs in silence.

    A session that Rasa starts by itself is begun as Rasa does it: nothing is said, and what is
    remembered is carried over (`ActionSessionStart` in rasa/core/actions/action.py).
    """

    def name(self) -> str:
        """Returns the action's name in Rasa."""
        return "action_session_start"

    def act(self, turn: Turn) -> None:
        """Begins anew."""
        begin_anew(turn)

    async def run(
        self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]
    ) -> list[EventType]:
        """Begins a session; says something only if a person has typed for it."""
        latest = (event.get("event") for event in reversed(tracker.events or []))
        if next((event for event in latest if event in ("user", "action")), None) == "user":
            return await super().run(dispatcher, tracker, domain)
        kept = [SlotSet(name, value) for name, value in tracker.slots.items() if value is not None]
        return [SessionStarted(), *kept, ActionExecuted("action_listen")]
