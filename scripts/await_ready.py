"""Waits until a server of this machine is ready, for the units and containers in `deploy/`.

python -m scripts.await_ready --port 5011           # a worker: until it has answered a message
python -m scripts.await_ready --port 5051 --alone   # an action server
"""

from __future__ import annotations

import argparse
import sys
import time

from scripts.console import Failure, guarded
from scripts.readiness import LOCAL, FirstMessage, address, answers
from scripts.serve import port_number

SECONDS = 240.0  # a large model on a busy machine
PAUSE_SECONDS = 0.5


def await_ready(server: str, is_alone: bool, seconds: float = SECONDS) -> None:
    """Returns when a server says that it is ready and, answers a message unless `is_alone`.

    Raises:
        Failure: if it does not within the time.
    """
    end = time.monotonic() + seconds
    first = FirstMessage(server)
    while not (answers(f"{server}/ready") and (is_alone or first())):
        if time.monotonic() > end:
            raise Failure(f"{server} was not ready within {seconds:.0f} s: its log says why.")
        time.sleep(PAUSE_SECONDS)


def main() -> int:
    """Reads the command line and waits."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--port", required=True)
    parser.add_argument("--alone", action="store_true", help="without a message to it")
    parser.add_argument("--seconds", type=float, default=SECONDS)
    options = parser.parse_args()
    await_ready(address(LOCAL, port_number(options.port)), options.alone, options.seconds)
    return 0


if __name__ == "__main__":
    sys.exit(guarded(main))
