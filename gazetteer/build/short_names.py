"""How a place's official name becomes the names people use.

Every rule is one of three: take off the word for the level, take off the peoples that an
autonomous place is named after, or (development zones) put the everyday word for its kind.
"""

from __future__ import annotations

import re

PEOPLES = (
    "蒙古族 蒙古 回族 藏族 维吾尔 壮族 朝鲜族 满族 苗族 侗族 瑶族 土家族 布依族 彝族 白族 傣族 黎族"
    " 羌族 畲族 水族 土族 撒拉族 哈尼族 傈僳族 景颇族 纳西族 拉祜族 佤族 布朗族 独龙族 怒族 普米族"
    " 仡佬族 毛南族 仫佬族 裕固族 保安族 东乡族 达斡尔族 鄂温克族 鄂伦春 哈萨克族 哈萨克 柯尔克孜"
    " 塔吉克 锡伯 各族"
).split()
_TAIL_OF_PEOPLES = re.compile("(?:" + "|".join(PEOPLES) + ")+$")
_AUTONOMOUS = re.compile("自治(区|州|县|旗)$")
# A banner called "left", "front" ... is never called by the rest of its name alone.
_PART_OF_BANNER = re.compile("[左右前后中]$|左翼$|右翼$|联合$")
_LEVEL_WORDS = {
    "province": ("省", "市"),
    "prefecture": ("市", "地区", "盟"),
    "county": ("林区", "特区", "矿区", "新区", "区", "县", "市", "旗", "群岛"),
}
_KINDS_OF_ZONE = (
    ("高新技术产业开发区", ("高新区", "高新技术开发区", "高新开发区")),
    ("高技术产业开发区", ("高新区",)),
    ("高新技术产业园区", ("高新区",)),
    ("高新技术开发区", ("高新区", "高新开发区")),
    ("经济技术开发区", ("经开区", "经济开发区", "开发区")),
    ("经济开发区", ("经开区", "开发区")),
)


def _without_peoples(stem: str) -> str:
    """Take the peoples off the end; where nothing would remain (东乡族) only the last 族."""
    rest = _TAIL_OF_PEOPLES.sub("", stem)
    return rest if len(rest) >= 2 else stem.removesuffix("族")


def short_names(name: str, level: str) -> list[str]:
    """Return the short names of a province, prefecture or county, the shortest first.

    A name of one character (滑 for 滑县) is never given: nobody says it.
    """
    autonomous = _AUTONOMOUS.search(name)
    if autonomous:
        stem = _without_peoples(name[: autonomous.start()])
        unit = autonomous.group(1)
        # 恩施州, 长阳县, 鄂温克旗 are said as well; 广西区 is not.
        longer = [] if unit == "区" else [stem + unit]
        if _PART_OF_BANNER.search(stem):
            return longer
        return [stem, *longer]
    for word in _LEVEL_WORDS[level]:
        stem = name.removesuffix(word)
        if stem != name:
            if len(stem) < 2:
                continue  # 北林区 is 北林, as 林区 alone would leave one character
            if word == "旗" and _PART_OF_BANNER.search(stem):
                return []
            # 井陉 is the county 井陉县, not the mining district beside it.
            return [] if stem == "井陉" and word == "矿区" else [stem]
    return []


def zone_names(name: str, province: str, city: str) -> list[str]:
    """Return the everyday names of a development zone, e.g. 石家庄高新区.

    `province` and `city` are the short names of the places it lies in. Each name given keeps
    a word that tells the zone from the others: 高新区 alone would be any of dozens.
    """
    local = name.removeprefix(province) if city in name.removeprefix(province) else name
    names = [local] if local != name else []
    rest = local.removeprefix(city + "市").removeprefix(city)
    for official, everyday in _KINDS_OF_ZONE:
        stem = rest.removesuffix(official)
        if stem == rest:
            continue
        for word in everyday:
            names += [city + stem + word, city + "市" + stem + word]
        names.append(city + "市" + stem + official)
        break
    return [n for n in dict.fromkeys(names) if n != name]
