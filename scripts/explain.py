"""Turns what uv or pip wrote into one line that says what is wrong and how to fix it."""

from __future__ import annotations

import re
from pathlib import Path

from scripts.console import shown

REASONS = (
    (
        r"No space left on device|os error 28\b|disk quota exceeded",
        "The disk is full: free about 3 GB, then repeat",
    ),
    (
        r"Permission denied|os error 13\b|Read-only file system|os error 30\b",
        "No permission to write a file: make this folder and the cache of uv writable for you,"
        " then repeat",
    ),
    (
        r"Hash mismatch|DO NOT MATCH THE HASHES",
        "A downloaded package is not the one that was locked (hash mismatch): repeat, and if it"
        " stays so, use another package mirror",
    ),
    (
        r"dns error|error sending request|failed to lookup|timed out|tcp connect error"
        r"|Connection (refused|reset)|Network is unreachable|NewConnectionError|NameResolution"
        r"|Temporary failure in name|from versions: none|error decoding response body"
        r"|Failed to (download|fetch)",
        "No network, or the package server does not answer: connect, or name a mirror"
        " (UV_DEFAULT_INDEX for uv, PIP_INDEX_URL for pip), then repeat",
    ),
    (
        r"no matching distribution|No solution found|has no wheels|not supported on this platform",
        "A locked package does not exist for this kind of machine, or the mirror lacks it:"
        " use Linux (x86_64, aarch64) or macOS, or another mirror",
    ),
)


def explain(output: str, log: Path, otherwise: str) -> str:
    """The first reason that fits the output, else `otherwise` with the tool's own last error."""
    for pattern, reason in REASONS:
        if re.search(pattern, output, re.IGNORECASE):
            return f"{reason}; details in {shown(log)}."
    errors = re.findall(r"^\s*error:\s*(.+)$", output, re.IGNORECASE | re.MULTILINE)
    said = f" ({errors[-1].strip()[:120]})" if errors else ""
    return f"{otherwise}{said}; details in {shown(log)}."
