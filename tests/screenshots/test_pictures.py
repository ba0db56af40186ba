"""The invented pictures of bench/pictures: every spec is complete, and three are really drawn."""

from __future__ import annotations

import json
from collections import Counter
from io import BytesIO
from pathlib import Path

import numpy as np
import pytest
import yaml
from PIL import Image, ImageOps

from bench.pictures.drawing import draw_all
from bench.pictures.judging import contains_secret, steps, uncovered, wanted
from bench.pictures.specs import Picture, pictures
from bench.replies import Replies
from content_loader.load import load
from scripts.console import ROOT, Failure

ALL = pictures()
INTENTS = yaml.safe_load((ROOT / "domain.yml").read_text(encoding="utf-8"))["intents"]
ACTS = {
    act
    for path in (ROOT / "data" / "acts").glob("*.jsonl")
    for line in path.read_text(encoding="utf-8").splitlines()
    for act in json.loads(line)["acts"]
}
PAGES = {page for _, here in steps() for page in here}


def named(way: str, group: str) -> Picture:
    return next(picture for picture in ALL if picture.way == way and picture.group == group)


def test_there_are_as_many_as_promised() -> None:
    ways = Counter(picture.is_clean for picture in ALL)
    groups = Counter(picture.group for picture in ALL)
    assert len(ALL) >= 200
    assert ways[False] >= 60
    assert groups["others"] >= 50
    assert sum(bool(picture.secrets) for picture in ALL) >= 30
    assert len({picture.name for picture in ALL}) == len(ALL)


def test_the_same_every_time() -> None:
    assert pictures() == ALL


@pytest.mark.parametrize("group", ["errors", "pages", "messages", "others", "secrets"])
def test_every_spec_says_what_is_right(group: str) -> None:
    for picture in filter(lambda picture: picture.group == group, ALL):
        assert bool(picture.secrets) == (group == "secrets"), picture.name
        assert bool(picture.pages) == (group == "pages"), picture.name
        if group in ("errors", "messages"):
            assert bool(picture.says) == (group == "errors"), picture.name
            assert bool(picture.telling) == (group == "messages"), picture.name
            assert picture.next, picture.name
        if group == "others":
            assert not (picture.next or picture.says), picture.name


def test_what_is_right_can_be_said() -> None:
    """An intent, a move or a page that does not exist could never be right."""
    moves = {does for _, does in Replies(load())._sentences}
    for picture in ALL:
        for name in picture.next:
            assert name in INTENTS or name in moves, (picture.name, name)
        for page in picture.pages:
            assert f"reached:{page}" in ACTS or page in PAGES, (picture.name, page)
        if picture.next or picture.pages:
            assert set(wanted(picture)) & moves, picture.name


def test_what_stands_on_a_picture_is_drawn() -> None:
    for picture in ALL:
        drawn = "".join(map(str, picture.drawn.values())).replace(" ", "")
        for text in (picture.says, picture.telling):
            assert text.replace(" ", "") in drawn, picture.name
        has_secret = any(contains_secret(drawn, secret) for secret in picture.secrets)
        assert has_secret == bool(picture.secrets)


def test_a_part_of_a_long_secret_counts_as_kept() -> None:
    assert contains_secret("x 6228 4835 9099 x", "6228483590998605924")
    assert not contains_secret("12:40:739205123", "739205")
    assert contains_secret("739205", "739205")


def test_a_number_that_the_page_covers_itself_is_not_compared() -> None:
    assert uncovered("预留号码 151****9924 已销户") == uncovered("预留号码 已销户")
    assert uncovered("验证码 482913 已过期") != uncovered("验证码 已过期")


def test_pictures_are_drawn(tmp_path: Path) -> None:
    chosen = [named("clean", "errors"), named("photo", "messages"), named("screenphoto", "pages")]
    try:
        files = draw_all(chosen, tmp_path)
    except Failure:
        pytest.skip("no picture was drawn: there is no Chromium")
    for file in files:
        with Image.open(BytesIO(file.read_bytes())) as opened:
            image = ImageOps.exif_transpose(opened).convert("L")
        assert min(image.size) >= 300
        assert np.ptp(np.asarray(image, dtype=int)) > 100, file.name
