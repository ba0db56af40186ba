"""What goes wrong, and for how long. Each fault runs beside the people's loop, in a thread."""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from bench.chaos.targets import (
    Embedded,
    ManyWorkers,
    Target,
    below,
    clock_library,
    is_alive,
    send,
)
from scripts.console import Failure

BACK_SECONDS = 120.0  # for a part that was killed to be there again
CLOCK_SECONDS = 600
CHUNK = 1 << 20


@dataclass(frozen=True)
class Fault:
    """Something that befalls what is tried.

    Attributes:
        name: for the report.
        run: does it and returns when it is over; what it returns is to be said besides.
        load: how many times the usual number of people write meanwhile.
    """

    name: str
    run: Callable[[], str]
    load: int = 1


def kill(target: Target, part: str) -> Fault:
    """A part is killed; what watches over it starts it again. It is over when that is ready."""

    def run() -> str:
        before = target.processes()[part]
        send(before, signal.SIGKILL)
        began = time.monotonic()
        while target.processes().get(part, before) == before:
            if time.monotonic() - began > BACK_SECONDS:
                raise Failure(f"{part} was not started again")
            time.sleep(0.1)
        started = time.monotonic() - began
        target.wait_until_ready()
        return f"started after {started:.1f} s, ready after {time.monotonic() - began:.1f} s"

    return Fault(f"kill -9: {part}", run)


def kill_starter(target: Target, name: str) -> Fault:
    """What has started all others is killed, and started anew by who runs it."""

    def run() -> str:
        parts = [process for part, process in target.processes().items() if part != name]
        target.kill_starter()
        time.sleep(1)
        left = [process for process in parts if is_alive(process)]
        target.start()
        return f"{len(left)} of its {len(parts)} parts lived on without it" if left else ""

    return Fault(f"kill -9: {name}", run)


def stop(target: Target, part: str, seconds: float) -> Fault:
    """A part stands still."""

    def run() -> str:
        process = target.processes()[part]
        send(process, signal.SIGSTOP)
        time.sleep(seconds)
        send(process, signal.SIGCONT)
        return ""

    return Fault(f"SIGSTOP {seconds:.0f} s: {part}", run)


def restart_database(target: ManyWorkers) -> Fault:
    """PostgreSQL ends all connections and starts again."""

    def run() -> str:
        send(target.processes()["postgresql"], signal.SIGINT)
        return ""

    return Fault("PostgreSQL restarted", run)


def lose_database(target: ManyWorkers, seconds: float) -> Fault:
    """PostgreSQL is gone and cannot start before the end."""

    def run() -> str:
        settings = target.files.folder / "postgresql" / "data" / "postgresql.conf"
        away = settings.with_suffix(".away")
        settings.rename(away)
        send(target.processes()["postgresql"], signal.SIGINT)
        time.sleep(seconds)
        away.rename(settings)
        return ""

    return Fault(f"PostgreSQL gone for {seconds:.0f} s", run)


def reload_nginx(target: ManyWorkers) -> Fault:
    """Nginx reads its settings again, twice."""

    def run() -> str:
        for _ in range(2):
            send(target.processes()["nginx"], signal.SIGHUP)
            time.sleep(2)
        return ""

    return Fault("nginx reloaded", run)


def cut_network(target: ManyWorkers, seconds: float) -> Fault:
    """No packet passes between the workers and the database; nobody hears that it is so."""

    def run() -> str:
        port = target.port_of("postgresql")
        with blackhole(port):
            time.sleep(seconds)
        return ""

    return Fault(f"network to PostgreSQL cut for {seconds:.0f} s", run)


@contextlib.contextmanager
def blackhole(port: int) -> Iterator[None]:
    """Has the kernel drop what goes to or comes from a port, in this network namespace only."""
    rules = [["dport", str(port)], ["sport", str(port)]]
    # The table of this machine's own addresses is asked first; here it comes after ours.
    ip("rule", "add", "pref", "100", "lookup", "local")
    try:
        for rule in rules:
            ip("rule", "add", "pref", "50", "ipproto", "tcp", *rule, "blackhole")
        ip("rule", "del", "pref", "0")
        yield
    finally:
        ip("rule", "add", "pref", "0", "lookup", "local")
        for rule in rules:
            ip("rule", "del", "pref", "50", "ipproto", "tcp", *rule, "blackhole")
        ip("rule", "del", "pref", "100", "lookup", "local")


def ip(*arguments: str) -> None:
    """Runs `ip`."""
    subprocess.run(["ip", *arguments], check=True, capture_output=True)


def fill_disk(target: Target, seconds: float) -> Fault:
    """The small disk on which it keeps everything is full."""

    def run() -> str:
        filler = target.folder / "filler"
        with contextlib.suppress(OSError), filler.open("wb", buffering=0) as file:
            while True:
                file.write(b"\0" * CHUNK)
        with contextlib.suppress(OSError), filler.open("ab", buffering=0) as file:
            while True:
                file.write(b"\0" * 512)
        time.sleep(seconds)
        filler.unlink()
        return ""

    return Fault(f"disk full for {seconds:.0f} s", run)


