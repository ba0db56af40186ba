"""The pictures to be made: reads the specs, and gives each its phone, its colours, its variant."""

from __future__ import annotations

import itertools
import zlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

import yaml

FOLDER = Path(__file__).parent
GROUPS = ("errors", "pages", "messages", "others", "secrets")
WAYS = ("clean", "photo", "screenphoto")
DESKTOP = {"width": 900, "height": 560, "scale": 2, "system": "desktop"}
OVERLAYS = ("toast", "toasti", "low", "snack", "redbig", "face")
CROPPED = ("errors", "messages", "others")  # of the others, the whole screen matters
FIELDS = {"field", "code"}


@dataclass(frozen=True)
class Picture:
    """One picture.

    Attributes:
        name: of the spec and of the variant; also of its file.
        group: the file of its spec.
        way: one of WAYS.
        variant: what is done to it, a name of `variants.yml`.
        taken: the settings of the variant.
        phone: width, height, scale and system of the screen.
        drawn: what `html/draw.js` draws.
        says: the exact error sentence, or "".
        telling: a part of a message that a reading must hold, or "".
        next: what the right next turn is about: intents, or moves of `bench.replies`.
        places: of a page, as dialogue acts call it.
        secrets: what may be kept nowhere.
    """

    name: str
    group: str
    way: str
    variant: str
    taken: Mapping[str, Any]
    phone: Mapping[str, Any]
    drawn: Mapping[str, Any]
    says: str = ""
    telling: str = ""
    next: tuple[str, ...] = ()
    places: tuple[str, ...] = ()
    secrets: tuple[str, ...] = ()

    @property
    def seed(self) -> int:
        """For all that is left to chance."""
        return zlib.crc32(self.name.encode())

    @property
    def is_clean(self) -> bool:
        """Whether it is no photograph."""
        return self.way == "clean"


@dataclass
class Cycles:
    """The next phone, font, size and colour in turn, so that each comes equally often."""

    variants: Mapping[str, Any]
    _cycles: dict[str, Iterator[Any]] = field(default_factory=dict)

    def next(self, name: str) -> Any:
        """Returns the next of a list of `variants.yml`."""
        if name not in self._cycles:
            values = self.variants[name]
            values = list(values.items()) if isinstance(values, dict) else values
            self._cycles[name] = itertools.cycle(values)
        return next(self._cycles[name])


@cache
def read(name: str) -> Any:
    """Returns what stands in a file of this folder."""
    return yaml.safe_load((FOLDER / f"{name}.yml").read_text(encoding="utf-8"))


def pictures() -> list[Picture]:
    """Returns all pictures, in the order of their files."""
    cycles = Cycles(read("variants"))
    return [
        _picture(spec, group, way, cycles)
        for group in GROUPS
        for spec in read(group)
        for way in spec.get("shots", _ways(group))
    ]


def _ways(group: str) -> list[str]:
    return ["clean", "photo"] if group == "errors" else ["clean"]


def _picture(spec: Mapping[str, Any], group: str, way: str, cycles: Cycles) -> Picture:
    drawn = _drawn(spec, cycles)
    variant, taken = cycles.next(way)
    if taken.get("crop") and group not in CROPPED:
        variant, taken = cycles.next(way)
    if taken.get("long") and group in ("errors", "pages"):
        drawn["blocks"] = [*drawn["blocks"], *read("variants")["filler"]]
    phone = cycles.next("phones")
    if drawn.get("screen") == "desktop":
        phone = DESKTOP
    picture = Picture(
        f"{spec['id']}.{variant}",
        group,
        way,
        variant,
        taken,
        phone,
        drawn,
        spec.get("says", ""),
        spec.get("telling", ""),
        tuple(spec.get("next", ())),
        tuple(spec.get("places", ())),
        tuple(map(str, spec.get("secrets", ()))),
    )
    drawn["seed"] = picture.seed
    drawn["system"] = phone["system"]
    return picture


def _drawn(spec: Mapping[str, Any], cycles: Cycles) -> dict[str, Any]:
    """Returns what is drawn: the screen beneath with the error on it, in the next colours."""
    drawn: dict[str, Any] = {
        "font": cycles.next("fonts"),
        "size": cycles.next("sizes"),
        "colour": cycles.next("colours"),
        "dark": cycles.next("dark"),
    }
    drawn |= read("screens")[spec["base"]] if "base" in spec else {}
    keys = ("screen", "title", "header", "head", "design", "dark", "blocks", "chat", "sms")
    drawn |= {key: spec[key] for key in keys if key in spec and "how" not in spec}
    if drawn.get("screen") in ("desktop", "bare"):
        drawn |= {"dark": False, "size": 16}
    if "how" in spec:
        drawn["blocks"] = _with_error(drawn["blocks"], spec, cycles)
    return drawn


def _with_error(blocks: list[Any], spec: Mapping[str, Any], cycles: Cycles) -> list[Any]:
    """Returns the blocks of a screen with an error as `how` has it."""
    how, says = spec["how"], spec["says"]
    if how == "dialog":
        return [*blocks, {how: [spec["title"], says, *cycles.next("dialog_buttons")]}]
    if how == "result":
        button = {"plain": cycles.next("result_buttons")}
        return [*blocks, {how: [spec["icon"], spec["title"], says]}, button]
    if how == "red":
        after = [at for at, block in enumerate(blocks, start=1) if FIELDS & set(block)]
        return [*blocks[: after[-1]], {how: says}, *blocks[after[-1] :]]
    return [*blocks, {how: says}]
