"""Answers one message of a person's: asks the assistant, sends, hands over.

Every step is kept before the next, so that whoever goes on after a kill knows how far it was. Only
the holder of the talk's queue works here, so messages of one person are answered in their order.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

from channels.guard import BadRequest, Guard
from channels.wechat.assistant import Assistant, Reply
from channels.wechat.delivery import Delivery, HumanServes, sendings_for
from channels.wechat.events import Events
from channels.wechat.humans import Humans
from channels.wechat.incoming import Incoming
from channels.wechat.platforms import Kf, Platform
from channels.wechat.quota import BY_EVENT
from channels.wechat.settings import Account
from channels.wechat.shelf import Shelf
from channels.wechat.talks import Progress, Talk, Talks
from channels.wechat.turns import asked_by_event, request_of
from channels.wechat.words import BUTTONS, PAYLOAD_OF_HUMANS, WORDS, is_one_of, say

IN_TALK_SECONDS = 1_800.0  # who has talked to us since then is not greeted on entering


class Desk:
    """Answers the messages of all accounts."""

    def __init__(
        self,
        talks: Talks,
        platforms: Mapping[str, Platform],
        assistant: Assistant,
        humans: Humans,
        shelf: Shelf,
        guard: Guard,
        clock: Callable[[], float],
    ) -> None:
        self._talks = talks
        self._platforms = platforms
        self._assistant = assistant
        self._humans = humans
        self._shelf = shelf
        self._guard = guard
        self._clock = clock
        self._delivery = Delivery(talks, clock)
        self._events = Events(talks, platforms, assistant, humans, self._delivery, clock)

    async def answer(
        self, account: Account, talk: str, key: str, incoming: Incoming, sent: int
    ) -> None:
        """Answers a message or event, or goes on with its answer.

        Args:
            account: to which it was sent.
            talk: the id of the talk.
            key: of the message.
            incoming: the message.
            sent: how many sends there had been in the talk when it came in.

        Raises:
            Postponed: if the platform does not answer now.
        """
        record = await self._talks.load(talk)
        if await self._events.take_note(account, talk, record, incoming):
            return
        again = record.progress.key == key
        if not again:
            last, record.used = record.used, self._clock()
            record.progress = Progress(key)
            if incoming.kind == "event":
                await self._begin_event(account, talk, record, incoming, sent, last)
            else:
                await self._begin_message(account, talk, record, incoming, sent)
            await self._talks.save(talk, record)
        if record.progress.sendings is None:
            await self._ask(account, talk, record, again)
            await self._talks.save(talk, record)
        try:
            await self._deliver(account, talk, record, incoming)
        except HumanServes:
            await self._humans.take(account, talk, "serving")
            record.away, record.progress.transfer = True, False
        if record.progress.transfer:
            await self._transfer(account, talk, record, incoming)
        await self._talks.save(talk, record)

    async def _begin_event(
        self, account: Account, talk: str, record: Talk, incoming: Incoming, sent: int, last: float
    ) -> None:
        """Opens the window of an event, and decides what it asks."""
        allowance = BY_EVENT[account.kind].get(incoming.event)
        if allowance:
            record.ledger.opened_by_event(
                incoming.created, allowance.sends, allowance.seconds, sent
            )
        progress = record.progress
        if incoming.event == "kf_close_session":  # an official account's human has ended the talk
            await self._humans.leave(talk)
            progress.sendings = []
            if record.away:
                self._compose(account, talk, record, Reply((), tuple(BUTTONS)))
            return
        in_talk = self._clock() - last < IN_TALK_SECONDS
        progress.asked = asked_by_event(incoming, account.menu_keys, in_talk)
        if not progress.asked or await self._humans.phase(talk):
            progress.sendings = []

    async def _begin_message(
        self, account: Account, talk: str, record: Talk, incoming: Incoming, sent: int
    ) -> None:
        """Opens the window of a message, and decides what is asked or said."""
        menu = BY_EVENT[account.kind].get(incoming.kind)
        if menu:  # a click on a menu counts as one on the account's own menu
            record.ledger.opened_by_event(incoming.created, menu.sends, menu.seconds, sent)
        else:
            record.ledger.opened_by_message(incoming.created, sent)
        progress = record.progress
        if await self._is_with_human(account, talk, record, incoming):
            progress.sendings = []
            return
        try:
            self._guard.admit(talk, account.name)
        except BadRequest:
            minute = int(self._clock() // 60)
            progress.sendings = []
            if record.warned != minute:
                record.warned = minute
                self._say(account, talk, record, "too_fast")
            return
        if record.away and is_one_of(incoming.text, WORDS["leave_queue"]):
            record.away = False
            self._say(account, talk, record, "left_queue")
            return
        request = request_of(incoming, record.offers)
        progress.asked = request.ask
        if request.say:
            self._say(account, talk, record, request.say)

    async def _is_with_human(
        self, account: Account, talk: str, record: Talk, incoming: Incoming
    ) -> bool:
        """Tells whether a human has the talk, so that the assistant is silent."""
        if not await self._humans.phase(talk):
            return False
        platform = self._platforms.get(account.name)
        if not isinstance(platform, Kf):
            return True
        return not await self._humans.has_ended(platform, talk, incoming)

    async def _ask(self, account: Account, talk: str, record: Talk, again: bool) -> None:
        """Asks the assistant, and makes its answer ready to be sent."""
        progress = record.progress
        reply = await self._assistant.reply(talk, progress.asked, progress.key, again)
        if not account.humans:
            self._compose(account, talk, record, reply)
            return
        if not reply.handover:
            await self._humans.decide(talk, progress.key, transfer=False)
            self._compose(account, talk, record, with_humans(reply))
            return
        lost = reply.handover["reason"] == "lost"
        words = "handover_lost" if lost else "handover"
        if account.kind == "kf":
            progress.transfer = True
            progress.instead = {"texts": reply.texts, "buttons": reply.buttons}
        else:
            await self._humans.take(account, talk, "wanted")
            if not await self._humans.decide(talk, progress.key, transfer=True):
                words = "handover_next_word"
        note = say("handover_note", note=reply.handover["note"])
        record.away = False
        self._compose(account, talk, record, Reply((say(words), note), is_bureau=True))
        record.away = True

    def _say(self, account: Account, talk: str, record: Talk, name: str) -> None:
        """Answers with a sentence of `words.yml`, without the assistant."""
        self._compose(account, talk, record, Reply((say(name),), tuple(BUTTONS)))

    def _compose(self, account: Account, talk: str, record: Talk, reply: Reply) -> None:
        """Makes an answer ready: what is pending, then the greeting back, then the answer."""
        before, record.pending = record.pending, []
        if record.away:
            record.away = False
            before = [*before, say("handover_again")]
        record.progress.sendings = sendings_for(
            account,
            talk,
            record,
            record.progress.key,
            [*before, *reply.texts],
            reply.buttons,
            reply.is_bureau,
        )

    async def _deliver(self, account: Account, talk: str, record: Talk, incoming: Incoming) -> None:
        sendings = record.progress.sendings or []
        if not account.verified:
            texts = [it.part.text for it in sendings[record.progress.sent :]]
            if texts:
                await self._shelf.add(talk, record.progress.key, texts)
            record.progress.sent = len(sendings)
        elif incoming.event == "enter_session":
            await self._events.welcome(account, record, incoming)
        else:
            platform = self._platforms[account.name]
            await self._delivery.deliver(platform, account, talk, record, incoming)

    async def _transfer(
        self, account: Account, talk: str, record: Talk, incoming: Incoming
    ) -> None:
        """Hands the talk over in KF; if that fails, the answer without a human is given."""
        progress = record.progress
        platform = self._platforms[account.name]
        assert isinstance(platform, Kf)
        if await self._humans.hand_over(platform, account, talk, incoming):
            progress.transfer = False
            return
        instead = progress.instead or {"texts": [], "buttons": []}
        texts = [say("handover_failed"), *instead["texts"]]
        key = f"{progress.key}-instead"
        more = sendings_for(account, talk, record, key, texts, instead["buttons"], handoff=True)
        progress.sendings = [*(progress.sendings or []), *more]
        progress.transfer = record.away = False
        await self._talks.save(talk, record)
        await self._deliver(account, talk, record, incoming)


def with_humans(reply: Reply) -> Reply:
    """Adds to the card of the bureau the way to a human of the account's own."""
    if not reply.is_bureau or PAYLOAD_OF_HUMANS in (it["payload"] for it in reply.buttons):
        return reply
    button = {"title": say("handover_button"), "payload": PAYLOAD_OF_HUMANS}
    return Reply(reply.texts, (*reply.buttons, button), is_bureau=True)
