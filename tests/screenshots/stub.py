"""The program of the process that reads pictures, with a reader that does what a picture says."""

from __future__ import annotations

import sys

# It is locked in as ever.
PROGRAM = """
import os, sys, time
from screenshots import worker
from screenshots.reading import NotRead, Reading, Reason, TextLine

class Recognizer:
    kept = []

    def read(self, picture):
        word = picture[8:].decode()
        if word == "crash":
            os.abort()
        elif word == "end":
            os._exit(0)
        elif word == "hang":
            time.sleep(600)
        elif word == "noise":
            os.write(3, b"noise\\n")
        elif word == "flood":
            os.write(3, b"1" * 2**22)
        elif word == "list":
            os.write(3, b"[1]\\n")
        elif word == "strange":
            os.write(3, b'{"memory": 1, "reading": {"size": [1, 2], "lines": [[1, 2]]}}\\n')
        elif word == "endless":
            os.write(3, b'{"memory": 1, "reading": {"size": [Infinity, 2], "lines": []}}\\n')
        elif word == "unknown":
            os.write(3, b'{"memory": 1, "reason": "because"}\\n')
        elif word == "damaged":
            raise NotRead(Reason.DAMAGED)
        elif word == "stumble":
            raise ValueError("what stands on the picture")
        elif word == "grow":
            self.kept.append(bytearray(b"1") * (300 * 2**20))
        elif word.startswith("claim"):
            bytearray(int(word.removeprefix("claim")) * 2**20)
        elif word == "long":
            return Reading((TextLine("a" * 400, 0, 0, 1, 1, 0.5),) * 400, 1, 1)
        elif word.startswith("wait"):
            time.sleep(0.2)
        return Reading((TextLine(word + str(os.getpid()), 1, 2, 3, 4, 0.5, (6, 7, 8)),), 10, 20)

worker.load = Recognizer
worker.rehearse = lambda recognizer: None
worker.main()
"""
STUB = (sys.executable, "-c", PROGRAM)
