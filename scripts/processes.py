"""Programs we start and surely end, with everything that they started themselves."""

from __future__ import annotations

import contextlib
import ctypes
import os
import signal
import subprocess
import sys
import time
from pathlib import Path
from types import FrameType, TracebackType
from typing import Any, Callable, Sequence

from scripts.console import Interrupted, Progress, clean_environment
from scripts.logs import LogPipe

STOP_SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
POLL_SECONDS = 0.1
GRACE_SECONDS = 4.0


# Whatever ends this process ends what it has started: else that would hold its ports, and answer
# beside the next one. Linux only; what is loaded here need not be loaded between fork and exec.
_SET_DEATH_SIGNAL = 1  # PR_SET_PDEATHSIG of prctl(2)
_libc = ctypes.CDLL(None) if sys.platform == "linux" else None


class StopRequest:
    """Notes Ctrl-C, a termination or a closed terminal, for the work to look at when it can."""

    def __init__(self) -> None:
        self._noted = False
        self._terminals = [number for number in (0, 1) if os.isatty(number)]
        self._before: dict[signal.Signals, Any] = {}

    def __enter__(self) -> StopRequest:
        for number in STOP_SIGNALS:
            self._before[number] = signal.signal(number, self._note)
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        for number, handler in self._before.items():
            signal.signal(number, handler)

    @property
    def received(self) -> bool:
        """Whether one must stop; a closed terminal does not always send a signal."""
        return self._noted or not all(os.isatty(number) for number in self._terminals)

    def _note(self, number: int, frame: FrameType | None) -> None:
        self._noted = True


class Program:
    """A program in a process group of its own, its output in a log file of bounded size."""

    def __init__(
        self,
        name: str,
        command: Sequence[str],
        log: Path,
        environment: dict[str, str] | None = None,
        goes_on: bool = False,
        death_signal: signal.Signals = signal.SIGKILL,
    ) -> None:
        """Starts it.

        Args:
            name: for people.
            command: with its arguments.
            log: the file that its output goes to.
            environment: all of its variables; ours if it is None.
            goes_on: whether the file is continued.
            death_signal: what it gets when this process dies without a word (Linux).
        """
        self.name = name
        self.log = log
        self._start = command, environment
        self._death_signal = death_signal
        self._pipe = LogPipe(log, goes_on)
        try:
            self._process = subprocess.Popen(
                list(command),
                stdin=subprocess.DEVNULL,
                stdout=self._pipe.end,
                stderr=subprocess.STDOUT,
                env=environment if environment is not None else clean_environment(),
                start_new_session=True,
                preexec_fn=self._die_with_parent if _libc else None,
            )
        finally:
            self._pipe.release()

    @property
    def exit_code(self) -> int | None:
        """None while it runs."""
        return self._process.poll()

    @property
    def process_id(self) -> int:
        """The number of the process, which is that of its group too."""
        return self._process.pid

    def start_again(self) -> Program:
        """Returns the same program, just started; it goes on with the log of this one."""
        command, environment = self._start
        signal_ = self._death_signal
        return Program(self.name, command, self.log, environment, True, signal_)

    def write_to_log(self, line: str) -> None:
        """Writes a line of our own into the log of a program that has ended."""
        with contextlib.suppress(OSError):  # a full disk, say
            pipe = LogPipe(self.log, goes_on=True)
            with os.fdopen(pipe.end, "w", encoding="utf-8") as end:
                end.write(f"{time.strftime('%Y-%m-%d %H:%M:%S')} {line}\n")
            pipe.drain()

    def output(self) -> str:
        """What it has written so far, of a long output the end."""
        if self.exit_code is not None:
            self._pipe.drain()
        try:
            return self.log.read_text(encoding="utf-8", errors="replace")
        except OSError:
            return ""

    def ask_to_stop(self) -> None:
        """Sends the whole group a request to end."""
        self._signal_group(signal.SIGTERM)

    def stop(self, grace: float = GRACE_SECONDS) -> None:
        """Ends the whole group: asks first, then insists."""
        if self.exit_code is None:
            self.ask_to_stop()
            deadline = time.monotonic() + grace
            while self.exit_code is None and time.monotonic() < deadline:
                time.sleep(POLL_SECONDS)
        # What it started may outlive it.
        self._signal_group(signal.SIGKILL)
        self._process.wait()
        self._pipe.drain()

    def _die_with_parent(self) -> None:
        """Runs in the new process, before the program: no import, no lock."""
        assert _libc
        _libc.prctl(_SET_DEATH_SIGNAL, int(self._death_signal), 0, 0, 0)

    def _signal_group(self, number: signal.Signals) -> None:
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.killpg(self._process.pid, number)


def stop_all(programs: Sequence[Program]) -> None:
    """Ends several programs at the same time."""
    for program in programs:
        if program.exit_code is None:
            program.ask_to_stop()
    for program in programs:
        program.stop()


def run_to_end(
    label: str,
    command: Sequence[str],
    log: Path,
    environment: dict[str, str] | None = None,
    detail: Callable[[str], str] = lambda output: "",
) -> Program:
    """Runs a program until it ends, showing progress; a request to stop ends it too."""
    progress = Progress(label)
    with StopRequest() as request:
        program = Program(label, command, log, environment)
        try:
            while program.exit_code is None and not request.received:
                time.sleep(POLL_SECONDS)
                progress.tick(lambda: detail(program.output()))
        finally:
            program.stop()
    if request.received:
        progress.broken()
        raise Interrupted
    if program.exit_code == 0:
        progress.done()
    else:
        progress.broken()
    return program
