"""Hands a conversation over to a human and takes it back.

Official accounts and mini-programs: the answer to a push of the person's says so
(`transfer_customer_service`), and only that. So what answers the push waits a moment for what
is decided about its message; if that comes later, the person's next word is handed over. KF has
an API for it (`kf/service_state`). While a human serves, the assistant is silent.
"""

from __future__ import annotations

import asyncio
import logging
import time
from enum import Enum

from channels.inbox.store import Store
from channels.inbox.workers import Postponed
from channels.transitions import follow
from channels.wechat.client.api import ApiError
from channels.wechat.client.kf import Kf
from channels.wechat.client.platform_clock import PlatformClocks
from channels.wechat.conversation.health import Health
from channels.wechat.conversation.queues import PATIENCE_SECONDS, WORTH_A_WAIT
from channels.wechat.conversation.turn import Turn
from channels.wechat.protocol.incoming import Incoming
from channels.wechat.settings import Account

logger = logging.getLogger(__name__)

HANDOFF = "transfer_customer_service"
# WeChat gives a conversation back to us when a human has not ended it after 30 minutes.
SERVED_SECONDS = 1_800.0
WANTED_SECONDS = 48 * 3600.0  # so long a wish for a human waits for the person's next word
KF_SECONDS = 7 * 86_400.0  # KF is asked at each message whether a human still serves
DECISION_SECONDS = 0.7  # a push must be acknowledged within one second
CLAIM_SECONDS = 0.4
POLL_SECONDS = 0.02
KEPT_SECONDS = 60.0  # how long the decision about a message is known to its retries
# KF's states: 0 new, 1 assistant, 2 waiting in the pool, 3 a human serves, 4 ended.
KF_NEW, KF_ASSISTANT, KF_POOL, KF_HUMAN, KF_ENDED = range(5)
# The `change_type` of KF's `session_status_change`: a human joins, passes on, ends, joins again.
KF_END = 3
KF_CHANGES = (1, 2, KF_END, 4)


class Phase(Enum):
    """How far a handoff is; the value is what the store keeps, except of NONE."""

    NONE = ""  # no human has the conversation: it is the assistant's
    WANTED = "wanted"  # a human is to have the conversation with the person's next word
    WAITING = "waiting"  # it is handed over, nobody has taken it yet
    SERVING = "serving"  # a human serves the person


# Anything but a wish may come at any time: a human takes a conversation by a click, gives it back
# to the pool, or ends it. A wish is noted only where no human has the conversation.
_TAKEN = (Phase.WAITING, Phase.SERVING, Phase.NONE)
NEXT_PHASES = {
    Phase.NONE: (Phase.WANTED, *_TAKEN),
    Phase.WANTED: _TAKEN,
    Phase.WAITING: _TAKEN,
    Phase.SERVING: _TAKEN,
}


class Decision(Enum):
    """What was decided about one message; the value is what the store keeps, except of NONE."""

    NONE = ""  # nothing yet: its push waits for it
    STAY = "stay"  # the push is acknowledged, the assistant answers
    HANDOFF = "handoff"  # the push may hand the conversation over
    CLAIMED = "claimed"  # the push does; the store keeps the time behind it


# A message is decided anew after a kill, but what its push was answered stays.
NEXT_DECISIONS = {
    Decision.NONE: (Decision.STAY, Decision.HANDOFF),
    Decision.STAY: (Decision.STAY, Decision.HANDOFF),
    Decision.HANDOFF: (Decision.STAY, Decision.HANDOFF, Decision.CLAIMED),
    Decision.CLAIMED: (),
}


