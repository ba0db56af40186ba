"""The few values without which nobody would know what else is lost with a damaged database.

They stand in a file of their own beside it, as JSON, which is replaced as a whole. They tell of no
person, and change seldom.
"""

from __future__ import annotations

import json
import logging
import os
from pathlib import Path

from channels.private_files import make_private

logger = logging.getLogger(__name__)


class LastingValues:
    """Texts under names.

    Args:
        path: of the file; it is made when there is something to keep.
    """

    def __init__(self, path: Path) -> None:
        self._path = path

    def all(self) -> dict[str, str]:
        """Returns what is kept; nothing if the file is not there or damaged, which is logged."""
        try:
            kept = json.loads(self._path.read_bytes())
        except FileNotFoundError:
            return {}
        except (OSError, ValueError) as error:
            logger.error("%s cannot be read: %s", self._path.name, type(error).__name__)
            return {}
        kept = kept if isinstance(kept, dict) else {}
        return {name: value for name, value in kept.items() if isinstance(value, str)}

    def put(self, name: str, value: str) -> None:
        """Keeps a value. What cannot be written is logged only: the database has it, too."""
        kept = self.all()
        if kept.get(name) == value:
            return
        new = self._path.with_name(f"{self._path.name}.new")
        try:
            make_private(new)
            with new.open("w", encoding="utf-8") as file:
                json.dump({**kept, name: value}, file)
                file.flush()
                os.fsync(file.fileno())
            new.replace(self._path)
        except OSError as error:
            logger.error("%s cannot be written: %s", self._path.name, error.strerror)
