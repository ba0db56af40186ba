"""The content in use: read again when a file has changed, the last good version on errors."""

from __future__ import annotations

import logging
from dataclasses import replace
from pathlib import Path

from content_loader.load import FOLDER, ContentError, load
from content_loader.shapes import Content
from serving import tenants

logger = logging.getLogger(__name__)
Signature = tuple[tuple[str, int, int], ...]


class LiveContent:
    """Hands out the newest good content of a folder, and of what is laid over it.

    A change is seen at the next call; a broken edit is logged once with file and line,
    and the content that was last good stays in use.

    Raises:
        ContentError: on creation, if there is no good version to begin with.
    """

    def __init__(self, folder: Path = FOLDER, *over: Path, inherits_local: bool = True) -> None:
        """Reads the files; see `load` for what may be laid over a folder."""
        self._folders = (folder, *over)
        self._inherits_local = inherits_local
        self._signature = self._sign()
        self._content = self._load()

    def current(self) -> Content:
        """Returns the newest good content."""
        signature = self._sign()
        if signature != self._signature:
            self._signature = signature
            try:
                self._content = self._load()
                logger.info("content/ has changed and is in use")
            except ContentError as error:
                logger.error("content/ was not taken over, the last good one stays: %s", error)
        return self._content

    def _load(self) -> Content:
        return load(*self._folders, inherits_local=self._inherits_local)

    def _sign(self) -> Signature:
        files = []
        for folder in self._folders:
            for path in sorted(folder.iterdir()) if folder.is_dir() else ():
                try:
                    stat = path.stat()
                except FileNotFoundError:  # an editor is replacing it right now
                    continue
                files.append((str(path), stat.st_mtime_ns, stat.st_size))
        return tuple(files)


class LiveContents:
    """The newest good content of the default and of each tenant.

    Raises:
        ContentError: on creation, if the default has no good version to begin with.
    """

    def __init__(self, folder: Path = FOLDER, of_tenants: Path | None = None) -> None:
        """Reads what is there, so that nobody has to wait for it later.

        Args:
            folder: the content of the default, over which those of the tenants are laid.
            of_tenants: with the folders of the tenants; the usual, if it is None.
        """
        self._folder = folder
        self._of_tenants = of_tenants or tenants.folder_of_all()
        self._default = LiveContent(folder)
        self._others: dict[str, LiveContent] = {}
        self._problems: dict[str, str] = {}
        for tenant in tenants.names(self._of_tenants):
            self.current(tenant)

    def current(self, tenant: str = tenants.DEFAULT) -> Content:
        """Returns the newest good content of a tenant.

        One without any yet says what the default says, but for the default's own questions and
        facts of bureaus; why stands in the log once.
        """
        if tenant == tenants.DEFAULT:
            return self._default.current()
        if tenant not in self._others:
            over = tenants.content_of(tenant, self._of_tenants)
            try:
                self._others[tenant] = LiveContent(self._folder, over, inherits_local=False)
            except ContentError as error:
                if self._problems.get(tenant) != str(error):
                    logger.error("The tenant %s has no content that can be used: %s", tenant, error)
                    self._problems[tenant] = str(error)
                return replace(self._default.current(), local_questions={}, local_facts={})
        return self._others[tenant].current()
