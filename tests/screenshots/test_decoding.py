"""Pictures come out upright, on white and small enough, or are refused."""

from __future__ import annotations

import io
import itertools
import time
import zipfile
import zlib

import numpy as np
import pytest
from PIL import Image, ImageCms

from screenshots.confinement import processor_limit
from screenshots.decoding import (
    LONG_SIDE,
    MAX_PIECES,
    MAX_SIDE,
    PIECE_HEIGHT,
    PIECE_OVERLAP,
    SHORT_SIDE,
    cut,
    decode,
    size_to_read,
)
from screenshots.reading import NotRead, Reason
from tests.screenshots.drawn import PNG, bomb, chunk, encoded, png_head, with_words

pytestmark = pytest.mark.filterwarnings("ignore:::PIL")  # it warns of what is broken

RED, GREEN, BLUE, BLACK = (255, 0, 0), (0, 128, 0), (0, 0, 255), (0, 0, 0)


def refused(picture: bytes) -> Reason:
    with pytest.raises(NotRead) as problem:
        decode(picture)
    return problem.value.reason


def quarters(size: int = 64) -> Image.Image:
    """Returns a picture that tells how it is turned: red, green / blue, black."""
    image = Image.new("RGB", (size * 2, size))
    image.paste(RED, (0, 0, size, size // 2))
    image.paste(GREEN, (size, 0, size * 2, size // 2))
    image.paste(BLUE, (0, size // 2, size, size))
    return image


def near(pixel: object, colour: tuple[int, int, int]) -> bool:
    return bool(np.abs(np.asarray(pixel, dtype=int) - colour).max() < 24)


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "GIF", "WEBP", "BMP"])
def test_every_kind_is_decoded(kind: str) -> None:
    pixels = decode(encoded(quarters(), kind, **({"quality": 95} if kind == "JPEG" else {})))
    assert pixels.shape == (64, 128, 3)
    assert pixels.dtype == np.uint8
    assert near(pixels[8, 8], RED)
    assert near(pixels[56, 8], BLUE)


@pytest.mark.parametrize("mode", ["1", "L", "P", "LA", "PA", "RGBA", "I;16"])
def test_every_kind_of_colour_is_decoded(mode: str) -> None:
    white = Image.new("L", (40, 40), 255)
    white.paste(0, (0, 0, 40, 20))
    if mode == "I;16":
        picture = Image.fromarray(np.asarray(white).astype(np.uint16) * 257)
    elif mode == "PA":
        picture = white.convert("P")
        picture.info["transparency"] = 3
    else:
        picture = white.convert(mode)
    pixels = decode(encoded(picture))
    assert near(pixels[5, 5], (0, 0, 0))
    assert near(pixels[35, 35], (255, 255, 255))


def test_colours_of_print_are_decoded() -> None:
    pixels = decode(encoded(Image.new("CMYK", (40, 40), (0, 255, 255, 0)), "JPEG", quality=95))
    assert pixels[20, 20, 0] > 200
    assert pixels[20, 20, 1] < 60


def test_what_is_transparent_is_white() -> None:
    clear = Image.new("RGBA", (40, 40), (0, 0, 0, 0))
    clear.paste((0, 0, 0, 255), (0, 0, 20, 40))
    for kind in ("PNG", "WEBP", "GIF"):
        options = {"lossless": True} if kind == "WEBP" else {}
        pixels = decode(encoded(clear, kind, **options))
        assert near(pixels[20, 5], (0, 0, 0)), kind
        assert near(pixels[20, 35], (255, 255, 255)), kind


@pytest.mark.parametrize(
    ("orientation", "corner"),
    [(1, RED), (2, GREEN), (3, BLACK), (4, BLUE), (5, RED), (6, BLUE), (7, BLACK), (8, GREEN)],
)  # fmt: skip
def test_a_picture_is_turned_as_exif_says(orientation: int, corner: tuple[int, int, int]) -> None:
    exif = Image.Exif()
    exif[0x0112] = orientation
    pixels = decode(encoded(quarters(), "JPEG", exif=exif, quality=95))
    assert pixels.shape == ((128, 64, 3) if orientation > 4 else (64, 128, 3))
    assert near(pixels[4, 4], corner)


def test_broken_exif_does_no_harm() -> None:
    for exif in (b"Exif\x00\x00MM\x00*\xff\xff\xff\xff", b"Exif\x00\x00", b"Exif\x00\x00II" * 900):
        assert decode(encoded(quarters(), "JPEG", exif=exif)).shape == (64, 128, 3)


def test_several_photographs_in_one_file_are_one() -> None:
    """As phones write them, with a second picture for bright screens."""
    second = {"save_all": True, "append_images": [Image.new("RGB", (30, 30))]}
    pixels = decode(encoded(quarters(), "MPO", **second))
    assert pixels.shape == (64, 128, 3)


def test_large_pictures_are_scaled_down() -> None:
    photograph = decode(encoded(Image.new("RGB", (3000, 4000)), "JPEG"))
    assert photograph.shape[:2] == (1200, 900)
    assert size_to_read((1170, 2532)) == (887, LONG_SIDE)
    assert size_to_read((SHORT_SIDE, LONG_SIDE)) == (SHORT_SIDE, LONG_SIDE)
    assert size_to_read((390, 844)) == (390, 844)
    assert size_to_read((20_000, 1)) == (20_000, 1)
    assert min(size_to_read((20_000, 2))) >= 1


def test_a_long_screenshot_is_cut_and_stays_readable() -> None:
    pixels = decode(encoded(Image.new("L", (1080, 10_000))))
    assert pixels.shape[1] == SHORT_SIDE
    pieces = cut(pixels)
    assert len(pieces) > 3
    for piece, following in itertools.pairwise(pieces):
        assert piece.pixels.shape[0] == PIECE_HEIGHT
        assert piece.top + PIECE_HEIGHT - following.top == PIECE_OVERLAP
        assert piece.last == following.first
        assert following.top < following.first < piece.top + PIECE_HEIGHT
    assert pieces[-1].top + pieces[-1].pixels.shape[0] == pixels.shape[0]


@pytest.mark.parametrize(
    "size", [(1, 1), (1, MAX_SIDE), (MAX_SIDE, 1), (60, 20_000), (900, 20_000)]
)
def test_the_number_of_pieces_has_a_bound(size: tuple[int, int]) -> None:
    assert 1 <= len(cut(decode(encoded(Image.new("L", size))))) <= MAX_PIECES


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "GIF", "WEBP", "BMP"])
@pytest.mark.parametrize("share", [0.1, 0.5, 0.9])
def test_a_part_of_a_picture_is_damaged(kind: str, share: float) -> None:
    noise = np.random.default_rng(1).integers(0, 255, (200, 200, 3), dtype=np.uint8)
    whole = encoded(Image.fromarray(noise), kind)
    assert refused(whole[: int(len(whole) * share)]) is Reason.DAMAGED


def test_rubbish_after_a_good_start_is_damaged() -> None:
    for start in (PNG, b"\xff\xd8\xff\xe0", b"GIF89a", b"RIFF\x10\x00\x00\x00WEBPVP8 "):
        assert refused(start + bytes(range(256)) * 4) is Reason.DAMAGED


def test_a_picture_without_pixels_is_damaged() -> None:
    empty = chunk(b"IDAT", zlib.compress(b"")) + chunk(b"IEND", b"")
    for size in ((0, 0), (0, 10), (10, 0)):
        assert refused(png_head(*size) + empty) is Reason.DAMAGED


def test_a_bomb_of_pixels_is_refused_by_its_head() -> None:
    picture = bomb(50_000)
    assert len(picture) < 2**21
    begun = time.process_time()
    assert refused(picture) is Reason.TOO_LARGE
    assert time.process_time() - begun < 0.5  # decoding it takes seconds


@pytest.mark.parametrize(
    "size", [(7000, 7000), (MAX_SIDE + 1, 10), (10, MAX_SIDE + 1), (2**31 - 1, 1)]
)
def test_what_is_a_little_too_large_is_refused(size: tuple[int, int]) -> None:
    assert refused(png_head(*size) + chunk(b"IEND", b"")) is Reason.TOO_LARGE


def test_of_a_film_the_first_picture_is_read() -> None:
    """10,000 pictures in a GIF; none but the first is decoded."""
    frames = [Image.new("RGB", (64, 64), colour) for colour in (RED, BLUE)]
    short = encoded(frames[0], "GIF", save_all=True, append_images=frames[1:], duration=50)
    second = short[short.rindex(b"\x21\xf9\x04") : -1]
    begun = time.process_time()
    assert near(decode(short[:-1] + second * 10_000 + b";")[30, 30], RED)
    assert time.process_time() - begun < 0.5


def test_of_a_moving_webp_the_first_picture_is_read() -> None:
    frames = [Image.new("RGB", (64, 64), colour) for colour in (RED, GREEN, BLUE)]
    moving = encoded(frames[0], "WEBP", save_all=True, append_images=frames[1:], lossless=True)
    assert near(decode(moving)[30, 30], RED)


def test_packed_words_in_a_picture_are_not_unpacked_without_bound() -> None:
    """A hundred megabytes of text, or of a profile of colours, in a hundred kilobytes."""
    packer = zlib.compressobj(9)
    packed = b"".join(packer.compress(bytes(2**20)) for _ in range(100)) + packer.flush()
    good = encoded(Image.new("L", (50, 50)))
    for name, content in (
        (b"zTXt", b"a\x00\x00" + packed),
        (b"iTXt", b"a\x00\x01\x00\x00\x00" + packed),
        (b"iCCP", b"a\x00\x00" + packed),
    ):
        picture = good[:33] + chunk(name, content) + good[33:]
        begun = time.process_time()
        try:
            assert decode(picture).shape == (50, 50, 3)
        except NotRead as problem:
            assert problem.reason is Reason.DAMAGED
        assert time.process_time() - begun < 0.5, name


def test_a_jpeg_that_is_refined_without_end_is_refused() -> None:
    """Three thousand passes over it would take the processor half a minute."""
    good = encoded(Image.new("L", (4000, 4000), 128), "JPEG", progressive=True)
    last = good[good.rindex(b"\xff\xda") : -2]
    begun = time.process_time()
    assert refused(good[:-2] + last * 3000 + good[-2:]) is Reason.TOO_LARGE
    assert time.process_time() - begun < 0.5
    assert decode(good[:-2] + last * 5 + good[-2:]).shape[2] == 3


@pytest.mark.parametrize(
    ("kind", "at", "part"),
    [
        ("GIF", 13, b"\x21\xfe\x01a\x00"),  # a comment of one letter; each is put to those before
        ("JPEG", 2, b"\xff\xe1\x00\x09Exif\x00\x00a"),  # notes of a camera, the same
        ("JPEG", 2, b"\xff\xe5\x00\x02"),  # nothing
    ],
)
def test_parts_without_end_before_a_picture_are_given_up(kind: str, at: int, part: bytes) -> None:
    good = encoded(Image.new("L", (50, 50)), kind)
    begun = time.process_time()
    with pytest.raises(NotRead) as refusal, processor_limit(0.5):
        decode(good[:at] + part * (7 * 2**20 // len(part)) + good[at:])
    assert refusal.value.reason is Reason.TOO_LARGE
    assert time.process_time() - begun < 2


def test_more_data_than_the_head_says_are_not_unpacked() -> None:
    packer = zlib.compressobj(9)
    packed = b"".join(packer.compress(bytes(2**20)) for _ in range(500)) + packer.flush()
    picture = png_head(100, 100) + chunk(b"IDAT", packed) + chunk(b"IEND", b"")
    begun = time.process_time()
    assert decode(picture).shape == (100, 100, 3)
    assert time.process_time() - begun < 0.5


def test_a_profile_of_colours_does_no_harm() -> None:
    profile = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    assert near(decode(encoded(quarters(), icc_profile=profile))[8, 8], RED)


def test_of_two_files_in_one_the_picture_is_read() -> None:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        archive.writestr("a.html", "<script>alert(1)</script>")
    picture = encoded(quarters(), "JPEG", quality=95)
    for behind in (file.getvalue(), b"<html><script>alert(1)</script></html>", b"%PDF-1.7"):
        assert near(decode(picture + behind)[8, 8], RED)
    for before in (b"<html><!--", b"%PDF-1.7\n", file.getvalue()):
        assert refused(before + picture) in (Reason.NOT_A_PICTURE, Reason.UNSUPPORTED)


def test_what_is_read_keeps_nothing_of_exif() -> None:
    exif = Image.Exif()
    exif[0x010E] = "a secret description"
    pixels = decode(encoded(with_words(), "JPEG", exif=exif))
    assert b"secret" not in pixels.tobytes()
    assert type(pixels) is np.ndarray
