"""One turn: what came in, what is remembered, and the one message that goes out."""

from __future__ import annotations

import datetime
import logging
from abc import ABC, abstractmethod
from typing import Any

from rasa_sdk import Action, Tracker
from rasa_sdk.events import ActionExecuted, EventType, FollowupAction, UserUttered
from rasa_sdk.executor import CollectingDispatcher

from actions import case
from actions.memory import Memory
from actions.questions import CLOSED, Question, ReturnQuestion, show_menu
from actions.reply import PLAIN, Gist, Reply, paragraph, warning
from actions.seen_picture import SeenPicture
from actions.typed_buttons import PUT, click_typed
from actions.warnings import find_warnings, without_placeholders
from content_loader.live import LiveContents
from content_loader.shapes import Content, Fact
from gazetteer.resolution import Resolution
from gazetteer.roles import Mention, read_roles
from serving.drafts import draft_in
from serving.message import (
    MAX_BUTTONS,
    MAX_TITLE,
    RESPONSE,
    Block,
    Message,
    WarningBlock,
)
from serving.tenants import tenant_of

logger = logging.getLogger(__name__)
live_content = LiveContents()

MAX_WORD = 4  # letters
MAX_BESIDE_PLACE = 2  # letters beside the names of places, such as those of "in"
MIN_SURE = 0.95  # confidence of an intent
# Intents that want what was said before.
AGAIN = ("repeat_step", "go_to_step", "contact_bureau", "recover_by_phone", "recover_by_face")
ONCE_MORE = {"again", "recall", "go_to", "all_at_once", "all_ways", "all_causes"}  # acts that do
FIRST, SECOND = "1", "2"  # how often it was admitted running that nothing was understood
OTHERWISE = "0"  # a step in short was said in full instead, or the other way round
STEP = "step"  # the question about the present step of a guide
CASE_SHOWN = "case_shown"  # among the facts: the last message has listed them
ASKED_FIRST = ("region", "fact:received")  # questions that go before the way back
LICENCE = "licence"  # among the facts: whether it was named
COURTESIES = ("thank", "greet", "goodbye")  # intents whose answer may well be the same
SEVERAL = "ask:several_licences"  # whether one password is that of others, too
LOGGED_IN = "reached:logged_in"  # the act of who says so
COURTESY = {"thanks", "greet", "bye", "wait", "leave"}  # acts of the same kind


