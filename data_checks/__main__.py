"""Checks the training lines: `python -m data_checks`.

Prints one line for each finding and fails if there is one.
"""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path

from data_checks.findings import (
    badly_annotated,
    doubled,
    entity_finder,
    names_outside,
    near_measured,
    too_few,
)
from data_checks.lines import read_lines, read_measured
from scripts.console import ROOT, guarded


def main() -> int:
    """Prints the findings; returns 1 if there is one."""
    lines = list(read_lines(ROOT / "data" / "nlu"))
    questions = read_measured(ROOT / "tests" / "nlu")
    with tempfile.TemporaryDirectory() as folder:
        findings = [
            *doubled(lines),
            *too_few(lines),
            *near_measured(lines, questions),
            *badly_annotated(lines, entity_finder(Path(folder)), names_outside()),
        ]
    for finding in findings:
        print(finding)
    print(f"{len(lines)} training lines, {len(findings)} findings.")
    return 1 if findings else 0


if __name__ == "__main__":
    sys.exit(guarded(main))
