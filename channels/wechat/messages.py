"""The sentences of `messages.yml`, beside this file, that people see in WeChat.

A tenant may say some of them otherwise: they stand in its `wechat.yml`. Whose words are said is set
where a message is taken in or worked on, and holds for all that is done for it. Files are read
again when they change (`channels/live_messages.py`).
"""

from __future__ import annotations

import contextlib
import logging
import re
from collections.abc import Iterator, Mapping, Sequence
from contextvars import ContextVar
from functools import lru_cache
from pathlib import Path
from typing import Any

from channels.live_messages import WECHAT, BadMessages, LiveMessages, check, parse
from channels.message_shapes import WeChatMessages
from channels.messages import unavailable
from serving.tenants import DEFAULT, folder_of_all

logger = logging.getLogger(__name__)

MESSAGES = WECHAT  # as the default says them
PAYLOAD_OF_AGENTS = "/human_agent"
FILE = "wechat.yml"
_OF_ALL = ("quotes", "placeholders")  # what is sent, not what is said: the same for every tenant
_ENDING = re.compile(r"[\s.!~\u3002\uff01\uff5e]+\Z")
_problems: dict[str, str] = {}  # by tenant, so that each stands in the log once
_speaker: ContextVar[str] = ContextVar("speaker", default=DEFAULT)


def fixed_buttons() -> list[dict[str, str]]:
    """Returns the buttons under all these sentences."""
    return list(unavailable()["buttons"])


def messages_of(tenant: str) -> Mapping[str, Any]:
    """Returns all sentences as a tenant says them now.

    Raises:
        BadMessages: if its file has a sentence that there is not, or one that cannot be filled in,
            and had none of this kind before.
    """
    if tenant == DEFAULT or not (folder_of_all() / tenant / FILE).is_file():
        return MESSAGES
    return {**MESSAGES, **_own(folder_of_all() / tenant / FILE).current()}


def read_own(text: str, where: str, common: Mapping[str, Any] = MESSAGES) -> dict[str, Any]:
    """Returns the sentences that a tenant says otherwise.

    Args:
        text: of its file.
        where: how that is called in a refusal.
        common: the sentences that it says otherwise.

    Raises:
        BadMessages: if there are no such sentences, or they cannot be used.
    """
    given = parse(text, where)
    for name in _OF_ALL:
        if name in given:
            raise BadMessages(f"{where}:1: {name}: is the same for every tenant")
    check({**common, **given}, given, WeChatMessages, where, text)
    return given


@lru_cache(maxsize=256)
def _own(path: Path) -> LiveMessages:
    where = f"{path.parent.parent.name}/{path.parent.name}/{path.name}"
    return LiveMessages(path, lambda text: read_own(text, where))


@contextlib.contextmanager
def speaking_for(tenant: str) -> Iterator[None]:
    """Has all that is said within, also in tasks that begin there, be said as a tenant says it."""
    token = _speaker.set(tenant)
    try:
        yield
    finally:
        _speaker.reset(token)


def say(name: str, **values: object) -> str:
    """Returns the sentence `name` with its values filled in."""
    text: str = unavailable()["text"] if name == "unavailable" else _current()[name]
    return text.format(**values) if values else text


def words(name: str) -> Sequence[str]:
    """Returns the words that stand under `name`."""
    found: Sequence[str] = _current()[name]
    return found


def _current() -> Mapping[str, Any]:
    """Returns the sentences of whose words are said; those of all where its file never was good."""
    tenant = _speaker.get()
    try:
        return messages_of(tenant)
    except BadMessages as error:
        if _problems.get(tenant) != str(error):
            logger.error("The tenant %s has no sentences that can be used: %s", tenant, error)
            _problems[tenant] = str(error)
        return MESSAGES


def numbers_hint(count: int, messages: Mapping[str, Any] | None = None) -> str:
    """Returns the line that says which numbers may be typed, by other sentences if they are given.

    Args:
        count: the highest of the numbers.
        messages: with `number_separator` and `number_hint`.
    """
    given = _current() if messages is None else messages
    numbers = given["number_separator"].join(str(number) for number in range(1, count + 1))
    hint: str = given["number_hint"]
    return hint.format(numbers=numbers)


def is_one_of(text: str, names: Sequence[str]) -> bool:
    """Tells whether a text is one of the words, whatever its case and the signs at its end."""
    plain = text.strip().casefold()
    stripped = _ENDING.sub("", plain)
    return bool(plain) and (plain in names or stripped in names)