class Turn(Reply):
    """What an action works with: it reads the message, changes the memory, says and offers."""

    def __init__(self, tracker: Tracker, content: Content) -> None:
        message = tracker.latest_message or {}
        self.picture = SeenPicture.from_message(message)
        if self.picture:  # what was read is nobody's word until they say so
            message = {"intent": message.get("intent")}
        super().__init__(content)
        self.memory = Memory.from_slots(tracker.slots)
        self.text: str = message.get("text") or ""
        self.intent: str = (message.get("intent") or {}).get("name") or ""
        self.ranking: list[dict[str, Any]] = message.get("intent_ranking") or []
        self._entities: list[dict[str, Any]] = message.get("entities") or []
        self.acts: list[str] = [str(act) for act in message.get("acts") or []]
        #: whether they say that they are in, whatever becomes of it
        self.says_inside = LOGGED_IN in self.acts
        #: whether the message surely asks nothing
        self.asks_nothing = bool(message.get("asks_nothing"))
        #: the acts of which one may be meant, where those of the message are but guessed
        self.in_doubt: list[str] = [str(act) for act in message.get("in_doubt") or []]
        #: the name of a question of the operator's own that the message may be
        self.local_offer: str = str(message.get("local_offer") or "")
        self.is_click = self.text.startswith("/")
        self.pending_question = Question.from_slot(self.memory.pending_question)
        self.memory.pending_question = None
        #: how often running nothing was understood before this message
        self.was_lost = self.memory.fallback_count
        #: whether the last message has listed the facts that are on file
        self.was_case_shown = bool(self.memory.facts.pop(CASE_SHOWN, False))
        #: what the message before was, as `Memory.warned` has it
        self.was_warned, self.memory.warned = self.memory.warned, 0
        #: the answers given just before this message, and what was left open by them
        self.was_explained, self.memory.explained = self.memory.explained, []
        self.was_open, self.memory.open_topics = self.memory.open_topics, []
        #: what else the message may ask, the likelier first
        self.near_topics: list[str] = [str(name) for name in message.get("near_topics") or []]
        #: the causes of a trouble that it may rule out, the likelier first
        self.near_causes: list[str] = [str(name) for name in message.get("near_causes") or []]
        if self._is_a_place():
            self.acts, self.in_doubt = ["place"], []
        self.new_facts: list[Fact] = []
        #: a message, as it was understood, that is to be answered in place of this one
        self.typed_instead: dict[str, Any] | None = None

    def is_sure(self) -> bool:
        """Tells whether the intent is told with next to no doubt."""
        return self.confidence() >= MIN_SURE

    def confidence(self) -> float:
        """Returns how likely the intent is, from 0 to 1."""
        return float(self.ranking[0].get("confidence") or 0) if self.ranking else 0.0

    def entities(self, name: str) -> list[str]:
        """Returns the values of all entities `name` in the message, in order, as text."""
        values = [entity.get("value") for entity in self._entities if entity.get("entity") == name]
        return [
            str(value) for value in values if isinstance(value, str | int) and str(value).strip()
        ]

    def entity(self, name: str) -> str | None:
        """Returns the value of the first entity `name`, or None."""
        return next(iter(self.entities(name)), None)

    def _is_a_place(self) -> bool:
        """Tells whether the message is nothing but the names of places, however it was read."""
        names = self.entities("region")
        if not names or not self.acts or "place" in self.acts:
            return False
        rest = self.text
        for name in names:
            rest = rest.replace(name, "")
        beside = sum(character.isalnum() for character in rest)
        if self.intent == "inform_region" and self.pending_question.kind != "region":
            return beside <= MAX_BESIDE_PLACE and not self.names_place_aside()
        if self.intent == "inform_region":
            return beside <= MAX_BESIDE_PLACE
        if self.memory.place and beside <= MAX_BESIDE_PLACE:  # another one than before
            return True
        return self.pending_question.kind == "region" and not beside

    def offer_local(self, says: bool) -> None:
        """Offers the operator's own question that the message may be, as a text to send.

        Args:
            says: whether it is said as well, where nothing else was understood.
        """
        question = self.content.local_questions.get(self.local_offer)
        if question is None or question.is_over(datetime.date.today()):
            return
        wording = min(question.wordings, key=len)
        if len(wording) <= MAX_TITLE:
            if says:
                self.say("navigate.maybe_local", question=wording)
            self.offer_button(wording, wording, first=True)

    def avoid_repetition(self) -> None:
        """Never says the same twice running, unless that is what is wanted.

        Somebody who gets the same answer to other words was not understood: that is admitted, and
        another way to say it offered; the second time also who else helps. Buttons stay.
        """
        memory = self.memory
        fingerprint = self.fingerprint(self._blocks)
        before, _, times = (memory.said or "").partition(" ")
        memory.said = fingerprint
        if before != fingerprint or self._is_heard():
            return
        if self._may_be_said_again() or times == SECOND:
            self._blocks.insert(0, paragraph(self.content.text("navigate.once_more")))
            return
        is_brief = all(block.keys() == PLAIN for block in self._blocks)
        is_full = any(block["type"] == STEP for block in self._blocks)
        is_step = memory.pending_question == STEP and (is_brief or is_full)
        if self.acts and is_step and not times:
            # What was heard leads to the step: it is said in full, or in short if it just was.
            question = Question.from_slot(STEP)
            self.start_message_over()
            (question.ask if is_brief else question.ask_in_short)(self)
            memory.said = f"{fingerprint} {OTHERWISE}"
            return
        is_second = times == FIRST
        memory.said = f"{fingerprint} {SECOND if is_second else FIRST}"
        self._blocks, self.gist = [], Gist.GUIDANCE
        if is_second:
            self.say("navigate.not_caught_again")
            del self._buttons[MAX_BUTTONS - 2 :]
            self.offer("human", "contact_bureau")
        else:
            self.say("navigate.not_caught")

    def repeats(self) -> bool:
        """Tells whether what is said so far is just what was said last."""
        return (self.memory.said or "").partition(" ")[0] == self.fingerprint(self._blocks)

    def _may_be_said_again(self) -> bool:
        """Tells whether the same is wanted again, or is the answer to another question, too."""
        memory = self.memory
        is_amid_case = memory.guide or memory.diagnosis or self.pending_question.kind == "way"
        is_wanted = self.is_click or self.intent in AGAIN or not ONCE_MORE.isdisjoint(self.acts)
        return bool(is_wanted or self.gist is Gist.ANSWER or not is_amid_case)

    def _is_heard(self) -> bool:
        """Tells whether an answer may well be the same: a courtesy, a warning, a fact noted."""
        return bool(
            self.new_facts
            or self.handoff
            or self.picture
            or self.warns()
            or self.gist is Gist.FRAUD
            or self.intent in COURTESIES
            or not COURTESY.isdisjoint(self.acts)
        )

    def was_just_said(self, text: str) -> bool:
        """Tells whether the last message was this text, or this warning of fraud, and no other."""
        said = (self.memory.said or "").partition(" ")[0]
        of_fraud: WarningBlock = {"type": "warning", "about": "fraud", "text": text.strip()}
        blocks: tuple[Block, ...] = (paragraph(text), of_fraud)
        return said in [self.fingerprint([block]) for block in blocks]

    @property
    def interrupted(self) -> Question:
        """The question that a digression has interrupted."""
        return Question.from_slot(self.memory.interrupted)

    def pend(self, question: Question) -> None:
        """Notes what has just been asked."""
        self.memory.pending_question = question.to_slot()

    def offer_to_continue(self) -> None:
        """Ends a digression: offers the way back to what it interrupted.

        Who did not take it up a moment ago is not asked the same again; the button stays.
        """
        memory, was_offered = self.memory, self.pending_question.kind == "return"
        if not self.pending_question.passing:
            memory.interrupted = self.pending_question.to_slot()
        if memory.pending_question in ASKED_FIRST:  # just now; the way back comes with the answer
            return
        question = self.interrupted
        if question.passing or not question.holds(self):
            return
        said = self.said_so_far()
        question.offer_again(self)
        if not self.memory.pending_question:
            shows_bureau = any(block["type"] == "bureau" for block in self._blocks)
            if (was_offered and said) or shows_bureau:  # nobody is hurried away from a card
                del self._blocks[said:]
            self.pend(ReturnQuestion())
        elif self.memory.pending_question == memory.interrupted:  # asked again in full
            memory.interrupted = None
            if self.was_explained and memory.explained:  # who asks one thing after the other
                del self._blocks[said:]

    def weigh_new_case(self) -> None:
        """Leaves out that another case begins where none was begun, or several are asked about."""
        memory = self.memory
        is_begun = memory.guide or memory.diagnosis or memory.attempts or memory.obstacles
        is_known = CLOSED in memory.facts or any(name in memory.facts for name in case.OF_WAYS)
        if not (is_begun or is_known) or SEVERAL in self.acts:
            self.acts = [act for act in self.acts if act != "new_case"]

    def notice_place(self) -> None:
        """Remembers a place that was named in passing, if it can be only one."""
        is_other = "place_other" in self.acts or (self.memory.place and self.names_place_aside())
        if self.entities("region") and not is_other:
            place = self.find_place().place
            if place:
                self.memory.place = place.code

    def notice_licence(self) -> None:
        """Remembers that the licence was named, so that another system is only mentioned."""
        if self.names_licence():
            self.memory.facts[LICENCE] = True

    def names_licence(self) -> bool:
        """Tells whether the message names the licence."""
        return any(name in self.text for name in self.content.own_names)

    def names_place_aside(self) -> bool:
        """Tells whether the places named are but such where somebody is, or that are not meant."""
        return read_roles(self.text, self._mentions(), self.content.place_roles).is_aside

    def _mentions(self) -> list[Mention]:
        return [
            Mention(str(entity.get("value")), entity.get("start", -1), entity.get("end", -1))
            for entity in self._entities
            if entity.get("entity") == "region" and str(entity.get("value") or "").strip()
        ]

    def find_place(self, *beside: str) -> Resolution:
        """Returns what the names of places in the message mean; `beside` were said before."""
        gazetteer, mentions = self.content.gazetteer, self._mentions()
        reading = read_roles(self.text, mentions, self.content.place_roles)
        if reading.seats:
            seats = [gazetteer.resolve(names).place for names in reading.seats]
            known = tuple(dict.fromkeys(seat for seat in seats if seat))
            if len(known) > 1:
                return Resolution(candidates=known, moved=True)
            reading = read_roles("", [Mention(mention.name) for mention in mentions], {"joins": ()})
        within = None if beside else self.place()
        found = gazetteer.resolve([*reading.names, *beside], within)
        if found.candidates and reading.others:
            narrowed = gazetteer.resolve([*reading.others, *reading.names, *beside])
            if narrowed.place in found.candidates:
                return narrowed
        return found

    def place(self) -> Any:
        """Returns the remembered place, or None."""
        return self.content.gazetteer.by_code(self.memory.place) if self.memory.place else None

    def forget_what_is_gone(self) -> None:
        """Drops from the memory what an edit of the content has removed."""
        memory, content = self.memory, self.content
        if memory.guide:
            way = content.ways[memory.guide["way"]]
            memory.guide["step"] = max(1, min(memory.guide["step"], len(way.steps)))
        if memory.diagnosis:
            trouble = content.troubles.get(memory.diagnosis["trouble"])
            if trouble is None or memory.diagnosis["cause"] >= len(trouble.causes):
                memory.diagnosis = None

    def message(self) -> Message:
        """Returns the message, see `serving/message.py`; what it warns of stands first.

        A channel behind which people serve hands the conversation over on `handoff`; the blocks
        are for all others.
        """
        warnings = self.content.warnings
        before = [warning(warnings[name]) for name in find_warnings(self.text, warnings)]
        message: Message = {"blocks": [*before, *self._blocks], "buttons": self._buttons}
        if self.handoff:
            message["handoff"] = self.handoff
        if self.outcome:
            message["outcome"] = self.outcome
        return message

    def holds_only_secrets(self) -> bool:
        """Tells whether nothing is left of the message without what was hidden in it."""
        return self.warns() and not self.letters_left()

    def says_much(self) -> bool:
        """Tells whether more is left of the message than a word beside what was hidden."""
        return self.letters_left() > MAX_WORD

    def letters_left(self) -> int:
        """Returns how many letters and digits the message has beside what was hidden."""
        return sum(placeholder.isalnum() for placeholder in without_placeholders(self.text))

    def hides_secret(self) -> bool:
        """Tells whether something in the message has been hidden."""
        return without_placeholders(self.text) != self.text

    def warns(self) -> bool:
        """Tells whether the message holds something its sender is warned of."""
        return bool(find_warnings(self.text, self.content.warnings))


