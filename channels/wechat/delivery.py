"""Sends the answers of a talk: within its quota, each once, and keeps what has to wait.

KF refuses a repeated msgid, so a doubtful send is tried again under the same one. The other two
have no such key: there a send counts as made before it is tried, and a doubtful one is left.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Sequence
from typing import Any

from channels.wechat.api import ApiError
from channels.wechat.incoming import Incoming
from channels.wechat.outgoing import Part, Rules, compose, cut
from channels.wechat.platforms import Platform
from channels.wechat.queues import PATIENCE_SECONDS, WORTH_A_WAIT, Postponed
from channels.wechat.quota import RESERVE
from channels.wechat.settings import Account
from channels.wechat.talks import Sending, Talk, Talks, msgid_of
from channels.wechat.words import numbers_hint, say

logger = logging.getLogger(__name__)

# 48 h over, or too many: nothing is sent before the person's next word.
WINDOW_CLOSED = {45015, 45047, 95001, 95002, 95013}
HUMAN_SERVES = 95018
SYSTEM_BUSY = -1
MOST_RECENT = 8  # sends that may still turn out to be lost
UNCUT = 1_000_000
TEXT_BYTES = 2047  # under the 2048 that are documented for KF and reported for the others


class HumanServes(Exception):
    """The platform sends nothing for us now, because a human serves the person."""


def rules_of(account: Account) -> Rules:
    """Returns what the platform of an account takes; what waits on a shelf is cut there."""
    return Rules(menus=account.menus, text_bytes=TEXT_BYTES if account.verified else UNCUT)


def sendings_for(
    account: Account,
    talk: str,
    record: Talk,
    key: str,
    texts: Sequence[str],
    buttons: Sequence[dict[str, str]],
    handoff: bool = False,
) -> list[Sending]:
    """Returns the sends of a turn, as few as possible, and takes its buttons into the offers."""
    ids = record.offers.offer(buttons) if buttons else []
    if buttons and not any(it.strip() for it in texts):
        texts = [say("menu_head")]
    parts, numbered = compose(
        texts, ids, rules_of(account), say("number_line"), numbers_hint(len(ids))
    )
    record.offers.numbered = [it["payload"] for it in buttons] if numbered else []
    return [Sending(part, msgid_of(talk, key, i), handoff) for i, part in enumerate(parts)]


class Delivery:
    """Sends what a record holds."""

    def __init__(self, talks: Talks, clock: Callable[[], float]) -> None:
        self._talks = talks
        self._clock = clock

    async def deliver(
        self, platform: Platform, account: Account, talk: str, record: Talk, incoming: Incoming
    ) -> None:
        """Sends the sends of the message in work that are not out yet.

        Raises:
            Postponed: if the platform does not answer now.
            HumanServes: if a human serves the person.
        """
        progress = record.progress
        sendings = progress.sendings or []
        while progress.sent < len(sendings):
            room = self._room(record, sendings[progress.sent])
            if room < 1:
                self._put_off(record)
                break
            if room < len(sendings) - progress.sent and not sendings[progress.sent].handoff:
                _announce_more(talk, progress.key, sendings, progress.sent + room - 1)
            await self._send(platform, account, talk, record, incoming)
        await self._talks.save(talk, record)

    def _room(self, record: Talk, sending: Sending) -> int:
        left = record.ledger.left(self._clock())
        return left if sending.handoff else left - RESERVE

    async def _send(
        self, platform: Platform, account: Account, talk: str, record: Talk, incoming: Incoming
    ) -> None:
        progress = record.progress
        assert progress.sendings
        sending = progress.sendings[progress.sent]
        before = record.ledger.dumps()
        record.ledger.spend(self._clock())
        progress.sent += 1

        async def note() -> None:
            await self._talks.save(talk, record)

        # Kept at the last moment: a kill before it repeats nothing, and after it loses nothing.
        before_sending = note if account.kind != "kf" else None
        try:
            await platform.send(
                incoming.person,
                incoming.kf,
                sending.part,
                sending.msgid,
                before=before_sending,
            )
        except ApiError as error:
            if error.kind == "ambiguous" and account.kind != "kf":
                logger.error("%s: it is not known whether an answer arrived", account.name)
                return
            record.ledger = type(record.ledger).loads(before)
            progress.sent -= 1
            await self._failed(talk, record, incoming, error)
            return
        record.recent[sending.msgid] = sending.part.text
        for old in list(record.recent)[:-MOST_RECENT]:
            del record.recent[old]

    async def _failed(self, talk: str, record: Talk, incoming: Incoming, error: ApiError) -> None:
        if error.code == HUMAN_SERVES:
            record.progress.sendings = []
            await self._talks.save(talk, record)
            raise HumanServes
        if error.code in WINDOW_CLOSED:
            record.ledger.exhausted()
            self._put_off(record)
        elif error.kind in WORTH_A_WAIT:
            tried_enough = error.code == SYSTEM_BUSY  # three more times, and no oftener
            if not tried_enough and self._clock() - incoming.created < PATIENCE_SECONDS:
                await self._talks.save(talk, record)
                raise Postponed
            if error.kind == "ambiguous":  # it may have arrived: not said a second time
                record.progress.sent += 1
            else:
                self._put_off(record)
        else:  # the platform will never take it; the reason is in the log
            record.progress.sent = len(record.progress.sendings or [])

    def _put_off(self, record: Talk) -> None:
        """Keeps what is not out for the person's next word."""
        progress = record.progress
        record.pending += [it.part.text for it in (progress.sendings or [])[progress.sent :]]
        progress.sendings = (progress.sendings or [])[: progress.sent]

    def undelivered(self, record: Talk, event: dict[str, Any]) -> None:
        """Takes in KF's `msg_send_fail`: a send that was accepted did not arrive.

        The types are those of KF's documentation: 4 over 48 hours, 5 ended, 6 over five, 10
        refused by the person; 0 is unknown.
        """
        kind = event.get("fail_type")
        logger.error("KF could not deliver an answer: msg_send_fail of type %s", kind)
        if kind in (4, 5, 6):
            record.ledger.exhausted()
        if kind in (0, 4, 5, 6):
            text = record.recent.pop(str(event.get("fail_msgid")), "")
            record.pending += [text] if text else []


def _announce_more(talk: str, key: str, sendings: list[Sending], last: int) -> None:
    """Says at the end of the last send that fits that there is more to come."""
    more = "\n" + say("more")
    part = sendings[last].part
    if part.items or part.text.endswith(more):
        return
    room = TEXT_BYTES - len(more.encode())
    first, *rest = cut(part.text, room)
    sendings[last].part = Part(first + more)
    for i, text in enumerate(rest):
        msgid = msgid_of(talk, f"{key}-more", i)
        sendings.insert(last + 1 + i, Sending(Part(text), msgid, sendings[last].handoff))
