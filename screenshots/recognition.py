"""Finds the text on pixels and reads it, with the models of PP-OCRv6 inside `rapidocr`.

Only the process that reads pictures (`worker`) imports this: it takes a second and 300 MB.
"""

from __future__ import annotations

from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray
from rapidocr import RapidOCR
from rapidocr.ch_ppocr_det.utils import DetPreProcess

from screenshots.confinement import processor_limit
from screenshots.decoding import Pixels, cut, decode
from screenshots.reading import Reading, TextLine
from screenshots.signs import with_strokes

# What is measured stands in docs/decisions/0003-reading-pictures.md.
DETECTION_SIDE = 736  # pixels: text is looked for on a copy as long as this, and read on the whole
DETECTION_SIDE_LYING = 1024  # of a picture that is wider than high: letters of a computer are small
MIN_SCORE = 0.5
MAX_LINES = 400
# Of the processor. The largest pictures take 1.3 s to decode, a long screenshot 5 s to read;
# hundreds of thousands of empty parts before a picture, or thousands of words, take minutes.
MAX_DECODING_SECONDS = 4
MAX_READING_SECONDS = 12
MAX_CHARACTERS = 400  # of a line

_PAPER_BORDER = 2  # pixels around a box that are taken for paper
_INK_SHARE = 0.08  # of the pixels of a box, those that differ most from the paper
_SAME_ROW = 0.5  # of a line's height: how far the middles of two lines in one row are apart

Box = NDArray[np.float32]  # the four corners of a text, from the upper left one clockwise


class Recognizer:
    """Reads the text on pictures; keeps nothing of them."""

    def __init__(self) -> None:
        cv2.setNumThreads(1)
        # It would scale pictures itself, and tell texts that stand on their heads, which phones
        # do not show.
        self._engine: Any = RapidOCR(
            params={
                "Global.use_cls": False,
                "Global.max_side_len": 10**6,
                "Global.text_score": MIN_SCORE,
                "Global.log_level": "error",
                "Rec.rec_batch_num": 1,
                "EngineConfig.onnxruntime.intra_op_num_threads": 1,
                "EngineConfig.onnxruntime.inter_op_num_threads": 1,
                "EngineConfig.onnxruntime.enable_cpu_mem_arena": True,  # keeps what it works in
            }
        )
        self._engine._load_det_model()
        self._engine._load_rec_model()
        upright, lying = (
            DetPreProcess(side, "max", [0.5] * 3, [0.5] * 3)
            for side in (DETECTION_SIDE, DETECTION_SIDE_LYING)
        )
        self._shrink = {False: upright, True: lying}
        self._is_lying = False  # the picture that is read
        self._engine.text_det.get_preprocess = lambda *_: self._shrink[self._is_lying]
        # A text is made as wide as this at least; 320 by default, for batches.
        self._engine.text_rec.rec_image_shape = [3, 48, 48]

    def read(self, picture: bytes) -> Reading:
        """Returns the lines on a picture.

        Raises:
            NotRead: if it is none, is damaged, too large, or takes too long.
        """
        with processor_limit(MAX_DECODING_SECONDS):
            pixels = decode(picture)
        height, width = pixels.shape[:2]
        self._is_lying = width > height
        with processor_limit(MAX_READING_SECONDS):
            lines = self._read_lines(pixels)
        return Reading(tuple(in_reading_order(lines)[:MAX_LINES]), width, height)

    def _read_lines(self, pixels: Pixels) -> list[TextLine]:
        lines = []
        for piece in cut(pixels):
            for line in self._read_piece(piece.pixels, piece.top):
                if piece.first <= (line.top + line.bottom) / 2 < piece.last:
                    lines.append(line)
        return lines

    def _read_piece(self, pixels: Pixels, offset: int) -> list[TextLine]:
        found = self._engine(np.ascontiguousarray(pixels[:, :, ::-1]))
        if found.boxes is None:
            return []
        lines = []
        for corners, text, score in zip(found.boxes, found.txts, found.scores, strict=True):
            text = with_strokes(" ".join(text.split()))[:MAX_CHARACTERS]
            box: Box = np.asarray(corners, dtype=np.float32)
            left, top = (float(side) for side in box.min(axis=0))
            right, bottom = (float(side) for side in box.max(axis=0))
            if text:
                ink, paper = colours(pixels, left, top, right, bottom)
                location = (left, top + offset, right, bottom + offset)
                lines.append(TextLine(text, *location, float(score), ink, paper))
        return lines


def in_reading_order(lines: list[TextLine]) -> list[TextLine]:
    """Returns lines from top to bottom, and those of a row from left to right."""
    rows: list[list[TextLine]] = []
    for line in sorted(lines, key=_middle):
        if rows and _is_in_row(line, rows[-1][0]):
            rows[-1].append(line)
        else:
            rows.append([line])
    return [line for row in rows for line in sorted(row, key=lambda line: line.left)]


def colours(
    pixels: Pixels, left: float, top: float, right: float, bottom: float
) -> tuple[tuple[int, int, int], tuple[int, int, int]]:
    """Returns an estimate of the colour of the letters in a box, and of what is around them."""
    height, width = pixels.shape[:2]
    x, y = max(0, int(left)), max(0, int(top))
    part = pixels[y : max(y + 1, min(height, int(bottom))), x : max(x + 1, min(width, int(right)))]
    border = _PAPER_BORDER
    edges = [part[:border], part[-border:], part[:, :border], part[:, -border:]]
    paper = np.median(np.concatenate([edge.reshape(-1, 3) for edge in edges]), axis=0)
    inside = part.reshape(-1, 3).astype(np.int32)
    difference = np.abs(inside - paper).sum(axis=1)
    is_ink = difference >= np.quantile(difference, 1 - _INK_SHARE)
    return _colour(np.median(inside[is_ink], axis=0)), _colour(paper)


def _colour(values: NDArray[Any]) -> tuple[int, int, int]:
    red, green, blue = (int(value) for value in values)
    return red, green, blue


def _middle(line: TextLine) -> float:
    return (line.top + line.bottom) / 2


def _is_in_row(line: TextLine, first: TextLine) -> bool:
    height = min(line.bottom - line.top, first.bottom - first.top)
    return _middle(line) - _middle(first) <= _SAME_ROW * height
