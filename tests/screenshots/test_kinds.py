"""What a picture is, is told by its content."""

from __future__ import annotations

import pytest

from screenshots.kinds import kind_of
from screenshots.reading import NotRead, Reason
from tests.screenshots.drawn import encoded, with_words

OTHERS = {
    "HEIC": b"\x00\x00\x00\x18ftypheic\x00\x00\x00\x00mif1heic",
    "AVIF": b"\x00\x00\x00\x1cftypavif\x00\x00\x00\x00",
    "MP4": b"\x00\x00\x00\x18ftypisom\x00\x00\x02\x00",
    "TIFF": b"II*\x00\x08\x00\x00\x00",
    "TIFF of the other order": b"MM\x00*\x00\x00\x00\x08",
    "PDF": b"%PDF-1.7\n",
    "WebM": b"\x1a\x45\xdf\xa3\x01\x00\x00\x00",
    "AVI": b"RIFF\x00\x10\x00\x00AVI LIST",
    "SVG": b"<svg xmlns='http://www.w3.org/2000/svg'><text>a</text></svg>",
    "SVG after a declaration": b"\xef\xbb\xbf<?xml version='1.0'?>\n<!-- a -->\n<svg/>",
    "JPEG XL": b"\xff\x0a\x00\x00",
    "icon": b"\x00\x00\x01\x00\x01\x00",
}
NO_PICTURES = {
    "nothing": b"",
    "text": b"password.png",
    "HTML": b"<!DOCTYPE html><html><body><p>svg</p></body></html>",
    "zip": b"PK\x03\x04\x14\x00\x00\x00",
    "program": b"\x7fELF\x02\x01\x01",
    "text that begins like a BMP": b"BMW and others, a list of makers",
    "sound": b"RIFF\x00\x10\x00\x00WAVEfmt ",
    "almost WebP": b"RIFX\x00\x10\x00\x00WEBPVP8 ",
    "half a magic number": b"\x89PNG\r\n",
}


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "GIF", "WEBP", "BMP"])
def test_kinds_that_are_read(kind: str) -> None:
    assert kind_of(encoded(with_words(), kind)) == kind


@pytest.mark.parametrize("start", OTHERS.values(), ids=OTHERS)
def test_kinds_that_are_not_read(start: bytes) -> None:
    with pytest.raises(NotRead) as problem:
        kind_of(start + b"\x00" * 100)
    assert problem.value.reason is Reason.UNSUPPORTED


@pytest.mark.parametrize("start", NO_PICTURES.values(), ids=NO_PICTURES)
def test_what_is_no_picture(start: bytes) -> None:
    with pytest.raises(NotRead) as problem:
        kind_of(start)
    assert problem.value.reason is Reason.NOT_A_PICTURE
