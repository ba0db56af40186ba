"""What was read on a picture, as the channels hand it over in the metadata of a message."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum
from typing import Any

METADATA = "picture"  # the key in the metadata
# Of how a text was understood, what a later turn needs to answer it.
UNDERSTOOD = ("text", "intent", "entities", "acts")
MAX_RANKED = 3


class PictureKind(Enum):
    """What a picture shows; the names are those of the channels."""

    ERROR = "error"
    PAGE = "page"
    MESSAGE = "message"
    OTHER = "other"
    EMPTY = "empty"
    UNREAD = "unread"


@dataclass(frozen=True)
class SeenPicture:
    """What was read on a picture.

    Attributes:
        kind: what it shows.
        sentence: what matters on it; secrets are placeholders.
        page: of a page, its name in the procedure.
        means: of an error, the trouble or the screen that it surely means, as in
            `content/picture.yml`; "" if that is not sure.
        reason: why it was not read.
        hidden: whether something secret was on it.
        understood: how the sentence was understood, as if it had been typed.
    """

    kind: PictureKind
    sentence: str
    page: str
    means: str
    reason: str
    hidden: bool
    understood: dict[str, Any]

    @classmethod
    def from_message(cls, message: Mapping[str, Any]) -> SeenPicture | None:
        """Returns what was read on the picture of a message, None if it has no picture."""
        seen = (message.get("metadata") or {}).get(METADATA)
        if not isinstance(seen, Mapping):
            return None
        known = {known_kind.value for known_kind in PictureKind}
        kind = PictureKind(seen.get("kind") if seen.get("kind") in known else "unread")
        understood = {key: message.get(key) for key in UNDERSTOOD}
        understood["intent_ranking"] = list(message.get("intent_ranking") or [])[:MAX_RANKED]
        return cls(
            kind,
            str(seen.get("sentence") or ""),
            str(seen.get("page") or ""),
            str(seen.get("means") or ""),
            str(seen.get("reason") or ""),
            bool(seen.get("hidden")),
            understood,
        )
