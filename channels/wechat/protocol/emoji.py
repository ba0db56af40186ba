"""Which texts are nothing but emoji. No I/O.

The list of WeChat's own faces in `emoji.yml`, beside this file, is read once, at the import.
"""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import Any

import regex  # type: ignore[import-untyped]
from ruamel.yaml import YAML

_NAMES: dict[str, Any] = YAML(typ="safe").load(
    (Path(__file__).parent / "emoji.yml").read_text(encoding="utf-8")
)


def _any_of(names: Iterable[str]) -> str:
    """Returns a pattern for any of the names, the longer ones first."""
    return "|".join(regex.escape(name) for name in sorted(names, key=len, reverse=True))


_FACE = rf"\[(?:{_any_of(_NAMES['faces'])})\]"
_OLD_FACE = _any_of(_NAMES["old_faces"].split())
# Pictures, what joins and colours them, flags, and keycaps such as "1\ufe0f\u20e3". Old faces of
# telephones stand where Unicode leaves room for one's own.
_PICTURES = (
    r"[\p{Extended_Pictographic}\p{Emoji_Modifier}\p{Regional_Indicator}\ue001-\ue5ff"
    r"\u200d\ufe0e\ufe0f\U000e0020-\U000e007f]"
)
_KEYCAP = r"[0-9#*]\ufe0f?\u20e3"
_EMOJI = regex.compile(rf"(?:{_FACE}|{_OLD_FACE}|{_KEYCAP}|{_PICTURES}|\s)+")


def is_emoji(text: str) -> bool:
    """Tells whether a text has emoji, of WeChat or of Unicode, and nothing else."""
    return bool(text.strip()) and _EMOJI.fullmatch(text) is not None
