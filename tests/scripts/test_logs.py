"""Logs are private, and bounded whatever a program writes."""

from __future__ import annotations

import logging
import os
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from scripts import logs
from scripts.logs import BACKUPS, CHUNK_BYTES, KEPT_SECONDS, LogFile, prepare_folder
from scripts.processes import Program, run_to_end
from serving.logs import OneLineRecord

MAX_BYTES = 200_000


@pytest.fixture(autouse=True)
def generous_umask() -> Iterator[None]:
    before = os.umask(0)
    yield
    os.umask(before)


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    folder = tmp_path / "logs"
    monkeypatch.setattr(logs, "LOGS", folder)
    monkeypatch.setattr(logs, "MAX_BYTES", MAX_BYTES)
    return folder


def mode(path: Path) -> int:
    return path.stat().st_mode & 0o777


def python(code: str, log: Path) -> Program:
    return run_to_end("Writing", [sys.executable, "-c", code], log)


def test_folder_and_files_are_private_and_old_ones_are_corrected(folder: Path) -> None:
    folder.mkdir(mode=0o755)
    (folder / "old.log").touch(0o644)
    (folder / ".some.lock").touch(0o644)
    program = python("print('hello')", folder / "new.log")
    assert program.output() == "hello\n"
    assert mode(folder) == 0o700
    assert {path.name: mode(path) for path in folder.iterdir()} == dict.fromkeys(
        ("old.log", "new.log", ".some.lock"), 384
    )


def test_a_file_elsewhere_is_private_and_its_folder_is_let_alone(tmp_path: Path) -> None:
    tmp_path.chmod(0o755)
    (tmp_path / "other").touch(0o644)
    python("print('hello')", tmp_path / "some.log")
    assert mode(tmp_path / "some.log") == 0o600
    assert mode(tmp_path) == 0o755
    assert mode(tmp_path / "other") == 0o644


@pytest.mark.parametrize(
    "code",
    [
        # Lines, bytes past Python, one line without an end, a child of its own.
        "for n in range(40_000): print(n, 'x' * 90)\nprint('the end')",
        "import os\nfor _ in range(60): os.write(2, b'\\xff\\xfe' * 30_000)\n"
        "os.write(1, b'the end')",
        "import sys\nsys.stdout.write('码' * 1_500_000 + 'the end')",
        "import subprocess, sys\nsubprocess.run([sys.executable, '-c',"
        " \"for n in range(40_000): print(n, 'x' * 90)\"])\nprint('the end')",
    ],
)
def test_raw_output_is_rotated_and_bounded(folder: Path, code: str) -> None:
    program = python(code, folder / "rasa.log")
    assert program.exit_code == 0
    assert program.output().rstrip().endswith("the end")
    files = sorted(folder.iterdir())
    assert [file.name for file in files] == [
        "rasa.log",
        *(f"rasa.log.{number}" for number in range(1, BACKUPS + 1)),
    ]
    assert {mode(file) for file in files} == {0o600}
    # A character may take three bytes; a piece that does not fit begins a new file.
    assert max(file.stat().st_size for file in files) <= 3 * MAX_BYTES + CHUNK_BYTES


def test_a_start_begins_a_new_file_and_keeps_the_one_before(folder: Path) -> None:
    for number in range(BACKUPS + 3):
        program = python(f"print({number})", folder / "rasa.log")
        assert program.output() == f"{number}\n"
    kept = [(folder / f"rasa.log.{number}").read_text() for number in range(1, BACKUPS + 1)]
    assert kept == [f"{BACKUPS + 2 - number}\n" for number in range(1, BACKUPS + 1)]
    assert len(list(folder.iterdir())) == BACKUPS + 1


def test_old_logs_of_unusual_ports_go(folder: Path) -> None:
    folder.mkdir()
    week = time.time() - KEPT_SECONDS - 60
    for name in ("rasa.log", "rasa-40001.log", "rasa-40001.log.1", "shell-5.log", "train.log.2"):
        (folder / name).touch()
        os.utime(folder / name, (week, week))
    (folder / "rasa-40002.log").touch()
    prepare_folder(folder)
    assert sorted(path.name for path in folder.iterdir()) == [
        *("rasa-40002.log", "rasa.log", "train.log.2")
    ]


def test_a_full_disk_does_not_stop_the_program(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(self: LogFile, _: object) -> bool:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(LogFile, "shouldRollover", full)
    program = python("for n in range(20_000): print(n, 'x' * 90)", folder / "rasa.log")
    assert program.exit_code == 0


def test_a_link_out_of_the_folder_is_not_followed(folder: Path, tmp_path: Path) -> None:
    folder.mkdir()
    (tmp_path / "theirs").touch(0o644)
    (folder / "link.log").symlink_to(tmp_path / "theirs")
    prepare_folder(folder)
    assert mode(tmp_path / "theirs") == 0o644


def test_what_is_written_raw_stays_so_where_log_records_are_escaped(folder: Path) -> None:
    before = logging.getLogRecordFactory()
    logging.setLogRecordFactory(OneLineRecord)
    try:
        python(r"print('one\ttwo'); print('three')", folder / "odd.log")
    finally:
        logging.setLogRecordFactory(before)
    assert (folder / "odd.log").read_text() == "one\ttwo\nthree\n"
