"""The content in use: read again when a file has changed, the last good version on errors."""

from __future__ import annotations

import logging
from pathlib import Path

from content_loader.load import FOLDER, ContentError, load
from content_loader.shapes import Content

logger = logging.getLogger(__name__)
Signature = tuple[tuple[str, int, int], ...]


class LiveContent:
    """Hands out the newest good content of a folder.

    A change is seen at the next call; a broken edit is logged once with file and line,
    and the content that was last good stays in use.

    Raises:
        ContentError: on creation, if there is no good version to begin with.
    """

    def __init__(self, folder: Path = FOLDER) -> None:
        self._folder = folder
        self._signature = self._sign()
        self._content = load(folder)

    def current(self) -> Content:
        """Returns the newest good content."""
        signature = self._sign()
        if signature != self._signature:
            self._signature = signature
            try:
                self._content = load(self._folder)
                logger.info("content/ has changed and is in use")
            except ContentError as error:
                logger.error("content/ was not taken over, the last good one stays: %s", error)
        return self._content

    def _sign(self) -> Signature:
        files = []
        for path in sorted(self._folder.iterdir()):
            try:
                stat = path.stat()
            except FileNotFoundError:  # an editor is replacing it right now
                continue
            files.append((path.name, stat.st_mtime_ns, stat.st_size))
        return tuple(files)
