"""The two servers: how each is started, where it writes, and when it is ready."""

from __future__ import annotations

import contextlib
import sys
import tempfile
import time
from pathlib import Path
from typing import Iterator, NoReturn

import yaml

from scripts.console import LOGS, ROOT, Interrupted, clean_environment, shown
from scripts.processes import POLL_SECONDS, Program, StopRequest, stop_all
from scripts.readiness import (
    LOCAL,
    FirstMessage,
    address,
    answers,
    reachable,
    wait_until,
    watch,
)
from scripts.supervisor import Supervisor
from scripts.train import QUIET

PORT = 5005
ACTIONS_PORT = 5055
FIRST_MESSAGE_SECONDS = 120
ACTION_SERVER = "The action server"
OPERATORS = ROOT / "operators"
OPERATORS_READY = "Ctrl-C ends it.\n"  # the last thing they say before they serve
OPERATORS_SECONDS = 30


class Servers:
    """The action server and Rasa, as the command line wants them."""

    def __init__(
        self,
        host: str,
        port: int,
        actions_port: int,
        endpoints: Path,
        credentials: Path = Path("credentials.yml"),
    ) -> None:
        self.host = host
        self.port = port
        self.actions_port = actions_port
        self.endpoints = endpoints
        self.credentials = credentials
        self.url = address(host, port)
        self.programs: list[Program] = []
        self.operators: Program | None = None
        self._supervisor: Supervisor | None = None

    def log(self, name: str) -> Path:
        """A log of its own for a second pair of servers."""
        usual = (self.port, self.actions_port) == (PORT, ACTIONS_PORT)
        return LOGS / (f"{name}.log" if usual else f"{name}-{self.port}.log")

    def start_actions(self) -> None:
        """Starts the action server; only this machine reaches it."""
        command = [sys.executable, "-m", "rasa_sdk", "--actions", "actions"]
        command += ["-p", str(self.actions_port)]
        environment = clean_environment(SANIC_HOST=LOCAL, **QUIET)
        self.programs.append(Program(ACTION_SERVER, command, self.log("actions"), environment))

    def rasa_command(self, verb: str, model: Path) -> list[str]:
        """Rasa with the fitting model."""
        command = [sys.executable, "-m", "serving.without_tensorflow"]
        command += [verb, "--model", shown(model)]
        command += ["--endpoints", str(self.endpoints), "--credentials", str(self.credentials)]
        return [*command, "-i", self.host, "-p", str(self.port)]

    def start_rasa(self, model: Path) -> None:
        """Starts Rasa's HTTP server."""
        environment = clean_environment(**QUIET)
        command = self.rasa_command("run", model)
        self.programs.append(Program("Rasa", command, self.log("rasa"), environment))

    def start_operators(self, port: str, request: StopRequest) -> str:
        """Starts the operator's pages; returns what they say of themselves, empty if they are off.

        The assistant does not need them: that they cannot be served ends nothing else.
        """
        if not OPERATORS.is_dir():
            return ""
        command = [sys.executable, "-m", "operators", "serve", "--beside-the-assistant"]
        # It tells its figures to who asks over the loopback, and to nobody else.
        on_loopback = reachable(self.host) in (LOCAL, "::1", "localhost")
        command += ["--assistant", self.url if on_loopback else ""]
        command += ["--port", port] if port else []
        name = "The operator's pages"
        self.operators = Program(name, command, self.log("operators"), clean_environment())
        deadline = time.monotonic() + OPERATORS_SECONDS
        while self.operators.exit_code is None and time.monotonic() < deadline:
            watch(self.programs, request)
            if self.operators.output().endswith(OPERATORS_READY):
                break
            time.sleep(POLL_SECONDS)
        return self.operators.output().removesuffix(OPERATORS_READY).strip()

    def keep_running(self, request: StopRequest) -> NoReturn:
        """Starts again what stops by itself, until one must stop.

        Raises:
            Interrupted: when one must.
        """
        pages = [self.operators] if self.operators else []
        if self.operators and self.operators.exit_code is not None:  # they have said why
            tell(f"{self.operators.name} have stopped: see {shown(self.operators.log)}.")
            pages = []
        self._supervisor = Supervisor([*self.programs, *pages], tell)
        while not request.received:
            self._supervisor.look()
            time.sleep(POLL_SECONDS)
        raise Interrupted

    def stop(self) -> None:
        """Ends everything that was started, the action server last.

        Rasa answers what it has in work before it ends, and needs that server for it.
        """
        running = self._supervisor.programs if self._supervisor else []
        pages = [self.operators] if self.operators else []
        programs = [*self.programs, *pages, *running]
        stop_all([program for program in programs if program.name != ACTION_SERVER])
        stop_all([program for program in programs if program.name == ACTION_SERVER])

    def wait_for_actions(self, request: StopRequest) -> None:
        """Waits until the action server has its actions."""
        health = f"{address(LOCAL, self.actions_port)}/health"
        wait_until("Starting the action server", lambda: answers(health), self.programs, request)

    def wait_for_rasa(self, request: StopRequest) -> None:
        """Waits until a first message has gone through everything."""
        wait_until("Starting Rasa", lambda: answers(f"{self.url}/"), self.programs, request)
        first = FirstMessage(self.url)
        wait_until("Sending a first message", first, self.programs, request, FIRST_MESSAGE_SECONDS)

    @contextlib.contextmanager
    def running(self, model: Path, request: StopRequest) -> Iterator[None]:
        """Starts both servers, waits until they answer, and ends them in the end."""
        try:
            self.start_actions()
            self.start_rasa(model)
            self.wait_for_actions(request)
            self.wait_for_rasa(request)
            yield
        finally:
            self.stop()


def tell(line: str) -> None:
    """Prints a line, if there is still somebody to read it."""
    with contextlib.suppress(OSError):
        print(line, flush=True)


@contextlib.contextmanager
def endpoints_for(actions_port: int) -> Iterator[Path]:
    """Our endpoints file, or a copy for the time being that names another port."""
    usual = ROOT / "endpoints.yml"
    if actions_port == ACTIONS_PORT:
        yield Path(usual.name)
        return
    settings = yaml.safe_load(usual.read_text(encoding="utf-8"))
    settings["action_endpoint"]["url"] = f"{address(LOCAL, actions_port)}/webhook"
    with tempfile.NamedTemporaryFile("w", suffix=".yml", encoding="utf-8") as copy:
        yaml.safe_dump(settings, copy, allow_unicode=True)
        copy.flush()
        yield Path(copy.name)