def values(turn: Turn, act: str) -> list[str]:
    """Returns the values of all acts `act` of the message, in order."""
    return [
        other_act.partition(":")[2] for other_act in turn.acts if other_act.partition(":")[0] == act
    ]


def errors_on_screen(turn: Turn) -> list[str]:
    """Returns what the page says, without what it only asks for."""
    return [name for name in values(turn, "screen") if not name.startswith("asks")]


def put(understood: dict[str, Any], tracker: Tracker) -> list[EventType]:
    """Returns the events after which Rasa answers a message in place of the latest one.

    It has the id of that one, by which channels know which answers are for it.
    """
    messages = [event for event in tracker.events or [] if event.get("event") == "user"]
    latest: dict[str, Any] = messages[-1] if messages else {}
    message = UserUttered(str(understood.get("text") or ""), {**understood, PUT: True})
    message |= {key: latest.get(key) for key in ("message_id", "input_channel")}
    return [ActionExecuted("action_listen"), message]


class TopicAction(Action, ABC):
    """The frame of every action: one message out, the memory back into the slots."""

    #: an answer beside the point after which the way back is offered
    digression = False
    #: nothing was understood; running misses are counted
    cannot_handle = False

    @abstractmethod
    def act(self, turn: Turn) -> None:
        """Does what the message asks for."""

    async def run(
        self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]
    ) -> list[EventType]:
        """Runs `act` and sends its message; an error becomes an apology, never silence."""
        click = click_typed(tracker.latest_message or {}, tracker.events or [])
        if click:
            return put(click, tracker)
        draft = draft_in(tracker.events or [])
        content = live_content.current(tenant_of(tracker.sender_id), draft)
        turn = Turn(tracker, content)
        try:
            turn.forget_what_is_gone()
            turn.notice_place()
            turn.weigh_new_case()
            if "new_case" in turn.acts:
                turn.memory.forget_case()
            turn.notice_licence()
            turn.new_facts = [] if turn.in_doubt else case.take_facts(turn)
            turn.memory.fallback_count = turn.memory.fallback_count + 1 if self.cannot_handle else 0
            if turn.holds_only_secrets() or (turn.hides_secret() and not turn.says_much()):
                show_menu(turn)
                turn.offer_to_continue()
            else:
                self.act(turn)
                if self.digression or self.cannot_handle:
                    turn.offer_local(says=self.cannot_handle)
                if self.digression:
                    turn.offer_to_continue()
            if turn.memory.guide or turn.memory.diagnosis or turn.memory.pending_question:
                turn.memory.facts.pop(CLOSED, None)
            if turn.typed_instead:
                return [*turn.memory.changes(tracker.slots), *put(turn.typed_instead, tracker)]
            turn.avoid_repetition()
        except Exception:
            # The message is left out on purpose: what a person wrote stays out of the log.
            logger.exception("%s failed on intent %s", self.name(), turn.intent)
            turn = Turn(tracker, content)
            turn.memory.pending_question = turn.pending_question.to_slot()
            turn.say_spoken(turn.content.chitchat["apology"])
        dispatcher.utter_message(response=RESPONSE, **turn.message())
        # One message a turn: without this, Rasa's default actions that we replace, and the
        # fallback of the policies, are predicted again and again until Rasa breaks the circuit.
        return [*turn.memory.changes(tracker.slots), FollowupAction("action_listen")]
