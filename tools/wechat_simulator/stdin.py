"""Lines from a terminal or a pipe, without ever waiting so long that Ctrl-C goes unheard."""

from __future__ import annotations

import os
import select


class Lines:
    """The lines of an open file.

    Args:
        source: The file's descriptor.
    """

    def __init__(self, source: int) -> None:
        self._source = source
        self._rest = b""
        self._ended = False

    @property
    def typed(self) -> bool:
        """Whether somebody types them."""
        return os.isatty(self._source)

    def next(self, seconds: float) -> str | None:
        """Returns the next line, or None if there is none within so many seconds.

        Raises:
            EOFError: There are no more.
        """
        while b"\n" not in self._rest and not self._ended:
            if not select.select([self._source], [], [], seconds)[0]:
                return None
            read = os.read(self._source, 65_536)
            self._rest += read
            self._ended = not read
        if not self._rest:
            raise EOFError
        line, _, self._rest = self._rest.partition(b"\n")
        return line.decode("utf-8", "replace").strip()
