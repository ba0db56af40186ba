"""Starts the action server and Rasa, and ends both: `run` for HTTP, `shell` to talk here."""

from __future__ import annotations

import argparse
import contextlib
import os
import subprocess
import sys
import time
from pathlib import Path

from scripts.chat import chat
from scripts.console import (
    ROOT,
    Failure,
    Interrupted,
    clean_environment,
    exclusive,
    guarded,
    shown,
)
from scripts.known_questions import ensure_known
from scripts.logs import LogPipe
from scripts.processes import POLL_SECONDS, StopRequest
from scripts.readiness import LOCAL, damaged_files, free_port, is_free, settings_warnings
from scripts.servers import ACTIONS_PORT, PORT, Servers, endpoints_for
from scripts.train import QUIET, ensure_model
from scripts.widget import ensure_widget

LEAVE_SECONDS = 3
RUNS_ALREADY = (
    "`make run` serves from this folder already: end that one, or run another copy of the folder,"
    " as two would answer the same messages."
)


def check_ports(host: str, port: int, actions_port: int) -> None:
    """Says which port is taken and how to choose another."""
    if port == actions_port:
        raise Failure("PORT and ACTIONS_PORT are the same: choose two different ones.")
    for name, number, place in (("PORT", port, host), ("ACTIONS_PORT", actions_port, LOCAL)):
        if not is_free(number, place):
            raise Failure(
                f"Port {number} is taken or not allowed: end the program that uses it, or choose"
                f" another with `make run {name}={free_port()}`."
            )


def run(host: str, port: int, actions_port: int, operator_port: str = "") -> int:
    """Serves until Ctrl-C; ends everything it started.

    Raises:
        Failure: if something is missing, taken or broken, or if this folder is served already.
    """
    with exclusive("run", RUNS_ALREADY):
        return serve(host, port, actions_port, operator_port)


def serve(host: str, port: int, actions_port: int, operator_port: str) -> int:
    """Serves until Ctrl-C, as the only one in this folder."""
    check_ports(host, port, actions_port)
    model = ensure_model()
    ensure_known(model, QUIET)
    ensure_widget()
    with StopRequest() as request, endpoints_for(actions_port) as endpoints:
        servers = Servers(host, port, actions_port, endpoints)
        try:
            servers.start_actions()
            servers.start_rasa(model)
            servers.wait_for_actions(request)
            servers.wait_for_rasa(request)
            operators = servers.start_operators(operator_port, request)
            tell_how_to_chat(servers, operators)
            servers.keep_running(request)
        except Interrupted:
            with contextlib.suppress(OSError):  # the terminal may be gone
                print("\nStopping ...", flush=True)
            return 0
        finally:
            servers.stop()


def tell_how_to_chat(servers: Servers, operators: str = "") -> None:
    """What the start has warned of, where the assistant is, and how to say the first word."""
    for program in servers.programs:
        for warning in [*settings_warnings(program), *damaged_files(program)]:
            print(f"\nWarning: {warning}", flush=True)
    print(
        f"\nReady at {servers.url}. Open the demo page of a bureau with the chat widget:\n\n"
        f"    {servers.url}/webhooks/website/demo\n\n"
        "Or talk to it from another terminal:\n\n"
        "    make shell\n\n"
        f"    curl {servers.url}/webhooks/rest/webhook \\\n"
        "      -H 'Content-Type: application/json' \\\n"
        """      -d '{"sender": "me", "message": "hello"}'\n\n"""
        + (f"{operators}\n\n" if operators else "")
        + f"Logs: {shown(servers.log('rasa'))}, {shown(servers.log('actions'))}."
        " Ctrl-C ends everything.",
        flush=True,
    )


def shell(host: str, port: int, actions_port: int) -> int:
    """Conversations in this terminal, or line by line when the lines come from elsewhere."""
    # A person who has `make run` open may still chat: without a wish, any free ports will do.
    port = free_port() if port == PORT and not is_free(port, host) else port
    if actions_port == ACTIONS_PORT and not is_free(actions_port):
        actions_port = free_port()
    check_ports(host, port, actions_port)
    model = ensure_model()
    with StopRequest() as request, endpoints_for(actions_port) as endpoints:
        servers = Servers(host, port, actions_port, endpoints)
        try:
            servers.start_actions()
            if not sys.stdin.isatty():
                servers.start_rasa(model)
            servers.wait_for_actions(request)
            if sys.stdin.isatty():
                return chat_on_terminal(servers, model, request)
            servers.wait_for_rasa(request)
            sys.stdin.reconfigure(encoding="utf-8", errors="replace")  # type: ignore[union-attr]
            chat(servers.url, sys.stdin)
        except Interrupted:
            pass
        finally:
            servers.stop()
    return 0


def chat_on_terminal(servers: Servers, model: Path, request: StopRequest) -> int:
    """`rasa shell` in the foreground; it meets Ctrl-C first and may end by itself."""
    command = servers.rasa_command("shell", model)
    log = servers.log("shell")
    errors = LogPipe(log)
    try:
        process = subprocess.Popen(command, stderr=errors.end, env=clean_environment(**QUIET))
    finally:
        errors.release()
    print("Starting Rasa; its warnings go to", shown(log), flush=True)
    try:
        while process.poll() is None and not request.received and not has_left(log):
            time.sleep(POLL_SECONDS)
        if request.received:
            with contextlib.suppress(subprocess.TimeoutExpired):
                process.wait(LEAVE_SECONDS)
            return 0
        errors.drain()
        if process.returncode and not has_left(log):
            raise Failure(f"Rasa has stopped: the reason is at the end of {shown(log)}.")
        return 0
    finally:
        process.terminate()
        with contextlib.suppress(subprocess.TimeoutExpired):
            process.wait(LEAVE_SECONDS)
        process.kill()


def has_left(log: Path) -> bool:
    """Whether the person pressed Ctrl-D, after which `rasa shell` would wait for ever."""
    return "\nEOFError" in log.read_text(encoding="utf-8", errors="replace")


def port_number(text: str) -> int:
    """A port from the command line."""
    if not text.isdecimal() or not 0 < int(text) < 65536:
        raise Failure(f"'{text}' is no port: choose a number from 1024 to 65535.")
    return int(text)


def main() -> int:
    """Reads the command line and starts."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("verb", choices=("run", "shell"))
    parser.add_argument("--host", default=LOCAL)
    parser.add_argument("--port", default=str(PORT))
    parser.add_argument("--actions-port", default=str(ACTIONS_PORT))
    parser.add_argument("--operator-port", default="")
    options = parser.parse_args()
    os.chdir(ROOT)
    ports = port_number(options.port), port_number(options.actions_port)
    if options.verb == "shell":
        return shell(options.host, *ports)
    if options.operator_port:
        port_number(options.operator_port)
    return run(options.host, *ports, options.operator_port)


if __name__ == "__main__":
    sys.exit(guarded(main))
