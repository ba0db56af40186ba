"""Makes and models of phones in a text: they carry no meaning and are taken out of it.

People put their phone before their trouble (vivo X100 忘记密码了); training lines cannot name every
model there is. At the beginning of a text or a clause a name is left out, or becomes 手机 where it
ends in that word; elsewhere (换成华为了) it becomes 手机 too. Before an account or a password a
make is the name of another system (小米账号) and stays.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from pathlib import Path

from nlu.normalization import Normalized

_PHONE = "手机"
_MODEL = r"(?:\s?[a-z]{0,5}\d{1,3}(?!\d)(?:[a-z](?![a-z]))?)?"
_EDITION = r"(?:\s?(?:pro|plus|max|ultra|note|mini|lite|se|青春版))*"
# Of these a maker's account, shop or price is meant, and not the phone in somebody's hand.
_OTHER_MEANINGS = (
    *("账号", "帐号", "账户", "帐户", "id", "商城", "钱包", "云", "密码"),
    *("客服", "售后", "官网", "多少", "和", "便宜", "怎么卖", "好吃"),
)
_CLAUSE_ENDS = "，,。.！!？?;；:："
# What may link an opening name with what is told about it.
_LINKS = re.compile(r"(?:的|上|里)?[\s，,、。]*")


def read_devices(path: Path) -> list[str]:
    """Reads `nlu/devices.txt`: a name a line, in small letters; `#` lines are skipped.

    Raises:
        OSError: if the file cannot be read.
    """
    lines = path.read_text(encoding="utf-8").splitlines()
    return [line.strip() for line in lines if line.strip() and not line.startswith("#")]


class DeviceNames:
    """Takes the names of phones out of normalised texts."""

    def __init__(self, makes: Iterable[str]) -> None:
        """Takes the makes, in small letters; without one, texts stay as they are."""
        names = "|".join(sorted(map(re.escape, makes), key=len, reverse=True))
        others = "|".join(_OTHER_MEANINGS)
        phone = rf"(?:{names}){_MODEL}{_EDITION}(?:\s?的?{_PHONE})?(?!.{{0,2}}(?:{others}))"
        self._names = re.compile(phone) if names else None

    def without(self, written: Normalized) -> Normalized:
        """Returns the text without the names; a text that is nothing else stays as it is."""
        text, starts, ends = written
        parts: list[Normalized] = []
        done = 0
        for found in self._names.finditer(text) if self._names else ():
            begin, end = found.span()
            if begin < done:
                continue
            before = text[done:begin]
            parts.append(Normalized(before, starts[done:begin], ends[done:begin]))
            opening = not text[:begin].strip() or text[:begin].rstrip()[-1] in _CLAUSE_ENDS
            if opening and not found[0].endswith(_PHONE):
                links = _LINKS.match(text, end)
                end = links.end() if links else end
            else:
                length = len(_PHONE)
                parts.append(
                    Normalized(_PHONE, (starts[begin],) * length, (ends[end - 1],) * length)
                )
            done = end
        if not parts:
            return written
        parts.append(Normalized(text[done:], starts[done:], ends[done:]))
        left = Normalized(
            "".join(it.text for it in parts),
            tuple(at for it in parts for at in it.starts),
            tuple(at for it in parts for at in it.ends),
        )
        return left if left.text.strip() else written
