"""Serves with several workers and action servers behind nginx, on this machine's own servers.

    python -m scripts.cluster [--workers 3] [--actions 2] [--port 8443] [--folder .cluster]

The same parts and settings as in service (`deploy/`), to try them and for the tests.
"""

from __future__ import annotations

import argparse
import contextlib
import os
import sys
from pathlib import Path

from scripts.cluster.backends import missing
from scripts.cluster.settings import Files, Ports
from scripts.cluster.topology import Cluster, offer_model
from scripts.console import ROOT, Failure, Interrupted, exclusive, guarded, shown
from scripts.processes import StopRequest
from scripts.readiness import free_port, is_free
from scripts.serve import port_number
from scripts.train import ensure_model
from scripts.widget import ensure_widget

PORT = 8443
WORKERS = 3
ACTIONS = 2
MAX_EACH = 32
FOLDER = ROOT / ".cluster"
RUNS_ALREADY = "`make cluster` serves from this folder already: end that one first."


def run(files: Files, port: int, workers: int, actions: int, is_limited: bool) -> int:
    """Serves until Ctrl-C; ends everything it started.

    Raises:
        Failure: if something is missing, taken or broken, or if this folder is served already.
    """
    lack = missing()
    if lack:
        raise Failure(lack)
    name = "cluster" if files.folder == FOLDER else f"cluster-{port}"
    with exclusive(name, RUNS_ALREADY):
        if not is_free(port):
            raise Failure(
                f"Port {port} is taken or not allowed: end the program that uses it, or choose"
                f" another with `make cluster CLUSTER_PORT={free_port()}`."
            )
        model = ensure_model()
        ensure_widget()
        ports = Ports.choose(port, workers, actions)
        files.write(ports, is_limited)
        offer_model(files, model)
        cluster = Cluster(files, ports, name)
        with StopRequest() as request:
            try:
                cluster.start(request)
                tell_where(cluster)
                cluster.keep_running(request)
            except Interrupted:
                with contextlib.suppress(OSError):  # the terminal may be gone
                    print("\nStopping ...", flush=True)
            finally:
                cluster.stop()
    return 0


def tell_where(cluster: Cluster) -> None:
    """Where the demo page is, and what runs behind it."""
    names = ", ".join(program.name for program in cluster.programs)
    print(
        f"\nReady at {cluster.url}: {names}. The demo page, whose certificate nobody vouches for:\n"
        f"\n    {cluster.url}/webhooks/website/demo\n\n"
        f"What runs is in {shown(cluster.files.state)}, the settings beside it. A part that is"
        " killed is started again. Ctrl-C ends everything.",
        flush=True,
    )


def count(text: str) -> int:
    """How many of something, from the command line."""
    if not text.isdecimal() or not 0 < int(text) <= MAX_EACH:
        raise Failure(
            f"'{text}' is no number of workers or action servers: choose 1 to {MAX_EACH}."
        )
    return int(text)


def main() -> int:
    """Reads the command line and starts."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--port", default=str(PORT))
    parser.add_argument("--workers", default=str(WORKERS))
    parser.add_argument("--actions", default=str(ACTIONS))
    parser.add_argument("--folder", default=str(FOLDER))
    parser.add_argument("--without-limits", action="store_true", help="of nginx, to measure")
    options = parser.parse_args()
    os.chdir(ROOT)
    files = Files(Path(options.folder).resolve())
    number = port_number(options.port)
    workers, actions = count(options.workers), count(options.actions)
    return run(files, number, workers, actions, not options.without_limits)


if __name__ == "__main__":
    sys.exit(guarded(main))
