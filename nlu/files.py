"""The files that a component is trained from, as one value that changes when they do."""

from __future__ import annotations

import hashlib
from pathlib import Path


def digest(*paths: Path) -> str:
    """Returns a digest of the files' contents; a file that is not there counts as empty."""
    value = hashlib.sha256()
    for path in paths:
        value.update(path.read_bytes() if path.is_file() else b"")
        value.update(b"\0")
    return value.hexdigest()
