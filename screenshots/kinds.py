"""Which kind of picture some bytes are, by their content alone; nothing is decoded here."""

from __future__ import annotations

from screenshots.reading import NotRead, Reason

# The names are Pillow's; a picture is opened by the plugin of its kind and by no other.
_READ = (
    (0, b"\xff\xd8\xff", "JPEG"),
    (0, b"\x89PNG\r\n\x1a\n", "PNG"),
    (0, b"GIF87a", "GIF"),
    (0, b"GIF89a", "GIF"),
    (8, b"WEBP", "WEBP"),
    (0, b"BM", "BMP"),
)
_NOT_READ = (
    (4, b"ftyp"),  # HEIC, AVIF, MP4, MOV
    (0, b"II*\x00"),  # TIFF, and many a camera's raw picture
    (0, b"MM\x00*"),
    (0, b"%PDF"),
    (0, b"\x1a\x45\xdf\xa3"),  # WebM, Matroska
    (8, b"AVI "),
    (0, b"FLV\x01"),
    (0, b"\xff\x0a"),  # JPEG XL, bare and in a box
    (4, b"JXL "),
    (4, b"jP  "),  # JPEG 2000
    (0, b"8BPS"),  # Photoshop
    (0, b"\x00\x00\x01\x00"),  # icon
)
_BMP_HEADERS = (12, 40, 52, 56, 64, 108, 124)  # the sizes that there are, in bytes
_SVG_STARTS = (b"<svg", b"<?xml", b"<!doctype svg", b"<!--")
_SVG_SEARCHED = 1024  # bytes: comments and a document type may stand before the element


def kind_of(picture: bytes) -> str:
    """Returns the kind of a picture as Pillow calls it.

    Raises:
        NotRead: if it is no picture, or of a kind that is not read.
    """
    for offset, magic, kind in _READ:
        if picture.startswith(magic, offset) and _is_whole_head(picture, kind):
            return kind
    for offset, magic in _NOT_READ:
        if picture.startswith(magic, offset):
            raise NotRead(Reason.UNSUPPORTED)
    start = picture[:_SVG_SEARCHED].lstrip(b"\xef\xbb\xbf \t\r\n").lower()
    if start.startswith(_SVG_STARTS) and b"<svg" in start:
        raise NotRead(Reason.UNSUPPORTED)
    raise NotRead(Reason.NOT_A_PICTURE)


def _is_whole_head(picture: bytes, kind: str) -> bool:
    """Two kinds begin with letters that other files begin with as well."""
    if kind == "WEBP":
        return picture.startswith(b"RIFF")
    if kind == "BMP":
        return int.from_bytes(picture[14:18], "little") in _BMP_HEADERS
    return True
