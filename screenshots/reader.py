"""Hands pictures to the process that reads them, in turn, and starts it anew when it ends."""

from __future__ import annotations

from screenshots.reading import Reading


class Reader:
    """Reads pictures in a process of its own; one for all channels of the server's process."""

    async def read(self, picture: bytes) -> Reading:
        """Returns the lines on a picture; it waits for those that came before.

        Raises:
            NotRead: if it cannot be read; the reason says why.
        """
        raise NotImplementedError

    async def close(self) -> None:
        """Ends the process."""
