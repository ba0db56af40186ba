"""The sentences of `messages.yml`, beside this file, that people see in WeChat.

A tenant may say some of them otherwise: they stand in its `wechat.yml`. Whose words are said is set
where a message is taken in or worked on, and holds for all that is done for it.
"""

from __future__ import annotations

import contextlib
import re
from collections.abc import Iterator, Mapping, Sequence
from contextvars import ContextVar
from functools import lru_cache
from pathlib import Path
from typing import Any

from ruamel.yaml import YAML
from ruamel.yaml.error import YAMLError

from channels.messages import UNAVAILABLE
from serving.tenants import DEFAULT, folder_of_all

MESSAGES: dict[str, Any] = YAML(typ="safe").load(
    (Path(__file__).parent / "messages.yml").read_text(encoding="utf-8")
) | {"unavailable": UNAVAILABLE["text"]}
BUTTONS: list[dict[str, str]] = UNAVAILABLE["buttons"]  # under all these sentences
PAYLOAD_OF_AGENTS = "/human_agent"
_ENDING = re.compile(r"[\s.!~\u3002\uff01\uff5e]+\Z")


FILE = "wechat.yml"
_OF_ALL = ("quotes", "placeholders")  # what is sent, not what is said: the same for every tenant
_PLACEHOLDER = re.compile(r"\{(\w*)\}")
_speaker: ContextVar[str] = ContextVar("speaker", default=DEFAULT)


class BadMessages(ValueError):
    """A tenant's sentences that cannot be used; the message says what is wrong."""


@lru_cache(maxsize=256)
def messages_of(tenant: str) -> Mapping[str, Any]:
    """Returns all sentences as a tenant says them; read once, as the others are.

    Raises:
        BadMessages: if its file has a sentence that there is not, or one that cannot be filled in.
    """
    path = folder_of_all() / tenant / FILE
    if tenant == DEFAULT or not path.is_file():
        return MESSAGES
    where = f"{path.parent.parent.name}/{tenant}/{FILE}"
    try:
        given = YAML(typ="safe").load(path.read_text(encoding="utf-8"))
    except (YAMLError, UnicodeDecodeError, OSError) as error:
        raise BadMessages(f"{where} cannot be read: {' '.join(str(error).split())}") from error
    if not isinstance(given, dict):
        raise BadMessages(f"{where} is no list of `name: text`")
    for name, said in given.items():
        if name not in MESSAGES or name in _OF_ALL or name == "unavailable":
            raise BadMessages(f"{where}: there is no sentence {name}")
        _check(f"{where}: {name}", said, MESSAGES[name])
    return {**MESSAGES, **given}


def _check(where: str, said: Any, common: Any) -> None:
    """Refuses what is of another kind than the common sentence, or has other words to fill in."""
    if isinstance(common, list):
        if not isinstance(said, list) or not said or not all(isinstance(w, str) for w in said):
            raise BadMessages(f"{where} is no list of words")
        return
    if not isinstance(said, str) or not said.strip():
        raise BadMessages(f"{where} is no text")
    if set(_PLACEHOLDER.findall(said)) - set(_PLACEHOLDER.findall(common)):
        raise BadMessages(f"{where} has a word in braces that is not in the common sentence")
    if "{" in _PLACEHOLDER.sub("", said) or "}" in _PLACEHOLDER.sub("", said):
        raise BadMessages(f"{where} has a single brace")


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
    text: str = messages_of(_speaker.get())[name]
    return text.format(**values) if values else text


def words(name: str) -> Sequence[str]:
    """Returns the words that stand under `name`."""
    found: Sequence[str] = messages_of(_speaker.get())[name]
    return found


def numbers_hint(count: int) -> str:
    """Returns the line that says which numbers may be typed."""
    numbers = say("number_separator").join(str(number) for number in range(1, count + 1))
    return say("number_hint", numbers=numbers)


def is_one_of(text: str, names: Sequence[str]) -> bool:
    """Tells whether a text is one of the words, whatever its case and the signs at its end."""
    plain = text.strip().casefold()
    stripped = _ENDING.sub("", plain)
    return bool(plain) and (plain in names or stripped in names)
