"""Texts that stand for what WeChat cannot show, such as "[Unsupported Message]". No I/O.

The wordings differ by client, platform and year. So `messages.yml` has stems of them, and a text is
compared without brackets, punctuation, blanks and the difference of traditional characters.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from typing import Any

from channels.wechat.messages import MESSAGES
from channels.wechat.protocol.emoji import is_emoji

_STEMS: dict[str, Any] = MESSAGES["placeholders"]
_SIMPLIFIED = str.maketrans(_STEMS["traditional"], _STEMS["simplified"])
_BRACKETED = re.compile(
    r"[\[\u3010\uff3b(\uff08<\u3014\u3016{]([^\[\]\u3010\u3011\uff3b\uff3d\n]{1,80})"
    r"[\]\u3011\uff3d)\uff09>\u3015\u3017}]"
)
_MAX_CHARACTERS = 80  # of a placeholder
# So much of what stands in brackets has to be known stems: a notice that a person copies, such as
# "this kind of certificate is not supported", has other words in it.
_MIN_KNOWN = 0.8


def _normal(text: str) -> str:
    """Returns a text in one form: small simplified letters and digits, and nothing else."""
    plain = unicodedata.normalize("NFKC", text).casefold().translate(_SIMPLIFIED)
    return "".join(filter(str.isalnum, plain))


def _any_of(stems: Iterable[str]) -> re.Pattern[str]:
    forms = sorted(map(_normal, stems), key=len, reverse=True)
    return re.compile("|".join(map(re.escape, forms)))


_MEDIA = {_normal(name): kind for kind, names in _STEMS["media"].items() for name in names}
_UNSUPPORTED = _any_of(_STEMS["unsupported"])
_HIDDEN = _any_of([*_STEMS["unsupported"], *_STEMS["hidden"]])
_THINGS = _any_of([*_STEMS["things"], *_MEDIA])
_ENDINGS = tuple(map(_normal, _STEMS["endings"]))
_KNOWN = _any_of(
    [stem for name in ("unsupported", "hidden", "things", "others") for stem in _STEMS[name]]
    + list(_MEDIA)
)


def placeholder_in(text: str) -> tuple[str, str]:
    """Returns what a text stands for, and what the person says beside it.

    Returns:
        "unknown", or what the platform names: the kind of a message such as "image"; "" if the
        text is no placeholder. And the text without placeholders.
    """
    stripped = text.strip()
    if len(stripped) <= _MAX_CHARACTERS and _is_unsupported(_normal(stripped), _UNSUPPORTED, 1.0):
        return "unknown", ""
    rest = _BRACKETED.sub(lambda match: "" if _is_unsupported_part(match[1]) else match[0], text)
    named = [_media(match[1]) for match in _BRACKETED.finditer(rest)]
    without = _BRACKETED.sub(lambda match: "" if _media(match[1]) else match[0], rest)
    if any(named) and (not without.strip() or is_emoji(without)):
        return next(filter(None, named)), ""
    if rest == text:
        return "", text
    return "" if rest.strip() else "unknown", rest.strip()


def _is_unsupported_part(inside: str) -> bool:
    return _is_unsupported(_normal(inside), _HIDDEN, _MIN_KNOWN)


def _is_unsupported(form: str, refusals: re.Pattern[str], min_known: float) -> bool:
    if not form or not refusals.search(form) or not _THINGS.search(form):
        return False
    return sum(len(match) for match in _KNOWN.findall(form)) >= min_known * len(form)


def _media(inside: str) -> str:
    """Returns the kind that a name in brackets means; "" if it is none."""
    form = _normal(inside)
    for ending in ("", *_ENDINGS):
        if ending and not form.endswith(ending):
            continue
        kind = _MEDIA.get(form.removesuffix(ending))
        if kind:
            return str(kind)
    return ""
