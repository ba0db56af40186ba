"""Checks every file of `content/`: `python -m content_loader`.

Prints what is wrong as `content/<file>:<line>: <field>: <what>` and exits with 1.
"""

from __future__ import annotations

import sys

from content_loader.load import ContentError, load


def main() -> int:
    """Checks `content/` and reports; returns the process's exit code."""
    try:
        content = load()
    except ContentError as error:
        sys.stderr.write(f"{error}\n")
        return 1
    sys.stdout.write(
        f"content/ is fine: {len(content.ways)} ways, {len(content.troubles)} troubles\n"
    )
    return 0


if __name__ == "__main__":
    sys.exit(main())
