"""Makes of a screen or a paper a photograph of it: askew, with moire, shadow, blur and noise."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw, ImageFilter

Rng = np.random.RandomState  # the same numbers for the same seed in every version of numpy
Pixels = NDArray[np.float32]

LONGEST = 1700  # pixels of the longer side of the screen that is photographed
SKIN = (205, 158, 132)
EDGE = (18, 18, 20)
TABLES = ((150, 116, 84), (96, 98, 104), (176, 170, 160), (60, 48, 42))


def photograph(screen: Image.Image, taken: Mapping[str, Any], frame: str, rng: Rng) -> Image.Image:
    """Returns a photograph.

    Args:
        screen: what is photographed.
        taken: the settings of `variants.yml`.
        frame: what is around it: "none" (a paper), "desktop" or the system of a phone.
        rng: decides where the shadow falls, and the like.
    """
    screen = screen.copy()
    screen.thumbnail((LONGEST, LONGEST), Image.Resampling.LANCZOS)
    if taken.get("moire"):
        screen = _image(_with_moire(_pixels(screen), taken["moire"], rng))
    thing = _framed(screen, frame)
    photo = _laid_down(thing, taken, rng)
    side = int(taken["side"])
    photo.thumbnail((side, side), Image.Resampling.LANCZOS)
    if taken.get("finger"):
        photo = _with_finger(photo, rng)
    light = _pixels(photo) * _lighting((photo.height, photo.width), taken, rng)
    if taken.get("glare"):
        spot = _spot((photo.height, photo.width), rng)[..., None] * taken["glare"]
        light = light * (1 - spot) + 255 * spot
    blurred = _image(light).filter(ImageFilter.GaussianBlur(taken["blur"]))
    noise = rng.normal(0, taken["noise"] * 255, (photo.height, photo.width, 3))
    return _image(_pixels(blurred) + noise.astype(np.float32))


def _pixels(image: Image.Image) -> Pixels:
    return np.asarray(image, dtype=np.float32)


def _image(pixels: Pixels) -> Image.Image:
    return Image.fromarray(np.clip(pixels, 0, 255).astype(np.uint8))


def _grid(shape: tuple[int, int]) -> tuple[Pixels, Pixels]:
    rows, columns = np.mgrid[0 : shape[0], 0 : shape[1]].astype(np.float32)
    return rows, columns


def _with_moire(pixels: Pixels, strength: float, rng: Rng) -> Pixels:
    """The pixels of a screen beat with those of the camera: bent stripes, one for each colour."""
    rows, columns = _grid((pixels.shape[0], pixels.shape[1]))
    bend = 40 * np.sin(rows / (180 + 90 * rng.rand())) + 30 * np.sin(columns / 210)
    slope, period = rng.uniform(-0.6, 0.6), rng.uniform(7, 15)
    stripes = (columns + slope * rows + bend) * (2 * np.pi / period)
    waves = np.stack([np.sin(stripes + phase) for phase in (0.0, 1.2, 2.4)], axis=-1)
    fine = np.sin(rows * np.pi / 1.7)[..., None] * 0.4
    return np.asarray(pixels * (1 + strength * (waves + fine)), dtype=np.float32)


def _framed(screen: Image.Image, frame: str) -> Image.Image:
    """Returns the screen within the edge of its phone or monitor; of a paper, itself."""
    if frame == "none":
        return screen.convert("RGBA")
    edge = max(10, screen.width // (30 if frame == "desktop" else 26))
    size = (screen.width + 2 * edge, screen.height + 2 * edge)
    body = Image.new("RGBA", size, (0, 0, 0, 0))
    round_by = edge // 2 if frame == "desktop" else edge * 2
    ImageDraw.Draw(body).rounded_rectangle((0, 0, *size), round_by, fill=EDGE)
    body.paste(screen, (edge, edge))
    return body


def _laid_down(thing: Image.Image, taken: Mapping[str, Any], rng: Rng) -> Image.Image:
    """Returns the thing on a table, seen from somewhere."""
    share = taken.get("far", 0.86)
    width, height = int(thing.width / share), int(thing.height / share)
    table = _table((height, width), rng)
    corners = np.array([(0, 0), (1, 0), (1, 1), (0, 1)], dtype=np.float64)
    inner = (np.array((width, height)) - thing.size) / 2 + corners * thing.size
    angle = np.radians(taken.get("turn", 0))
    turned = np.array(((np.cos(angle), -np.sin(angle)), (np.sin(angle), np.cos(angle))))
    middle = np.array((width, height)) / 2
    shrunk = 1 - 0.9 * abs(np.sin(angle)) - 0.4 * taken["tilt"]
    moved = (inner - middle) * shrunk @ turned.T + middle
    moved += rng.uniform(-1, 1, (4, 2)) * taken["tilt"] * min(thing.size)
    coefficients = _perspective(moved, corners * thing.size)
    laid = thing.transform(
        (width, height),
        Image.Transform.PERSPECTIVE,
        coefficients,
        Image.Resampling.BICUBIC,
    )
    table.paste(laid, (0, 0), laid)
    return table


def _perspective(seen: NDArray[Any], flat: NDArray[Any]) -> list[float]:
    """Returns the eight coefficients that lead from where a corner is seen to where it lies."""
    rows, values = [], []
    for (x, y), (u, v) in zip(seen, flat, strict=True):
        rows.append([x, y, 1, 0, 0, 0, -u * x, -u * y])
        rows.append([0, 0, 0, x, y, 1, -v * x, -v * y])
        values += [u, v]
    return [float(value) for value in np.linalg.solve(np.array(rows), np.array(values))]


def _table(shape: tuple[int, int], rng: Rng) -> Image.Image:
    """Returns wood, cloth or stone, without anything to read."""
    tone = np.array(((150, 116, 84), (96, 98, 104), (176, 170, 160), (60, 48, 42))[rng.randint(4)])
    rows, columns = _grid(shape)
    grain = np.sin(columns / 90 + 3 * np.sin(rows / 260)) * 6 + np.sin(rows / 7) * 2
    spots = rng.normal(0, 5, shape)
    return _image((tone + (grain + spots)[..., None]).astype(np.float32))


def _lighting(shape: tuple[int, int], taken: Mapping[str, Any], rng: Rng) -> Pixels:
    """Returns how bright each pixel is and in which tint: uneven, with a shadow if there is one."""
    rows, columns = _grid(shape)
    angle = rng.uniform(0, 2 * np.pi)
    across = np.cos(angle) * columns / shape[1] + np.sin(angle) * rows / shape[0]
    light = taken.get("light", 0.95) * (1 + 0.12 * across)
    if taken.get("shadow"):
        edge = rng.uniform(0.35, 0.65) + 0.3 * (rows / shape[0] - 0.5)
        light = light * (1 - taken["shadow"] / (1 + np.exp((columns / shape[1] - edge) * 25)))
    tint = np.array((1 + rng.uniform(-0.04, 0.05), 1, 1 + rng.uniform(-0.08, 0.04)))
    return np.asarray(light[..., None] * tint, dtype=np.float32)


def _spot(shape: tuple[int, int], rng: Rng) -> Pixels:
    """Returns where a lamp is mirrored, from 0 to 1."""
    rows, columns = _grid(shape)
    x, y = rng.uniform(0.25, 0.75) * shape[1], rng.uniform(0.15, 0.4) * shape[0]
    wide, high = 0.16 * shape[1], 0.07 * shape[0]
    return np.asarray(
        np.exp(-(((columns - x) / wide) ** 2) - ((rows - y) / high) ** 2), dtype=np.float32
    )


def _with_finger(photo: Image.Image, rng: Rng) -> Image.Image:
    """Returns the photograph with the thumb that holds the phone, at the lower edge."""
    layer = Image.new("RGBA", photo.size, (0, 0, 0, 0))
    width, height = photo.size
    x = 0 if rng.rand() < 0.5 else width
    y = int(height * rng.uniform(0.78, 0.9))
    reach = int(width * 0.2)
    box = (x - reach, y - reach // 2, x + reach, y + reach // 2)
    ImageDraw.Draw(layer).ellipse(box, fill=(*SKIN, 255))
    layer = layer.filter(ImageFilter.GaussianBlur(5))
    photo = photo.convert("RGBA")
    photo.alpha_composite(layer)
    return photo.convert("RGB")
