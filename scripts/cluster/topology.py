"""Every program of a cluster: how it is started, when it is ready, and what is known of it."""

from __future__ import annotations

import contextlib
import json
import signal
import sys
import time
from pathlib import Path

import psycopg2

from scripts.cluster import backends
from scripts.cluster.settings import NAMES, Files, Ports
from scripts.console import LOGS, ROOT, Interrupted, clean_environment
from scripts.processes import POLL_SECONDS, Program, StopRequest, stop_all
from scripts.readiness import LOCAL, FirstMessage, address, answers, wait_until, watch
from scripts.servers import FIRST_MESSAGE_SECONDS, tell
from scripts.supervisor import Supervisor

MODELS = "models"
FOREIGN = "PG"  # variables of PostgreSQL's that would lead to another database


class Cluster:
    """The programs, from PostgreSQL to nginx."""

    def __init__(self, files: Files, ports: Ports, name: str) -> None:
        """Knows where everything is; nothing runs yet.

        Args:
            files: where everything is kept.
            ports: where everything listens.
            name: begins the names of the logs.
        """
        self.files = files
        self.ports = ports
        self.url = f"https://{NAMES[0]}:{ports.https}"  # TLS asks for a name, not an address
        self._name = name
        self._backends: list[Program] = []
        self._servers: list[Program] = []
        self._supervisor: Supervisor | None = None
        self._written = ""

    @property
    def programs(self) -> list[Program]:
        """All that has been started, as it runs now."""
        if self._supervisor:
            return self._supervisor.programs
        return [*self._backends, *self._servers]

    def start(self, request: StopRequest) -> None:
        """Starts everything; returns when a message has gone through each worker."""
        self._start_backends(request)
        environment = self._environment()
        for number, port in enumerate(self.ports.actions, 1):
            command = [sys.executable, "-m", "rasa_sdk", "--actions", "actions", "-p", str(port)]
            log = self._log(f"actions-{number}")
            served = {**environment, "SANIC_HOST": LOCAL}
            self._servers.append(Program(f"actions@{port}", command, log, served))
        for number, port in enumerate(self.ports.workers, 1):
            log = self._log(f"worker-{number}")
            command = self._worker_command(port)
            self._servers.append(Program(f"worker@{port}", command, log, environment))
        backends.check_nginx(self.files.nginx)
        command = backends.nginx_command(self.files.nginx)
        log = self._log("nginx")  # its own processes end only with a word of it
        self._servers.append(Program("nginx", command, log, death_signal=signal.SIGTERM))
        for port in self.ports.workers:
            server = address(LOCAL, port)
            ready = f"{server}/ready"
            label = f"Starting worker@{port}"
            wait_until(label, _Answers(ready), self.programs, request)
            first = FirstMessage(server)
            wait_until("First message", first, self.programs, request, FIRST_MESSAGE_SECONDS)
        self.write_state()

    def keep_running(self, request: StopRequest) -> None:
        """Starts again what stops by itself, until one must stop.

        Raises:
            Interrupted: when one must.
        """
        self._supervisor = Supervisor(self.programs, tell)
        while not request.received:
            self._supervisor.look()
            self.write_state()
            time.sleep(POLL_SECONDS)
        raise Interrupted

    def stop(self) -> None:
        """Ends everything: the action servers after the workers, the database last.

        A worker answers what it has in work before it ends.
        """
        running = self.programs
        actions = [program for program in running if program.name.startswith("actions@")]
        databases = [program for program in running if program.name == "postgresql"]
        stop_all([program for program in running if program not in (*actions, *databases)])
        stop_all(actions)
        stop_all(databases)
        self.files.state.unlink(missing_ok=True)

    def write_state(self) -> None:
        """Writes down what runs, for who wants to restart or to stop a part of it."""
        programs = {program.name: program.process_id for program in self.programs}
        state = {
            "url": self.url,
            "certificate": str(self.files.certificate),
            "database": self.files.environment(self.ports)["ZHAOHUI_DATABASE"],
            "programs": programs,
        }
        text = json.dumps(state, indent=2)
        if text != self._written:
            draft = self.files.state.with_suffix(".draft")
            draft.write_text(text, encoding="utf-8")
            draft.replace(self.files.state)
            self._written = text

    def _start_backends(self, request: StopRequest) -> None:
        ports, folder = self.ports, self.files.folder
        postgresql = folder / "postgresql"
        backends.prepare_postgresql(postgresql, self.files.password(backends.ADMIN))
        command = backends.postgresql_command(postgresql, ports.postgresql)
        log = self._log("postgresql")
        self._backends.append(Program("postgresql", command, log, death_signal=signal.SIGINT))
        passwords = self.files.secrets / "pgpass"

        def is_there() -> bool:
            with contextlib.suppress(psycopg2.OperationalError):
                backends.make_database(ports.postgresql, passwords)
                return True
            watch(self._backends, request)
            return False

        wait_until("Starting PostgreSQL", is_there, self._backends, request)

    def _worker_command(self, port: int) -> list[str]:
        folder = self.files.folder
        command = [sys.executable, "-m", "serving.without_tensorflow", "run"]
        command += ["--model", str(folder / MODELS), "-i", LOCAL, "-p", str(port)]
        command += ["--endpoints", str(folder / "endpoints.yml")]
        return [*command, "--credentials", str(folder / "credentials.yml")]

    def _environment(self) -> dict[str, str]:
        given = self.files.environment(self.ports)
        secret = [name.removesuffix("_FILE") for name in given if name.endswith("_FILE")]
        usual = clean_environment()
        kept = {
            name: value
            for name, value in usual.items()
            if not name.startswith(FOREIGN) and name not in secret
        }
        return {**kept, **given}

    def _log(self, name: str) -> Path:
        return LOGS / f"{self._name}-{name}.log"


class _Answers:
    """Whether a URL answers 200."""

    def __init__(self, url: str) -> None:
        self._url = url

    def __call__(self) -> bool:
        return answers(self._url)


def offer_model(files: Files, model: Path) -> None:
    """Puts a model where the workers look for the newest."""
    folder = files.folder / MODELS
    folder.mkdir(exist_ok=True)
    for old in folder.iterdir():
        old.unlink()
    (folder / model.name).symlink_to(ROOT / model)
