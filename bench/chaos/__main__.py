"""Lets everything go wrong that can, amid conversations: `make chaos`.

    python -m bench.chaos [--against embedded|cluster|both] [--people 50] [--seconds 60]
                          [--minutes 20] [--only WORD]

People write over the website and WeChat (its strict imitation). What is tried is `make run` in a
copy of the project, and `make cluster`. As root, it runs in a network of its own, and on a small
disk of its own, so that the one can be cut and the other filled; what is not possible on a machine
is left out and said.
"""

from __future__ import annotations

import argparse
import asyncio
import os
import subprocess
import sys

from bench.chaos.attempts import PRIVATE, TARGETS, Plan, attempt
from scripts.cluster.backends import missing
from scripts.console import Failure, guarded
from scripts.train import ensure_model


def enter_network() -> None:
    """Goes on in a network of one's own, if that is permitted; else returns."""
    if PRIVATE in os.environ or os.getuid():
        return
    tried = subprocess.run(["unshare", "--net", "true"], capture_output=True, check=False)
    if tried.returncode:
        return
    start = 'ip link set lo up && exec "$@"'
    command = ["unshare", "--net", "sh", "-c", start, "sh", sys.executable, "-W", "ignore", "-m"]
    os.environ[PRIVATE] = "1"
    os.execvp("unshare", [*command, "bench.chaos", *sys.argv[1:]])


def attempt_and_tell(kind: str, plan: Plan) -> int:
    """Tries one of the two; returns how much of what must not be was found."""
    trial = asyncio.run(attempt(kind, plan))
    problems = trial.problems()
    print(f"\n{trial.summary()}\n", flush=True)
    for problem in problems or ["Nothing is lost."]:
        print(f"- {problem}", flush=True)
    return len(problems)


def main() -> int:
    """Reads the command line and tries."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--against", choices=(*TARGETS, "both"), default="both")
    parser.add_argument("--people", type=int, default=Plan.people)
    parser.add_argument("--pause", type=float, default=Plan.pause, help="of each, in seconds")
    parser.add_argument("--seconds", type=float, default=Plan.seconds, help="that faults last")
    parser.add_argument("--minutes", type=float, default=0.0, help="at least, of each of the two")
    parser.add_argument("--only", action="append", default=[], help="faults with this in the name")
    options = parser.parse_args()
    enter_network()
    kinds = list(TARGETS) if options.against == "both" else [options.against]
    lack = missing()
    if lack and "cluster" in kinds:
        raise Failure(lack)
    ensure_model()
    plan = Plan(
        people=options.people,
        pause=options.pause,
        seconds=options.seconds,
        minutes=options.minutes,
        only=tuple(options.only),
    )
    return 1 if sum(attempt_and_tell(kind, plan) for kind in kinds) else 0


if __name__ == "__main__":
    sys.exit(guarded(main))
