"""The content in use: read again when a file has changed, the last good version on errors."""

from __future__ import annotations

import logging
from pathlib import Path

from content_loader.load import FOLDER, ContentError, load
from content_loader.shapes import Content

logger = logging.getLogger(__name__)
Signature = tuple[tuple[str, int, int], ...]
MAX_DRAFTS = 8  # that are in memory; each is tried by one editor


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
        self._drafted: dict[tuple[str, Signature], Content] = {}

    def current(self, draft: str = "") -> Content:
        """Returns the newest good content.

        Args:
            draft: what somebody tries in a conversation of his own (`drafts.py`); with one that
                cannot be used, the content as it is.
        """
        return self._with(draft) if draft else self._newest()

    def _with(self, draft: str) -> Content:
        key = draft, self._sign()
        if key not in self._drafted:
            try:
                content = load(self._folder, draft)
            except ContentError:  # what it says may quote the draft
                logger.warning("a draft does not go with content/ as it is, and is not used")
                content = self._newest()
            self._drafted[key] = content
            for oldest in [*self._drafted][:-MAX_DRAFTS]:
                del self._drafted[oldest]
        return self._drafted[key]

    def _newest(self) -> Content:
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