def limit_files(target: Embedded, seconds: float) -> Fault:
    """No file of Rasa's may grow: as a full disk, where no small one can be mounted."""

    def run() -> str:
        process = target.processes()["Rasa"]
        limit = ["prlimit", "--pid", str(process)]
        subprocess.run([*limit, "--fsize=4096:unlimited"], check=True, capture_output=True)
        time.sleep(seconds)
        subprocess.run([*limit, "--fsize=unlimited"], check=True, capture_output=True)
        return ""

    return Fault(f"files that cannot grow for {seconds:.0f} s", run)


def set_clock(target: Target, seconds: int, hold: float) -> Fault:
    """The clock of all programs is wrong, then right again."""

    def run() -> str:
        if not target.has_clock:  # it makes programs slower, so others do without
            target.stop()
            target.has_clock = True
            target.set_clock(0)
            target.start()
        target.set_clock(seconds)
        time.sleep(hold)
        target.set_clock(0)
        return ""

    return Fault(f"clock {seconds // 60:+d} minutes", run)


def damage(target: Embedded, name: str) -> Fault:
    """A database is damaged while nobody serves; then `make run` again."""

    def run() -> str:
        target.stop()
        path = target.workplace / name
        size = path.stat().st_size
        with path.open("r+b") as file:
            for offset in range(0, size, 4096):
                file.seek(offset)
                file.write(os.urandom(2048))
        for suffix in ("-wal", "-shm"):
            Path(f"{path}{suffix}").unlink(missing_ok=True)
        begun = len(target.output())
        target.start()
        said = "damaged" in target.output()[begun:]
        kept = list(target.workplace.glob(f"{path.stem}.*damaged*"))
        # Accounts and their journal are not begun anew by themselves: the pages stay away.
        if not said or not (kept or name == "operators.db"):
            raise Failure(f"{name} was {'not said to be damaged' if not said else 'not set aside'}")
        return "said at the start, set aside" if kept else "said at the start; no pages"

    return Fault(f"{name} damaged", run)


def start_twice(target: Target) -> Fault:
    """Somebody starts it once more in the same folder."""

    def run() -> str:
        second = target.begin()
        output = (second.communicate(timeout=BACK_SECONDS)[0] or b"").decode("utf-8", "replace")
        if second.returncode == 0 or "already" not in output:
            raise Failure(f"a second start was not refused: {output[-300:]}")
        return "refused in one line" if len(output.strip().splitlines()) == 1 else output[-200:]

    return Fault("started twice", run)


def overload(times: int, seconds: float) -> Fault:
    """Many more people write, and do not wait for answers."""

    def run() -> str:
        time.sleep(seconds)
        return ""

    return Fault(f"{times} times the load for {seconds:.0f} s", run, times)


def for_embedded(target: Embedded, seconds: float, is_small: bool) -> list[Fault]:
    """Returns what befalls `make run`.

    Args:
        target: that runs.
        seconds: that faults last, of 60 in full.
        is_small: whether its folder is a disk of its own that may be filled.
    """
    half = seconds / 2
    full = fill_disk(target, seconds) if is_small else limit_files(target, seconds)
    found = [
        kill(target, "Rasa"),
        kill(target, "action server"),
        kill(target, "operator's pages"),
        *(
            [kill(target, "reader of pictures")]
            if "reader of pictures" in target.processes()
            else []
        ),
        kill_starter(target, "make run"),
        stop(target, "Rasa", half),
        stop(target, "action server", half),
        full,
        start_twice(target),
        overload(10, seconds),
        *(damage(target, name) for name in ("website.db", "wechat.db", "conversations.db")),
        damage(target, "operators.db"),
    ]
    if clock_library():
        found += [set_clock(target, sign * CLOCK_SECONDS, half) for sign in (1, -1)]
    return found


def for_many_workers(
    target: ManyWorkers, seconds: float, is_small: bool, is_private: bool
) -> list[Fault]:
    """Returns what befalls `make cluster`.

    Args:
        target: that runs.
        seconds: that faults last, of 60 in full.
        is_small: whether its folder is a disk of its own that may be filled.
        is_private: whether its network is a namespace of its own, in which routes may be changed.
    """
    half = seconds / 2
    names = [name for name in target.processes() if name != "make cluster"]
    found = [
        *(kill(target, name) for name in names),
        stop(target, next(name for name in names if name.startswith("worker")), half),
        stop(target, next(name for name in names if name.startswith("actions")), half),
        restart_database(target),
        lose_database(target, seconds),
        reload_nginx(target),
        start_twice(target),
        overload(10, seconds),
        kill_starter(target, "make cluster"),
    ]
    if is_private:
        found.append(cut_network(target, seconds))
    if is_small:
        found.append(fill_disk(target, seconds))
    if clock_library():
        found += [set_clock(target, sign * CLOCK_SECONDS, half) for sign in (1, -1)]
    return found


__all__ = ["Fault", "below", "for_embedded", "for_many_workers"]
