"""Looks whether ports are free, and whether the servers that should use them really answer."""

from __future__ import annotations

import contextlib
import json
import re
import socket
import threading
import time
import urllib.request
from typing import Any, Callable, Sequence

from scripts.console import Failure, Interrupted, Progress, shown
from scripts.processes import POLL_SECONDS, Program, StopRequest

LOCAL = "127.0.0.1"  # not `localhost`, which may mean ::1 first
START_SECONDS = 240
ANSWER_SECONDS = 90
PAUSE_SECONDS = 2
# A proxy must not answer for our own servers.
_direct = urllib.request.build_opener(urllib.request.ProxyHandler({}))


def is_free(port: int, host: str = LOCAL) -> bool:
    """Whether a server could listen on this port now."""
    for address in {host, LOCAL}:
        family = socket.AF_INET6 if ":" in address else socket.AF_INET
        with socket.socket(family, socket.SOCK_STREAM) as probe:
            probe.settimeout(PAUSE_SECONDS)
            if probe.connect_ex((reachable(address), port)) == 0:
                return False
        with socket.socket(family, socket.SOCK_STREAM) as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind((address, port))
            except OSError:
                return False
    return True


def free_port() -> int:
    """A port that nobody uses at the moment."""
    with socket.socket() as probe:
        probe.bind((LOCAL, 0))
        port: int = probe.getsockname()[1]
        return port


def reachable(host: str) -> str:
    """The address at which this machine reaches a server that listens on `host`."""
    return {"0.0.0.0": LOCAL, "": LOCAL, "::": "::1"}.get(host, host)  # noqa: S104


def address(host: str, port: int) -> str:
    """The beginning of the URLs of a server."""
    name = reachable(host)
    return f"http://[{name}]:{port}" if ":" in name else f"http://{name}:{port}"


def answers(url: str) -> bool:
    """Whether a GET of this URL succeeds."""
    try:
        with _direct.open(url, timeout=5) as response:
            return bool(response.status == 200)
    except (OSError, ValueError):
        return False


def say(server: str, sender: str, message: str) -> list[dict[str, Any]]:
    """What the assistant answers to one message over the REST channel."""
    body = json.dumps({"sender": sender, "message": message}).encode()
    request = urllib.request.Request(  # noqa: S310 - always our own server
        f"{server}/webhooks/rest/webhook", body, {"Content-Type": "application/json"}
    )
    with _direct.open(request, timeout=ANSWER_SECONDS) as response:
        messages = json.load(response)
    return messages if isinstance(messages, list) else []


def wait_until(
    label: str,
    ready: Callable[[], bool],
    programs: Sequence[Program],
    request: StopRequest,
    seconds: int = START_SECONDS,
) -> None:
    """Waits until `ready`; gives up when a program ends, the time is over or one must stop."""
    progress = Progress(label)
    try:
        while not _in_background(ready, programs, request):
            progress.tick()
            if progress.seconds > seconds:
                logs = " and ".join(shown(program.log) for program in programs)
                raise Failure(f"{label}: no answer within {seconds} s; see {logs}.")
            time.sleep(POLL_SECONDS * 3)
    except BaseException:
        progress.broken()
        raise
    progress.done()


# What a channel says of a mistake in its settings; Rasa may colour the line.
SETTINGS_PROBLEM = re.compile(r"BadSettings: (credentials\.yml[^\n\x1b]+)")

# What it warns of while it starts.
SETTINGS_WARNING = re.compile(r"WARNING\b[^\n]*?(credentials\.yml, [^\n\x1b]+)")


def settings_warnings(program: Program) -> list[str]:
    """What a server has warned of in its settings, each once, in the order of its log."""
    return list(dict.fromkeys(SETTINGS_WARNING.findall(program.output())))


# What a server says of a database that it could not read, and has put away.
SET_ASIDE = re.compile(r"ERROR\b[^\n]*?(\S+ is damaged and is kept as [^\n\x1b]+)")


def damaged_files(program: Program) -> list[str]:
    """What a server has said of damaged databases, each once, in the order of its log."""
    return list(dict.fromkeys(SET_ASIDE.findall(program.output())))


def watch(programs: Sequence[Program], request: StopRequest) -> None:
    """Raises when the person wants to stop, or when a program has ended by itself."""
    if request.received:
        raise Interrupted
    for program in programs:
        if program.exit_code is not None:
            problem = SETTINGS_PROBLEM.findall(program.output())
            if problem:
                raise Failure(f"{program.name} does not start. {problem[-1]}")
            raise Failure(
                f"{program.name} has stopped (exit code {program.exit_code}):"
                f" the reason is at the end of {shown(program.log)}."
            )


def _in_background(
    ready: Callable[[], bool], programs: Sequence[Program], request: StopRequest
) -> bool:
    """Asks `ready` while watching the programs: a slow answer must not delay Ctrl-C."""
    results: list[bool] = []
    thread = threading.Thread(target=lambda: results.append(ready()), daemon=True)
    thread.start()
    while thread.is_alive():
        watch(programs, request)
        thread.join(POLL_SECONDS)
    watch(programs, request)
    return bool(results and results[0])


class FirstMessage:
    """A real message through everything, so that nobody meets a cold dictionary."""

    def __init__(self, server: str) -> None:
        self.server = server

    def __call__(self) -> bool:
        """Whether it was answered with some text; waits a little when it was not."""
        with contextlib.suppress(OSError, ValueError):
            if any(answer.get("text") for answer in say(self.server, "readiness", "hello")):
                return True
        time.sleep(PAUSE_SECONDS)
        return False
