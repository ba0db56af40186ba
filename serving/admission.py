"""What a server takes in: how large, how slow, from whom."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

from serving.framing import Head

CEILING_BYTES = 16 * 1024 * 1024  # as large as `max_bytes` of a channel may be
HEAD_SECONDS = 10.0  # from the first byte of a head to its last, and from connecting to a byte
BODY_SECONDS = 30.0  # from the last byte of a head to the last of its body

Check = Callable[[Head, str], None]


@dataclass
class Admission:
    """What a server takes in.

    Attributes:
        ceiling_bytes: of any body.
        head_seconds: how long a head may take, and a new connection until it sends something.
        body_seconds: how long a body may take.
        checks: each is given the head and the peer's address (empty for a socket file) before
            the body is read, and raises a `Refusal` for what is not admitted.
        channels: how many bytes a body may have below a path, by that path.
        larger_bodies: the same of single addresses in them which take more, such as for pictures.
    """

    ceiling_bytes: int = CEILING_BYTES
    head_seconds: float = HEAD_SECONDS
    body_seconds: float = BODY_SECONDS
    checks: list[Check] = field(default_factory=list)
    channels: dict[str, int] = field(default_factory=dict)
    larger_bodies: dict[str, int] = field(default_factory=dict)

    def owns(self, path: str) -> bool:
        """Tells whether a path is one of our channels'."""
        return any(path == channel or path.startswith(f"{channel}/") for channel in self.channels)

    def max_body_bytes(self, path: str) -> int:
        """Returns how many bytes a body sent to a path may have."""
        if path in self.larger_bodies:
            return self.larger_bodies[path]
        for prefix, limit in self.channels.items():
            if path == prefix or path.startswith(f"{prefix}/"):
                return limit
        return self.ceiling_bytes
