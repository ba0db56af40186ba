"""The pictures of a set: reads the specs, and gives each its phone, its colours, its variant."""

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
SETS = (
    "first",
    "second",
    "third",
    "fourth",
    "fifth",
    "sixth",
    "seventh",
    "eighth",
    "ninth",
    "tenth",
)
MEASURED = "tenth"  # nobody who improves the reading or the understanding looks at it
GROUPS = ("errors", "pages", "messages", "others", "secrets")
WAYS = ("clean", "photo", "screenphoto")
DESKTOP = {"width": 900, "height": 560, "scale": 2, "system": "desktop"}
OVERLAYS = ("toast", "toastx", "dialog", "snack", "drop", "bottom")
CROPPED = ("errors", "messages", "others")  # of the others, the whole screen matters
FIELDS = {"field", "code", "boxes"}
FIXED = ("foot", "keys", "scene")
# What a spec says of its own screen, unless it takes one of `screens.yml` and puts an error on it.
KEYS = ("screen", "title", "header", "head", "address", "design", "dark", "blocks", "chat", "sms")
# What of a spec with a `look` is not drawn; `html/` of its set takes all the rest as it stands.
JUDGED = ("id", "shots", "variant", "next", "places", "telling", "secrets")


@dataclass(frozen=True)
class Picture:
    """One picture.

    Attributes:
        name: of the spec and of the variant; also of its file.
        of_set: one of SETS.
        group: the file of its spec.
        way: one of WAYS.
        variant: what is done to it, a name of `variants.yml`.
        taken: the settings of the variant.
        phone: width, height, scale and system of the screen.
        drawn: what `html/` of its set draws.
        says: the exact error sentence, or "".
        telling: a part of a message that a reading must hold, or "".
        next: what the right next turn is about: intents, or moves of `bench.replies`.
        pages: of the procedure that this may be, as dialogue acts call them.
        secrets: what may be kept nowhere.
    """

    name: str
    of_set: str
    group: str
    way: str
    variant: str
    taken: Mapping[str, Any]
    phone: Mapping[str, Any]
    drawn: Mapping[str, Any]
    says: str = ""
    telling: str = ""
    next: tuple[str, ...] = ()
    pages: tuple[str, ...] = ()
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
    """Returns what stands in a file of this folder, such as "turns" or "second/errors"."""
    return yaml.safe_load((FOLDER / f"{name}.yml").read_text(encoding="utf-8"))


def pictures(of_set: str = MEASURED) -> list[Picture]:
    """Returns all pictures of a set, in the order of their files."""
    variants = read(f"{of_set}/variants")
    cycles = Cycles(variants)
    return [
        _picture(of_set, spec, group, way, cycles)
        for group in GROUPS
        for spec in read(f"{of_set}/{group}")
        for way in spec.get("shots", variants["shots"].get(group, ["clean"]))
    ]


def _picture(of_set: str, spec: Mapping[str, Any], group: str, way: str, cycles: Cycles) -> Picture:
    variants = cycles.variants
    drawn = _drawn(of_set, spec, cycles)
    variant, taken = cycles.next(way)
    while variant != spec.get("variant", variant) or not _suits(taken, group, drawn):
        variant, taken = cycles.next(way)
    if taken.get("long") and group in ("errors", "pages") and "look" not in drawn:
        drawn["blocks"] = [*drawn["blocks"], *cycles.variants["filler"]]
    phone = cycles.next("phones")
    if drawn.get("screen") in ("desktop", "bare") and "desktops" in variants:
        phone = cycles.next("desktops")
    elif drawn.get("screen") == "desktop":
        phone = DESKTOP
    elif drawn.get("screen") == "sideways":
        phone = {**phone, "width": phone["height"], "height": phone["width"]}
    picture = Picture(
        f"{spec['id']}.{variant}",
        of_set,
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


def _suits(taken: Mapping[str, Any], group: str, drawn: Mapping[str, Any]) -> bool:
    """Tells whether a variant can be had of what is drawn.

    With `rolled`, a screenshot is only long where the page can be rolled.
    """
    if taken.get("crop"):
        return group in CROPPED
    if not taken.get("rolled"):
        return True
    if "look" in drawn:
        return bool(drawn.get("long"))
    kinds = {kind for block in drawn.get("blocks", ()) for kind in block}
    return bool(kinds) and not kinds & {*OVERLAYS, *FIXED} and "screen" not in drawn


def _drawn(of_set: str, spec: Mapping[str, Any], cycles: Cycles) -> dict[str, Any]:
    """Returns what is drawn: the screen beneath with the error on it, in the next colours."""
    drawn: dict[str, Any] = {
        "font": cycles.next("fonts"),
        "size": cycles.next("sizes"),
        "colour": cycles.next("colours"),
        "dark": cycles.next("dark"),
    }
    if "look" in spec:
        drawn |= cycles.variants["looks"].get(spec["look"], {})
        return drawn | {key: value for key, value in spec.items() if key not in JUDGED}
    drawn |= read(f"{of_set}/screens")[spec["base"]] if "base" in spec else {}
    drawn |= {key: spec[key] for key in KEYS if key in spec and "how" not in spec}
    if drawn.get("screen") in ("desktop", "bare"):
        drawn |= {"dark": False, "size": 16}
    if "how" in spec:
        drawn["blocks"] = _with_error(drawn["blocks"], spec, cycles)
    return drawn


def _with_error(blocks: list[Any], spec: Mapping[str, Any], cycles: Cycles) -> list[Any]:
    """Returns the blocks of a screen with an error as `how` has it."""
    how, says = spec["how"], spec["says"]
    if how in ("dialog", "bottom"):
        return [*blocks, {how: [spec["title"], says, *cycles.next("dialog_buttons")]}]
    if how == "notice":
        return [{how: says}, *blocks]
    if how == "result":
        button = {"plain": cycles.next("result_buttons")}
        return [*blocks, {how: [spec["icon"], spec["title"], says]}, button]
    if how == "red":
        after = [at for at, block in enumerate(blocks, start=1) if FIELDS & set(block)]
        return [*blocks[: after[-1]], {how: says}, *blocks[after[-1] :]]
    return [*blocks, {how: says}]
