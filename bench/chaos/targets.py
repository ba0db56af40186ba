"""What is tried: `make run` in a copy of the project, or `make cluster`; and what may befall it."""

from __future__ import annotations

import contextlib
import json
import os
import shutil
import signal
import ssl
import subprocess
import sys
import time
from abc import ABC, abstractmethod
from collections.abc import Mapping
from pathlib import Path
from typing import IO, Any

import yaml

from scripts.cluster.settings import DEPLOY, Files
from scripts.console import LOGS, ROOT, Failure, clean_environment
from scripts.readiness import LOCAL, address, answers, free_port
from scripts.train import MODELS, QUIET, fingerprint, model_path

WEBSITE = "channels.website.channel.WebsiteChannel"
WECHAT = "channels.wechat.channel.WeChatChannel"
START_SECONDS = 300.0
STOP_SECONDS = 60.0
LOOK_SECONDS = 0.1
READY = "Ready at"
# What a copy of the project needs not have.
LEFT_OUT = (".git", ".venv", "logs", "results", "node_modules", ".cluster", "*.db*", "__pycache__")
CLOCK_LIBRARIES = (
    "/usr/lib/*/faketime/libfaketimeMT.so.1",
    "/usr/local/lib/faketime/libfaketimeMT.so.1",
)


class Target(ABC):
    """Something that serves, and can be hurt.

    Attributes:
        folder: where it keeps what it must not lose.
        url: where people reach it.
        context: for TLS; None without it.
        has_clock: whether its programs, from the next start on, have a clock that can be set.
    """

    def __init__(self, folder: Path, variables: Mapping[str, str]) -> None:
        """Knows where it is to be; nothing runs yet.

        Args:
            folder: of its own.
            variables: with WeChat's secrets.
        """
        self.folder = folder
        self.url = ""
        self.context: ssl.SSLContext | None = None
        self._variables = dict(variables)
        self._program: subprocess.Popen[bytes] | None = None
        self._output: IO[bytes] | None = None
        self.has_clock = False
        self._clock_file = folder / "clock"

    @abstractmethod
    def command(self) -> list[str]:
        """Returns how it is started."""

    @abstractmethod
    def processes(self) -> dict[str, int]:
        """Returns the processes of its parts by their names."""

    @abstractmethod
    def is_ready(self) -> bool:
        """Tells whether a message would be answered now."""

    @abstractmethod
    def logs(self) -> list[Path]:
        """Returns the files in which its parts log."""

    def start(self) -> None:
        """Starts it; returns when it says that it is ready.

        Raises:
            Failure: if it ends or is not ready in time, with its last line.
        """
        path = self.folder / "output"
        self._output = path.open("ab")
        begun = path.stat().st_size
        self._program = subprocess.Popen(
            self.command(),
            cwd=self.workplace,
            env=self._environment(),
            stdin=subprocess.DEVNULL,
            stdout=self._output,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
        end = time.monotonic() + START_SECONDS
        while READY not in (said := path.read_text("utf-8", "replace")[begun:]):
            if self._program.poll() is not None or time.monotonic() > end:
                raise Failure(f"It does not start: {said.strip()[-500:]}")
            time.sleep(LOOK_SECONDS)

    def begin(self) -> subprocess.Popen[bytes]:
        """Starts it once more without waiting; for who wants to see that it refuses."""
        return subprocess.Popen(
            self.command(),
            cwd=self.workplace,
            env=self._environment(),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
        )

    def stop(self) -> None:
        """Ends it as Ctrl-C does."""
        if self._program and self._program.poll() is None:
            self._program.send_signal(signal.SIGTERM)
            try:
                self._program.wait(STOP_SECONDS)
            except subprocess.TimeoutExpired:
                self._program.kill()
                self._program.wait()
        if self._output:
            self._output.close()

    def kill_starter(self) -> None:
        """Kills what has started all the others."""
        assert self._program
        self._program.kill()
        self._program.wait()

    @property
    def workplace(self) -> Path:
        """The folder in which it is started."""
        return ROOT

    def output(self) -> str:
        """Returns what it has said so far."""
        return (self.folder / "output").read_text("utf-8", "replace")

    def set_clock(self, seconds: int) -> None:
        """Sets the clock of all its parts ahead by so many seconds, or back."""
        self._clock_file.write_text(f"{seconds:+d}\n", encoding="ascii")

    def wait_until_ready(self, seconds: float = START_SECONDS) -> None:
        """Waits until a message would be answered.

        Raises:
            Failure: if that is not so in time.
        """
        end = time.monotonic() + seconds
        while not self.is_ready():
            assert self._program
            if self._program.poll() is not None or time.monotonic() > end:
                raise Failure(f"It is not ready again: {self.output()[-500:]}")
            time.sleep(LOOK_SECONDS)

    def _environment(self) -> dict[str, str]:
        environment = clean_environment(**QUIET, **self._variables)
        library = clock_library()
        if library and self.has_clock:
            environment.update(
                LD_PRELOAD=library,
                FAKETIME_TIMESTAMP_FILE=str(self._clock_file),
                FAKETIME_CACHE_DURATION="1",
                FAKETIME_DONT_FAKE_MONOTONIC="1",  # setting a clock leaves that one alone
                FAKETIME_DONT_RESET="1",
            )
        return environment


class Embedded(Target):
    """`make run` in a copy of the project."""

    def __init__(
        self, folder: Path, variables: Mapping[str, str], accounts: Mapping[str, Any]
    ) -> None:
        super().__init__(folder, variables)
        self.port, self.actions_port, self.operator_port = (free_port() for _ in range(3))
        self.url = address(LOCAL, self.port)
        shutil.copytree(ROOT, self.workplace, ignore=_left_out, symlinks=True)
        write_credentials(self.workplace / "credentials.yml", ROOT / "credentials.yml", accounts)

    @property
    def workplace(self) -> Path:
        """The copy of the project."""
        return self.folder / "project"

    def command(self) -> list[str]:
        """See `Target`."""
        command = [sys.executable, "-m", "scripts.serve", "--port", str(self.port)]
        command += ["--actions-port", str(self.actions_port)]
        return [*command, "--operator-port", str(self.operator_port), "run"]

    def processes(self) -> dict[str, int]:
        """See `Target`; the reader of pictures is a child of Rasa."""
        assert self._program
        kinds = {
            "serving.without_tensorflow": "Rasa",
            "rasa_sdk": "action server",
            "operators": "operator's pages",
            "screenshots.worker": "reader of pictures",
        }
        found = {"make run": self._program.pid}
        for process in below(self._program.pid):
            arguments = command_of(process)
            for argument, name in kinds.items():
                if argument in arguments:
                    found[name] = process
        return found

    def is_ready(self) -> bool:
        """See `Target`."""
        return answers(f"{self.url}/ready")

    def logs(self) -> list[Path]:
        """See `Target`."""
        return sorted((self.workplace / "logs").glob("*.log*"))


class ManyWorkers(Target):
    """`make cluster` in a folder of its own."""

    def __init__(
        self,
        folder: Path,
        variables: Mapping[str, str],
        accounts: Mapping[str, Any],
        workers: int = 3,
        actions: int = 2,
    ) -> None:
        super().__init__(folder, variables)
        self._counts = workers, actions
        self.port = free_port()
        self.files = Files(folder / "cluster")
        self.files.folder.mkdir(mode=0o711, parents=True)
        write_credentials(
            self.files.folder / "credentials.yml", DEPLOY / "credentials.yml", accounts
        )
        self.url = f"https://localhost:{self.port}"

    def command(self) -> list[str]:
        """See `Target`."""
        workers, actions = self._counts
        command = [sys.executable, "-m", "scripts.cluster", "--folder", str(self.files.folder)]
        command += ["--port", str(self.port), "--workers", str(workers)]
        return [*command, "--actions", str(actions)]

    def start(self) -> None:
        """See `Target`."""
        super().start()
        self.context = ssl.create_default_context(cafile=str(self.files.certificate))

    def processes(self) -> dict[str, int]:
        """See `Target`."""
        assert self._program
        state: dict[str, Any] = {}
        with contextlib.suppress(OSError, ValueError):
            state = json.loads(self.files.state.read_text(encoding="utf-8"))
        return {"make cluster": self._program.pid, **state.get("programs", {})}

    def port_of(self, part: str) -> int:
        """Returns where the database listens."""
        process = self.processes()[part]
        arguments = command_of(process)
        return int(next(one for one in arguments if one.startswith("port="))[5:])

    def is_ready(self) -> bool:
        """See `Target`."""
        names = [name for name in self.processes() if name.startswith(("worker@", "actions@"))]
        return bool(names) and all(
            answers(f"http://{LOCAL}:{name.split('@')[1]}/ready") for name in names
        )

    def logs(self) -> list[Path]:
        """See `Target`."""
        return sorted(LOGS.glob(f"cluster-{self.port}-*"))


def write_credentials(path: Path, usual: Path, accounts: Mapping[str, Any]) -> None:
    """Writes the usual channels with accounts of WeChat."""
    channels = yaml.safe_load(usual.read_text(encoding="utf-8"))
    channels[WECHAT] = {**(channels.get(WECHAT) or {}), "accounts": dict(accounts)}
    path.write_text(yaml.safe_dump(channels, allow_unicode=True), encoding="utf-8")


def _left_out(folder: str, names: list[str]) -> set[str]:
    """Returns what of a folder of the project is not copied: of the models, all but the last."""
    left_out = shutil.ignore_patterns(*LEFT_OUT)(folder, names)
    if Path(folder) == MODELS:
        kept = model_path(fingerprint()).name.partition(".")[0]
        left_out |= {name for name in names if not name.startswith(kept)}
    return left_out


def clock_library() -> str | None:
    """Returns what can set the clock of single programs (Debian: `faketime`); None without it."""
    for pattern in CLOCK_LIBRARIES:
        for path in sorted(Path("/").glob(pattern.lstrip("/"))):
            return str(path)
    return None


def below(process: int) -> list[int]:
    """Returns the processes that one has started, and those that they have."""
    children: dict[int, list[int]] = {}
    for path in Path("/proc").glob("[0-9]*/stat"):
        with contextlib.suppress(OSError):
            parent = int(path.read_text().rpartition(")")[2].split()[1])
            children.setdefault(parent, []).append(int(path.parent.name))
    found = [process]
    for one in found:
        found += children.get(one, ())
    return found[1:]


def command_of(process: int) -> list[str]:
    """Returns the arguments of a process; none if it is gone."""
    with contextlib.suppress(OSError):
        return Path(f"/proc/{process}/cmdline").read_text("utf-8", "replace").split("\0")
    return []


def is_alive(process: int) -> bool:
    """Tells whether a process is there and no zombie."""
    with contextlib.suppress(OSError):
        return Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    return False


def send(process: int, number: signal.Signals) -> None:
    """Sends a signal to a process that may be gone."""
    with contextlib.suppress(ProcessLookupError):
        os.kill(process, number)
