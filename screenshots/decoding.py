"""From the bytes of a picture to its pixels: upright, on white, and no larger than is read.

What a picture says of its size is checked before a pixel of it is made. Only the process that
reads pictures (`worker`) imports this.
"""

from __future__ import annotations

import io
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

# Pillow imports the last two only when it meets a photograph that needs them: too late here.
from PIL import (  # noqa: F401
    BmpImagePlugin,
    GifImagePlugin,
    Image,
    ImageFile,
    JpegImagePlugin,
    MpoImagePlugin,
    PngImagePlugin,
    TiffImagePlugin,
    WebPImagePlugin,
)

from screenshots.kinds import kind_of
from screenshots.reading import NotRead, Reason

Pixels = NDArray[np.uint8]

MAX_PIXELS = 40_000_000
MAX_SIDE = 20_000  # pixels
# Passes over a JPEG that is refined step by step. Cameras and programs write ten or so; each takes
# a hundredth of a second on the largest picture, and thousands fit into a few hundred kilobytes.
MAX_SCANS = 100
# To what a picture is scaled down, in pixels; small print of a phone stays 25 high, and what is
# larger costs time and reads no better (docs/decisions/0003-reading-pictures.md).
SHORT_SIDE = 900
LONG_SIDE = 1920
# Higher than any phone: a long screenshot, which is not scaled by its height but cut.
LONG_RATIO = 2.6
PIECE_HEIGHT = 1900
PIECE_OVERLAP = 160  # more than two lines of text
MAX_PIECES = 12

_SCAN = b"\xff\xda"  # begins one; among the data of a pass these two bytes do not follow each other
_ORIENTATION = 0x0112  # the tag of EXIF
_TURNS = {
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_270,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_90,
}

Image.MAX_IMAGE_PIXELS = MAX_PIXELS
ImageFile.LOAD_TRUNCATED_IMAGES = False


@dataclass(frozen=True)
class Piece:
    """A part of a picture, as wide as the picture.

    Attributes:
        pixels: red, green, blue.
        top: where it begins in the picture.
        first, last: lines whose middle is from the first to before the last, in pixels of the
            picture, are this piece's; what is outside is a neighbour's.
    """

    pixels: Pixels
    top: int
    first: float
    last: float


def decode(picture: bytes) -> Pixels:
    """Returns the pixels of a picture, scaled down to the size that is read.

    Raises:
        NotRead: if it is none, is damaged or too large.
    """
    kind = kind_of(picture)
    if kind == "JPEG" and picture.count(_SCAN) > MAX_SCANS:
        raise NotRead(Reason.TOO_LARGE)
    try:
        with Image.open(io.BytesIO(picture), formats=[kind]) as image:
            _check_size(image.size)
            size = size_to_read(image.size)
            if kind == "JPEG":  # decodes at a half, a quarter, an eighth: quicker and smaller
                image.draft("RGB", size)
            image.load()
            _check_size(image.size)
            turn = _TURNS.get(_orientation(image))
            flat = _flatten(image)
        if flat.size != size:
            flat = flat.resize(size, Image.Resampling.BICUBIC, reducing_gap=2.0)
        if turn is not None:
            flat = flat.transpose(turn)
        return np.asarray(flat)
    except NotRead:
        raise
    except (MemoryError, Image.DecompressionBombError):
        raise NotRead(Reason.TOO_LARGE) from None
    except Exception:  # whatever a decoder stumbles over: its messages may hold what is inside
        raise NotRead(Reason.DAMAGED) from None


def size_to_read(size: tuple[int, int]) -> tuple[int, int]:
    """Returns the size that a picture is read in: its own, or smaller."""
    width, height = size
    short, long = min(size), max(size)
    longest = LONG_SIDE
    if long > LONG_RATIO * short:  # of a long screenshot, or of a line cut from one
        longest = MAX_PIECES * (PIECE_HEIGHT - PIECE_OVERLAP)
    scale = min(1.0, SHORT_SIDE / short, longest / long)
    return max(1, round(width * scale)), max(1, round(height * scale))


def cut(pixels: Pixels) -> list[Piece]:
    """Returns the pieces of a picture: one, or several that overlap if it is long."""
    height, width = pixels.shape[:2]
    if height <= max(LONG_SIDE, PIECE_HEIGHT, LONG_RATIO * width):
        return [Piece(pixels, 0, -np.inf, np.inf)]
    step = PIECE_HEIGHT - PIECE_OVERLAP
    tops = list(range(0, height - PIECE_OVERLAP, step))
    borders = [-np.inf, *(top + PIECE_OVERLAP / 2 for top in tops[1:]), np.inf]
    return [
        Piece(pixels[top : top + PIECE_HEIGHT], top, first, last)
        for top, first, last in zip(tops, borders, borders[1:], strict=False)
    ]


def _check_size(size: tuple[int, int]) -> None:
    width, height = size
    if width * height > MAX_PIXELS or max(size) > MAX_SIDE:
        raise NotRead(Reason.TOO_LARGE)


def _orientation(image: Image.Image) -> int:
    try:
        return int(image.getexif().get(_ORIENTATION, 1))
    except Exception:  # EXIF may be broken in many ways; the picture is whole all the same
        return 1


def _flatten(image: Image.Image) -> Image.Image:
    """Returns a picture in red, green and blue; what is transparent becomes white."""
    if image.mode.startswith("I") or image.mode == "F":  # grey of 16 or 32 bits
        grey = np.asarray(image).astype(np.float32)
        top = 65535 if grey.max(initial=0) > 255 else 255
        return Image.fromarray(np.clip(grey * 255 / top, 0, 255).astype(np.uint8)).convert("RGB")
    if "transparency" in image.info or image.mode in ("LA", "La", "PA", "RGBA", "RGBa"):
        image = image.convert("RGBA")
        white = Image.new("RGB", image.size, "white")
        white.paste(image, mask=image.getchannel("A"))
        return white
    return image.convert("RGB")
