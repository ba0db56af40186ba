"""Pictures for tests, made when they are needed."""

from __future__ import annotations

import io
import struct
import zlib
from typing import Any

from PIL import Image, ImageDraw

PNG = b"\x89PNG\r\n\x1a\n"
WORDS = ("Password", "Try again")


def encoded(image: Image.Image, kind: str = "PNG", **options: Any) -> bytes:
    file = io.BytesIO()
    image.save(file, kind, **options)
    return file.getvalue()


def with_words(
    words: tuple[str, ...] = WORDS,
    size: tuple[int, int] = (600, 300),
    paper: str = "white",
    ink: str = "black",
) -> Image.Image:
    """Returns a picture with one line for each of the words."""
    image = Image.new("RGB", size, paper)
    for row, word in enumerate(words):
        location = (40, 40 + row * (size[1] - 80) // max(1, len(words)))
        ImageDraw.Draw(image).text(location, word, fill=ink, font_size=48)
    return image


def chunk(name: bytes, content: bytes) -> bytes:
    """Returns one chunk of a PNG."""
    checksum = zlib.crc32(name + content)
    return struct.pack(">I", len(content)) + name + content + struct.pack(">I", checksum)


def png_head(width: int, height: int, depth: int = 1, colours: int = 0) -> bytes:
    """Returns how a PNG begins that says to be so large."""
    return PNG + chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, depth, colours, 0, 0, 0))


def bomb(side: int) -> bytes:
    """Returns a complete white PNG of so many pixels a side, in a few kilobytes."""
    packer = zlib.compressobj(1)
    row = b"\x00" + b"\xff" * ((side + 7) // 8)
    packed = b"".join(packer.compress(row * 100) for _ in range(side // 100)) + packer.flush()
    return png_head(side, side) + chunk(b"IDAT", packed) + chunk(b"IEND", b"")
