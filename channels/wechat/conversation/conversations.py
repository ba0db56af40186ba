"""What is remembered of each conversation between two messages, and how far the message in work is.

One record holds both, so that a kill never leaves them at odds: a part counts against the quota
in the same write that says it goes out. The record is written by the holder of the conversation's
queue.
"""

from __future__ import annotations

import hashlib
import json
from dataclasses import asdict, dataclass, field
from enum import Enum
from typing import Any

from channels.inbox.store import Store
from channels.redaction import EMPTY, Memory
from channels.senders import WECHAT_PREFIX
from channels.transitions import follow
from channels.wechat.conversation.offers import Button, Offers
from channels.wechat.conversation.quota import Ledger
from channels.wechat.protocol.outgoing import Part
from serving.tenants import DEFAULT, prefix_of

DAY = 86_400.0
SAID_SECONDS = 3_600.0  # who announced a secret sends it soon, or not at all


def conversation_id_of(account: str, person: str, tenant: str = DEFAULT) -> str:
    """Returns the id of a conversation: for Rasa and the store, without the person's id in it."""
    digest = hashlib.sha256(f"{account}\0{person}".encode()).hexdigest()
    return f"{prefix_of(WECHAT_PREFIX, tenant)}{account}-{digest[:32]}"


def key_of(incoming_id: str) -> str:
    """Returns the key of a message: an event's id has the person's id in it, this has not."""
    return hashlib.sha256(incoming_id.encode()).hexdigest()[:32]


def msgid_of(conversation_id: str, key: str, number: int) -> str:
    """Returns the idempotency key of one send; KF allows 32 letters, digits, _ and -."""
    return hashlib.sha256(f"{conversation_id}\0{key}\0{number}".encode()).hexdigest()[:32]


@dataclass
class Sending:
    """One send to come.

    Attributes:
        msgid: its idempotency key, kept over every try.
        handoff: whether the last send of a quota window may be used for it.
        numbers: the buttons that numbers mean once it is out.
        tail: the numbered lines at its end.
    """

    part: Part
    msgid: str
    handoff: bool = False
    numbers: list[Button] = field(default_factory=list)
    tail: str = ""

    def text(self) -> str:
        """Returns its text without the numbered lines."""
        return self.part.text.removesuffix(self.tail).rstrip()

    @classmethod
    def read(cls, data: dict[str, Any]) -> Sending:
        """Returns what `asdict` and JSON made of one."""
        part = Part(
            data["part"]["text"], tuple((item[0], item[1]) for item in data["part"]["items"])
        )
        return cls(part, data["msgid"], data["handoff"], data["numbers"], data["tail"])


class Stage(Enum):
    """How far the answer to a message is; the value is what the store keeps."""

    ASKING = "asking"  # nothing is decided but what Rasa is asked
    SENDING = "sending"  # what is said stands in `sendings`; nothing is, if there is none
    DONE = "done"  # all is out or put off, and what was written is not kept


NEXT = {
    Stage.ASKING: {Stage.SENDING},
    Stage.SENDING: {Stage.DONE},
    Stage.DONE: set[Stage](),
}


@dataclass
class Progress:
    """How far the answer to a message is.

    Attributes:
        key: of the message.
        stage: how far it is; changed by `advance` alone.
        rasa_input: what Rasa is asked; empty if it is not asked.
        picture: whether it is asked what stands on the picture that was sent.
        carried: what was pending before and is among the sends.
        sendings: the sends of the answer, from the stage SENDING on.
        sent: how many of them are out.
        handoff: whether the conversation is to be handed over when they are out.
        instead: the answer to give if the hand-over fails.
        joined: the keys of the messages behind it that are answered by the same.
    """

    key: str
    stage: Stage = Stage.ASKING
    rasa_input: str = ""
    carried: list[str] = field(default_factory=list)
    sendings: list[Sending] = field(default_factory=list)
    sent: int = 0
    handoff: bool = False
    instead: dict[str, Any] | None = None
    joined: list[str] = field(default_factory=list)
    picture: bool = False

    def advance(self, stage: Stage) -> None:
        """Goes on to another stage.

        Raises:
            ImpossibleTransition: if it cannot follow the present one.
        """
        self.stage = follow(self.stage, stage, NEXT)

    def say(self, sendings: list[Sending]) -> None:
        """Takes in what is said; nothing, if there are no sends."""
        self.advance(Stage.SENDING)
        self.sendings = sendings

    def finished(self) -> Progress:
        """Returns the progress of an answer that is done.

        What the person wrote and read is not kept. The key stays, so that a kill does not begin it
        anew.
        """
        self.advance(Stage.DONE)
        return Progress(self.key, self.stage, joined=self.joined)

    @classmethod
    def read(cls, data: dict[str, Any]) -> Progress:
        """Returns what `asdict` and JSON made of one, also before there were stages.

        Then no list of sends said that Rasa was still to be asked.
        """
        stage = Stage.ASKING if data["sendings"] is None else Stage.SENDING
        sendings = [Sending.read(sending) for sending in data["sendings"] or ()]
        return cls(**{**data, "stage": Stage(data.get("stage", stage)), "sendings": sendings})


