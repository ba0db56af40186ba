"""The process that reads pictures, as it is started, with its models."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image

from screenshots.reader import _ENVIRONMENT, COMMAND
from screenshots.reading import TextLine
from screenshots.recognition import colours, in_reading_order
from screenshots.worker import LENGTH, MAX_ADDRESS_BYTES, MAX_PICTURE_BYTES
from scripts.console import ROOT
from tests.screenshots.drawn import WORDS, bomb, encoded, with_words
from tests.screenshots.stub import STUB


class Process:
    """The process, spoken to as `Reader` does."""

    def __init__(self, command: Sequence[str] = COMMAND) -> None:
        self.process = subprocess.Popen(
            [*command, str(os.getpid())],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            cwd=ROOT,
            env=_ENVIRONMENT,
        )
        assert self.process.stdin and self.process.stdout
        self.pictures, self.answers = self.process.stdin, self.process.stdout

    def answer(self) -> dict[str, Any]:
        answer = json.loads(self.answers.readline())
        assert isinstance(answer, dict)
        return answer

    def ask(self, picture: bytes) -> dict[str, Any]:
        self.pictures.write(LENGTH.pack(len(picture)) + picture)
        self.pictures.flush()
        return self.answer()

    def texts(self, picture: bytes) -> list[str]:
        return [line[0] for line in self.ask(picture)["reading"]["lines"]]


@pytest.fixture(scope="module")
def worker() -> Iterator[Process]:
    running = Process()
    assert running.answer() == {"ready": True}
    yield running
    rest, errors = running.process.communicate(timeout=30)
    assert (rest, errors) == (b"", b"")
    assert running.process.returncode == 0


def test_it_reads_what_stands_there(worker: Process) -> None:
    answer = worker.ask(encoded(with_words(ink="#d00000", paper="#f0f0f0")))
    assert answer["reading"]["size"] == [600, 300]
    first, second = answer["reading"]["lines"]
    assert (first[0], second[0]) == WORDS
    _, left, top, right, bottom, score, *both = first
    assert 30 < left < 60 < right < 400
    assert 30 < top < 60 < bottom < 120
    assert score > 0.9
    assert np.abs(np.asarray(both) - (0xD0, 0, 0, 0xF0, 0xF0, 0xF0)).max() < 40


@pytest.mark.parametrize("kind", ["JPEG", "GIF", "WEBP", "BMP"])
def test_it_reads_every_kind_when_locked_in(worker: Process, kind: str) -> None:
    assert worker.texts(encoded(with_words(), kind)) == list(WORDS)


def test_it_reads_what_phones_write(worker: Process) -> None:
    """A photograph that lies on its side, with a second one in the file."""
    exif = Image.Exif()
    exif[0x0112] = 6
    lying = with_words().rotate(90, expand=True)
    second = {"save_all": True, "append_images": [Image.new("RGB", (30, 30))], "exif": exif}
    assert worker.texts(encoded(lying, "MPO", **second)) == list(WORDS)


def test_it_reads_a_long_screenshot_once_and_in_order(worker: Process) -> None:
    words = tuple(f"Line number {number}" for number in range(30))
    assert worker.texts(encoded(with_words(words, (700, 5000)))) == list(words)


def test_it_reads_the_largest_picture_within_its_bounds(worker: Process) -> None:
    """40 million pixels, transparent, which takes the most memory."""
    canvas = Image.new("RGBA", (6300, 6300), (0, 0, 0, 0))
    canvas.paste(with_words().resize((5400, 2700)), (300, 300))
    answer = worker.ask(encoded(canvas, compress_level=1))
    assert [line[0] for line in answer["reading"]["lines"]] == list(WORDS)


def test_a_picture_without_text_has_no_lines(worker: Process) -> None:
    for size in ((1, 1), (300, 300), (3, 900), (900, 3)):
        assert worker.texts(encoded(Image.new("RGB", size, "#4080c0"))) == []


def test_what_cannot_be_read_is_told_and_the_next_is_read(worker: Process) -> None:
    whole = encoded(with_words(), "JPEG")
    assert worker.ask(whole[: len(whole) // 2])["reason"] == "damaged"
    assert worker.ask(bomb(50_000))["reason"] == "too_large"
    assert worker.ask(b"<svg xmlns='http://www.w3.org/2000/svg'/>")["reason"] == "unsupported"
    assert worker.ask(b"")["reason"] == "not_a_picture"
    assert worker.texts(whole) == list(WORDS)


@pytest.mark.skipif(sys.platform != "linux", reason="reads /proc")
def test_it_is_locked_in(worker: Process) -> None:
    worker.ask(encoded(with_words()))
    table = Path(f"/proc/{worker.process.pid}/limits").read_text(encoding="ascii")
    limits = {line[:26].strip(): line[26:].split()[:2] for line in table.splitlines()[1:]}
    for name in ("file size", "core file size", "open files", "processes"):
        assert limits[f"Max {name}"] == ["0", "0"], name
    assert limits["Max address space"] == [str(MAX_ADDRESS_BYTES)] * 2
    status = Path(f"/proc/{worker.process.pid}/status").read_text(encoding="ascii")
    assert "\nNoNewPrivs:\t1\n" in status
    assert "\nSeccomp:\t2\n" in status
    assert "\nThreads:\t1\n" in status


def test_it_ends_when_its_input_ends_or_makes_no_sense() -> None:
    for words in (b"", b"\x00\x00", LENGTH.pack(100) + b"a", LENGTH.pack(MAX_PICTURE_BYTES + 1)):
        running = Process(STUB)
        rest, errors = running.process.communicate(words, timeout=60)
        assert (rest, errors) == (b'{"ready": true}\n', b"")
        assert running.process.returncode == 0


def test_lines_are_in_reading_order() -> None:
    def line(text: str, left: float, top: float) -> TextLine:
        return TextLine(text, left, top, left + 100, top + 30, 1.0)

    lines = [line("d", 10, 96), line("b", 300, 8), line("a", 10, 14), line("c", 150, 90)]
    assert [found.text for found in in_reading_order(lines)] == ["a", "b", "d", "c"]
    assert in_reading_order([]) == []


@pytest.mark.parametrize(
    ("ink", "paper"),
    [("#000000", "#ffffff"), ("#e0e0e0", "#101820"), ("#e64340", "#f4f5f7")],
)
def test_colours_of_a_line(ink: str, paper: str) -> None:
    pixels = np.asarray(with_words(("Password",), ink=ink, paper=paper))
    found = colours(pixels, 36, 44, 260, 92)
    for colour, wanted in zip(found, (ink, paper), strict=True):
        wanted_values = [int(wanted[start : start + 2], 16) for start in (1, 3, 5)]
        assert np.abs(np.asarray(colour) - wanted_values).max() < 24


def test_colours_of_a_line_at_the_edge() -> None:
    pixels = np.zeros((4, 4, 3), dtype=np.uint8)
    assert colours(pixels, 3.5, 3.5, 4, 4) == ((0, 0, 0), (0, 0, 0))
