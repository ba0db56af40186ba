"""Puts an answer into the record of its conversation, ready to be sent. No I/O."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from channels.wechat.conversation.conversations import Away, Sending, msgid_of
from channels.wechat.conversation.replies import Reply
from channels.wechat.conversation.turn import Turn
from channels.wechat.messages import PAYLOAD_OF_AGENTS, fixed_buttons, numbers_hint, say
from channels.wechat.protocol import outgoing
from channels.wechat.protocol.outgoing import Rules
from channels.wechat.settings import Account
from serving.message import MAX_BUTTONS

UNCUT = 1_000_000
TEXT_BYTES = 2047  # under the 2048 that are documented for KF and reported for the others


def rules_of(account: Account) -> Rules:
    """Returns what the platform of an account takes; what waits for the next word is cut there."""
    return Rules(menus=account.menus, text_bytes=TEXT_BYTES if account.verified else UNCUT)


def sendings_for(
    turn: Turn,
    key: str,
    texts: Sequence[str],
    buttons: Sequence[dict[str, str]],
    handoff: bool = False,
) -> list[Sending]:
    """Returns the sends of a turn, as few as possible, and takes its buttons into the offers.

    A typed number means one of the buttons from the moment when the send with them goes out.
    """
    turn.record.offers.numbered = []
    ids = turn.record.offers.offer(buttons) if buttons else []
    if buttons and not any(text.strip() for text in texts):
        texts = [say("menu_head")]
    line, hint = say("number_line"), numbers_hint(len(ids))
    parts, numbered = outgoing.compose(texts, ids, rules_of(turn.account), line, hint)
    sendings = [
        Sending(part, msgid_of(turn.conversation_id, key, i), handoff)
        for i, part in enumerate(parts)
    ]
    if numbered:
        sendings[-1].numbers = list(buttons)
        lines = [
            line.format(number=i, title=button["title"]) for i, button in enumerate(buttons, 1)
        ]
        sendings[-1].tail = "\n".join([*lines, hint])
    return sendings


def compose(turn: Turn, reply: Reply) -> None:
    """Makes an answer ready: what is pending first, then the greeting back, then the answer."""
    before, turn.record.pending = turn.record.pending, []
    turn.record.progress.carried = before
    if turn.record.away is not Away.NO:
        back = say("handoff_again" if turn.record.away is Away.SERVED else "handoff_back")
        turn.record.away = Away.NO
        before = [*before, back]
    together = replace(reply, texts=(*before, *reply.texts))
    turn.record.progress.say(made(turn, together))


def made(turn: Turn, reply: Reply) -> list[Sending]:
    """Returns an answer to the message in work as sends."""
    key, texts, buttons = turn.record.progress.key, reply.texts, reply.buttons
    return sendings_for(turn, key, texts, buttons, reply.is_bureau)


def say_fixed(turn: Turn, name: str) -> None:
    """Answers with a sentence of `messages.yml`; what was offered in a list stays in it."""
    buttons = turn.record.offers.numbered or fixed_buttons()
    compose(turn, Reply((say(name),), tuple(buttons)))


def without_agents(reply: Reply) -> Reply:
    """Offers no human where there is none; who asks for one is told so."""
    buttons = tuple(button for button in reply.buttons if button["payload"] != PAYLOAD_OF_AGENTS)
    return replace(reply, buttons=buttons)


def with_agents(reply: Reply) -> Reply:
    """Adds to what shows the bureau the way to a human of the account's own."""
    if not reply.is_bureau or PAYLOAD_OF_AGENTS in (
        other_button["payload"] for other_button in reply.buttons
    ):
        return reply
    button = {"title": say("handoff_button"), "payload": PAYLOAD_OF_AGENTS}
    return replace(reply, buttons=(*reply.buttons[: MAX_BUTTONS - 1], button))
