"""The process that reads pictures: `python -m screenshots.worker`, started by `Reader` alone.

It loads the models, locks itself in, and then answers pictures from its input one after the
other: four bytes with the length, big-endian, and the picture; one line of JSON for each to its
output. The first line says that it is ready. It says nothing else, and keeps nothing.
"""

from __future__ import annotations

import io
import json
import os
import resource
import signal
import struct
import sys
from typing import TYPE_CHECKING, Any, BinaryIO

from screenshots.confinement import confine, end_with_parent
from screenshots.reading import NotRead, Reading, Reason, TextLine

if TYPE_CHECKING:
    from screenshots.recognition import Recognizer

LENGTH = struct.Struct(">I")
MAX_PICTURE_BYTES = 16 * 2**20
# The most that was seen is 1.1 GB: 40 million pixels of a WebP with transparency.
MAX_ADDRESS_BYTES = 3 * 2**29
# It ends itself then, if the server that should have ended it earlier hangs.
MAX_SECONDS = 60

_STATM = "/proc/self/statm"


def main() -> None:
    """Serves until its input ends."""
    parent = int(sys.argv[1]) if len(sys.argv) > 1 else os.getppid()
    end_with_parent(parent)
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # of Ctrl-C in a terminal, the server tells it
    pictures = sys.stdin.buffer
    answers = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)  # what a library prints goes where errors go
    try:
        recognizer = load()
    except Exception as problem:  # missing, or made for another machine
        say(answers, {"off": type(problem).__name__})
        return
    memory = Memory()
    confine(MAX_ADDRESS_BYTES)
    rehearse(recognizer)
    say(answers, {"ready": True})
    while (picture := receive(pictures)) is not None:
        signal.alarm(MAX_SECONDS)
        answer = read(recognizer, picture)
        signal.alarm(0)
        say(answers, {**answer, "memory": memory.used()})


def load() -> Recognizer:
    """Returns what reads, with everything loaded that it may need later."""
    from screenshots.recognition import Recognizer

    recognizer = Recognizer()
    rehearse(recognizer)
    return recognizer


def rehearse(recognizer: Recognizer) -> None:
    """Reads a small picture of each kind, so that nothing is left to be loaded."""
    from PIL import Image, ImageDraw

    drawn = Image.new("RGB", (320, 96), "white")
    ImageDraw.Draw(drawn).text((20, 30), "ready", fill="black", font_size=32)
    for kind in ("JPEG", "PNG", "GIF", "WEBP", "BMP", "MPO"):
        file = io.BytesIO()
        several = {"save_all": True, "append_images": [drawn]} if kind == "MPO" else {}
        drawn.save(file, kind, **several)
        recognizer.read(file.getvalue())


def read(recognizer: Recognizer, picture: bytes) -> dict[str, Any]:
    """Returns the answer to a picture."""
    try:
        return {"reading": to_json(recognizer.read(picture))}
    except NotRead as problem:
        return {"reason": problem.reason.value}
    except MemoryError:
        return {"reason": Reason.TOO_LARGE.value}
    except Exception:  # its message may hold what stands on the picture
        return {"reason": Reason.FAILED.value}


def to_json(reading: Reading) -> dict[str, Any]:
    """Returns a reading as `Reader` reads it."""
    return {
        "size": [reading.width, reading.height],
        "lines": [
            [line.text, *_location(line), line.score, *line.ink, *line.paper]
            for line in reading.lines
        ],
    }


def _location(line: TextLine) -> tuple[float, float, float, float]:
    return line.left, line.top, line.right, line.bottom


def receive(pictures: BinaryIO) -> bytes | None:
    """Returns the next picture; None at the end, also in the middle of one."""
    head = pictures.read(LENGTH.size)
    if len(head) < LENGTH.size:
        return None
    (size,) = LENGTH.unpack(head)
    if size > MAX_PICTURE_BYTES:
        return None
    picture = pictures.read(size)
    return picture if len(picture) == size else None


def say(answers: BinaryIO, answer: dict[str, Any]) -> None:
    """Writes one line, for `Reader`."""
    answers.write(json.dumps(answer).encode() + b"\n")
    answers.flush()


class Memory:
    """How much memory this process has; opened before files are out of reach."""

    def __init__(self) -> None:
        try:
            self._statm = os.open(_STATM, os.O_RDONLY)
        except OSError:  # not on Linux
            self._statm = -1

    def used(self) -> int:
        """Returns the bytes in use now, or where nothing says so, the most that were."""
        if self._statm >= 0:
            return int(os.pread(self._statm, 256, 0).split()[1]) * resource.getpagesize()
        return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss  # bytes on macOS


if __name__ == "__main__":
    main()