class Agents:
    """Who is served by a human, in the store."""

    def __init__(self, store: Store, clocks: PlatformClocks, health: Health) -> None:
        self._store = store
        self._clocks = clocks
        self._clock = clocks.local
        self._health = health

    async def phase(self, conversation_id: str) -> Phase:
        """Returns how far the handoff is."""
        return Phase(await self._store.get(f"human/{conversation_id}") or "")

    async def is_with_human(self, conversation_id: str) -> bool:
        """Tells whether a human has the conversation, or will have it."""
        return await self.phase(conversation_id) is not Phase.NONE

    async def take(self, account: Account, conversation_id: str, phase: Phase) -> None:
        """Notes that a human has the conversation, or will have it."""
        if account.kind == "kf" and not account.agents:  # a rule or a click in WeCom did it
            is_pool = phase is Phase.WAITING
            self._health.silenced(
                conversation_id, "waiting_in_pool" if is_pool else "served_by_human"
            )
        seconds = KF_SECONDS if account.kind == "kf" else SERVED_SECONDS
        seconds = WANTED_SECONDS if phase is Phase.WANTED else seconds
        await self._advance(conversation_id, phase, seconds)

    async def leave(self, conversation_id: str) -> None:
        """Notes that the conversation is the assistant's again."""
        self._health.freed(conversation_id)
        await self._advance(conversation_id, Phase.NONE)
        # A late copy of a push that was handed over before must not do it again.
        await self._store.cache_set(f"left/{conversation_id}", str(self._clock()), KEPT_SECONDS)

    async def _advance(self, conversation_id: str, phase: Phase, seconds: float = 0) -> None:
        """Brings a handoff into a phase; all changes of it are made here.

        Raises:
            ImpossibleTransition: if it cannot follow the present one.
        """
        name = f"human/{conversation_id}"
        if follow(await self.phase(conversation_id), phase, NEXT_PHASES) is Phase.NONE:
            await self._store.drop(name)
        else:
            await self._store.put(name, phase.value, seconds)

    async def has_ended(self, platform: Kf, turn: Turn) -> bool:
        """Asks KF whether the human who has the conversation has ended it; True if so.

        Raises:
            Postponed: if KF does not answer now.
        """
        state = await self.kf_state(platform, turn)
        if state is None:
            return False
        if state in (KF_POOL, KF_HUMAN):
            await self.take(
                turn.account,
                turn.conversation_id,
                Phase.WAITING if state == KF_POOL else Phase.SERVING,
            )
            tell_silence(turn.account, state)
            return False
        await self.leave(turn.conversation_id)
        return True

    async def kf_state(self, platform: Kf, turn: Turn) -> int | None:
        """Asks KF who has a conversation; None, and a line in the log, if that cannot be known.

        Raises:
            Postponed: if KF does not answer now.
        """
        try:
            return await platform.state(turn.incoming.kf, turn.incoming.person)
        except ApiError as error:
            self._postpone(turn, error)
            logger.error(
                "%s: it is not known whether a human serves, so nothing is said: %s",
                turn.account.name,
                error,
            )
            return None

    async def hand_off(self, platform: Kf, turn: Turn) -> bool:
        """Hands a conversation of KF over to the one who takes such conversations, or to the pool.

        Returns:
            Whether a human or the pool has it.

        Raises:
            Postponed: if KF does not answer now.
        """
        target = KF_HUMAN if turn.account.servicer else KF_POOL
        try:
            await platform.hand_off(
                turn.incoming.kf, turn.incoming.person, target, turn.account.servicer
            )
        except ApiError as error:
            self._postpone(turn, error)
            if not await self._has_it(platform, turn.incoming):  # unless done before a kill
                logger.error("%s: a conversation was not handed over: %s", turn.account.name, error)
                return False
        await self.take(turn.account, turn.conversation_id, Phase.WAITING)
        return True

    def _postpone(self, turn: Turn, error: ApiError) -> None:
        """Raises Postponed if asking again may help."""
        patient = self._clocks.now(turn.account) - turn.incoming.created < PATIENCE_SECONDS
        if patient and error.kind in WORTH_A_WAIT:
            raise Postponed from error

    async def _has_it(self, platform: Kf, incoming: Incoming) -> bool:
        """Tells whether the pool or a human has the conversation already."""
        try:
            return await platform.state(incoming.kf, incoming.person) in (KF_POOL, KF_HUMAN)
        except ApiError:
            return False

    # The answer to a push, and the worker that decides about its message, in turn:

    async def decide(self, account: Account, conversation_id: str, key: str, handoff: bool) -> bool:
        """Says whether a message goes to a human; returns whether its push is answered so."""
        name = f"decided/{conversation_id}/{key}"
        decision, _ = await self._decision(name)
        if decision is Decision.CLAIMED:  # before a kill
            return True
        # Before its push can know: what that notes comes behind the wish.
        if handoff and not await self.is_with_human(conversation_id):
            await self.take(account, conversation_id, Phase.WANTED)
        await self._decide(name, decision, Decision.HANDOFF if handoff else Decision.STAY)
        if not handoff:
            return False
        end = time.monotonic() + CLAIM_SECONDS
        while time.monotonic() < end:
            if (await self._decision(name))[0] is Decision.CLAIMED:
                return True
            await asyncio.sleep(POLL_SECONDS)
        return False

    async def wants_handoff(self, account: Account, conversation_id: str, key: str) -> bool:
        """Waits for the decision about a message; True if its push is to be answered so."""
        name = f"decided/{conversation_id}/{key}"
        end = time.monotonic() + DECISION_SECONDS
        while time.monotonic() < end:
            decision, claimed = await self._decision(name)
            if decision is Decision.CLAIMED:
                left = await self._store.cache_get(f"left/{conversation_id}")
                return not left or float(left) < claimed
            if decision is Decision.HANDOFF:
                await self._decide(name, decision, Decision.CLAIMED)
                await self.take(account, conversation_id, Phase.WAITING)
                return True
            if decision is Decision.STAY:
                return False
            await asyncio.sleep(POLL_SECONDS)
        return False

    async def _decision(self, name: str) -> tuple[Decision, float]:
        """Returns what was decided, and when its push has claimed it, in seconds since 1970."""
        kept, _, claimed = (await self._store.cache_get(name) or "").partition(" ")
        return Decision(kept), float(claimed or 0)

    async def _decide(self, name: str, before: Decision, decision: Decision) -> None:
        """Keeps a decision; all changes of it are made here.

        Raises:
            ImpossibleTransition: if it cannot follow the one before.
        """
        kept = follow(before, decision, NEXT_DECISIONS).value
        text = f"{kept} {self._clock()}" if decision is Decision.CLAIMED else kept
        await self._store.cache_set(name, text, KEPT_SECONDS)


def tell_silence(account: Account, state: int) -> None:
    """Says in the log why a person of KF's gets no answer of ours."""
    is_pool = state == KF_POOL
    who = "the person waits in the pool" if is_pool else "a human serves the person"
    if account.agents:
        logger.info("%s: %s, so nothing is said", account.name, who)
        return
    logger.log(
        logging.ERROR if is_pool else logging.WARNING,
        "%s: %s (KF state %s), so nothing is said, though agents is false. KF sends nothing of ours"
        " until somebody ends the conversation in WeCom; docs/wechat.md, Agents, says what to"
        " click.",
        account.name,
        who,
        state,
    )


def handoff_fields(receiver: str, person: str, created: int) -> dict[str, object]:
    """Returns the answer to a push that hands its message over."""
    return {
        "ToUserName": person,
        "FromUserName": receiver,
        "CreateTime": created,
        "MsgType": HANDOFF,
    }
