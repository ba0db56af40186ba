"""Makes and models of phones in a text: they carry no meaning and are taken out of it.

People put their phone before their trouble (vivo X100 忘记密码了); training lines cannot name every
model there is. At the beginning of a text or a clause a name is left out, or becomes 手机 where it
ends in that word; elsewhere (换成华为了) it becomes 手机 too. Before an account or a password a
make is the name of another system (小米账号) and stays.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from ruamel.yaml import YAML

from nlu.normalization import Normalized

_MODEL = r"(?:\s?[a-z]{0,5}\d{1,3}(?!\d)(?:[a-z](?![a-z]))?)?"


def read_devices(path: Path) -> dict[str, Any]:
    """Reads `nlu/devices.yml`.

    Raises:
        OSError: if the file cannot be read.
    """
    devices: dict[str, Any] = YAML(typ="safe").load(path.read_text(encoding="utf-8"))
    return devices


class DeviceNames:
    """Takes the names of phones out of normalised texts."""

    def __init__(self, devices: Mapping[str, Any]) -> None:
        """Takes the content of `nlu/devices.yml`; of nothing, texts stay as they are."""
        self._phone: str = devices.get("phone", "")
        self._clause_ends: str = devices.get("clause_ends", "")
        makes, editions, links, others = (
            "|".join(sorted(map(re.escape, devices.get(name, ())), key=len, reverse=True))
            for name in ("makes", "editions", "links", "other_meanings")
        )
        name = rf"(?:{makes}){_MODEL}(?:\s?(?:{editions}))*(?:\s?(?:{links})?{self._phone})?"
        self._names = re.compile(rf"{name}(?!.{{0,2}}(?:{others}))") if makes else None
        self._links = re.compile(rf"(?:{links})?[\s{re.escape(self._clause_ends)}]*")

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
            opening = not text[:begin].strip() or text[:begin].rstrip()[-1] in self._clause_ends
            if opening and not found[0].endswith(self._phone):
                links = self._links.match(text, end)
                end = links.end() if links else end
            else:
                length = len(self._phone)
                parts.append(
                    Normalized(self._phone, (starts[begin],) * length, (ends[end - 1],) * length)
                )
            done = end
        if not parts:
            return written
        parts.append(Normalized(text[done:], starts[done:], ends[done:]))
        left = Normalized(
            "".join(part.text for part in parts),
            tuple(at for part in parts for at in part.starts),
            tuple(at for part in parts for at in part.ends),
        )
        return left if left.text.strip() else written
