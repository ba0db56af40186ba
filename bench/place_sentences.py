"""Sentences about every county, made from `content/places.tsv`, with where the places stand."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import cycle

from gazetteer.tables import Place

FRAMES = (
    "{}",
    "我在{}",
    "我在{}这边",
    "{}的",
    "我们{}这边怎么弄",
    "公司注册在{}，密码忘了",
    "俺是{}的，手机号换了收不到验证码",
    "{}市场监督管理局电话多少",
    "请问{}市监局在哪里",
    "你好 我这里是{}，刷脸过不去",
    "换成{}吧",
    "营业执照是{}办的，现在找谁",
    "收不到验证码，{}应该找哪个部门？",
    "{}人，执照密码丢了",
    "帮我查下{}工商局的联系方式",
    "那{}呢",
)
# Written after the rules were, and not used to improve them further than once.
OTHER_FRAMES = (
    "老家{}，现在执照密码想不起来了",
    "{}的市场监管局几点下班",
    "我这{}的个体户，怎么弄",
    "麻烦问下{}政务中心在哪",
    "刚从{}打电话过来说要重置",
    "{}营业执照密码找谁重置",
    "企业所在地：{}",
    "地址是{}，帮我看看",
    "{}市民服务中心能办吗",
    "听说{}可以刷脸找回",
    "我搬到{}去了",
    "{}这里的工商咋联系哦",
    "在{}注册的公司，法人不在国内",
    "{}不能网上办吗",
    "您好，{}",
    "去{}现场办要带什么",
)
Sentence = tuple[str, list[tuple[int, int]]]


def sentence(frame: str, names: list[str], between: str = "") -> Sentence:
    """Returns the frame with the names in it, and start and end of each."""
    before = frame.index("{}")
    spans: list[tuple[int, int]] = []
    for name in names:
        start = spans[-1][1] + len(between) if spans else before
        spans.append((start, start + len(name)))
    return frame.replace("{}", between.join(names)), spans


def chain(place: Place, short: bool) -> list[str]:
    """Returns the names from the province down to the place."""
    line = list(place.line())[::-1]
    return [
        other_place.short_names[0] if short and other_place.short_names else other_place.name
        for other_place in line
    ]


def sentences(
    places: list[Place], tags: dict[str, str], frames_used: tuple[str, ...] = FRAMES
) -> Iterator[Sentence]:
    """Yields sentences for each place: full and short chains, and its names alone.

    A name that is an everyday word (tag `nsv`) is only said behind another place's.
    """
    frames = cycle(frames_used)
    for place in places:
        full, short = chain(place, short=False), chain(place, short=True)
        if place.level == "zone":
            full, short = full[-1:], short[-1:]
        yield sentence(next(frames), full)
        yield sentence(next(frames), short)
        yield sentence(next(frames), short[-2:])
        if tags[place.name] != "nsv":
            yield sentence(next(frames), [place.name])
        for name in place.short_names[:2]:
            if tags[name] != "nsv":
                yield sentence(next(frames), [name])