class Away(Enum):
    """Whether a human has, or had, a person who is not greeted back yet; the value is kept."""

    NO = "no"
    ASKED = "asked"  # a human was asked to take over
    SERVED = "served"  # a human is known to have come


@dataclass
class ConversationState:
    """The record of a conversation.

    Attributes:
        ledger: how much may be sent.
        pending: texts that did not fit, for the person's next word.
        recent: KF: the texts of the last sends by their msgid; one may turn out to be lost.
        away: whether the person is to be greeted back.
        ended: when a human last ended the conversation, in seconds since 1970.
        used: the time of the last message, in seconds since 1970.
        warned: the minute in which the person was last told to write more slowly.
    """

    ledger: Ledger = field(default_factory=Ledger)
    offers: Offers = field(default_factory=Offers)
    pending: list[str] = field(default_factory=list)
    recent: dict[str, str] = field(default_factory=dict)
    progress: Progress = field(default_factory=lambda: Progress("", Stage.DONE))
    away: Away = Away.NO
    ended: float = 0.0
    used: float = 0.0
    warned: int = 0

    def dumps(self) -> str:
        """Returns the record as JSON."""
        data = asdict(self)
        data["ledger"] = self.ledger.dumps()
        data["progress"]["stage"] = self.progress.stage.value
        data["away"] = self.away.value
        return json.dumps(data, ensure_ascii=False)

    @classmethod
    def loads(cls, text: str | None) -> ConversationState:
        """Returns a record from JSON, or a new one."""
        if text is None:
            return cls()
        data = json.loads(text)
        return cls(
            Ledger.loads(data["ledger"]),
            Offers(**data["offers"]),
            data["pending"],
            data["recent"],
            Progress.read(data["progress"]),
            _read_away(data),
            data["ended"],
            data["used"],
            data["warned"],
        )


def _read_away(data: dict[str, Any]) -> Away:
    """Returns what is kept of `away`; before it had names, that was two answers of yes or no."""
    if not isinstance(data["away"], bool):
        return Away(data["away"])
    if not data["away"]:
        return Away.NO
    return Away.SERVED if data["served"] else Away.ASKED


class Conversations:
    """The records of all conversations in the store."""

    def __init__(self, store: Store, kept_days: float) -> None:
        self._store = store
        self._seconds = kept_days * DAY

    async def load(self, conversation_id: str) -> ConversationState:
        """Returns the record of a conversation."""
        return ConversationState.loads(await self._store.get(f"conversation/{conversation_id}"))

    async def save(self, conversation_id: str, record: ConversationState) -> None:
        """Keeps the record of a conversation, whose queue one holds.

        Raises:
            StoreError: also if another worker may hold it by now; so nothing is sent twice.
        """
        name = f"conversation/{conversation_id}"
        await self._store.put(name, record.dumps(), self._seconds, holding=conversation_id)

    def save_soon(self, conversation_id: str, record: ConversationState) -> None:
        """Keeps the record behind one that may be kept yet, although nobody waits for it."""
        name = f"conversation/{conversation_id}"
        self._store.put_soon(name, record.dumps(), self._seconds, holding=conversation_id)

    async def said(self, conversation_id: str) -> Memory:
        """Returns what the last messages of the person have announced."""
        kept = await self._store.get(f"said/{conversation_id}")
        return Memory(**json.loads(kept)) if kept else EMPTY

    async def save_said(self, conversation_id: str, memory: Memory) -> None:
        """Keeps what the last messages of the person have announced."""
        await self._store.put(f"said/{conversation_id}", json.dumps(asdict(memory)), SAID_SECONDS)

    async def forget(self, conversation_id: str) -> None:
        """Deletes all that the store holds of a conversation."""
        for name in ("conversation", "human", "passive_replies", "said"):
            await self._store.drop(f"{name}/{conversation_id}")
