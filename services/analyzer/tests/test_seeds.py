"""The file of monitors: mistakes are named with file, line, key and cure; the good is stored once."""

from __future__ import annotations

from pathlib import Path

import pytest

from groundswell_analyzer.query import parse
from groundswell_analyzer.seeds import read_monitors, seed
from groundswell_core.errors import InvalidInput
from groundswell_core.grades import Level
from groundswell_core.monitors import MonitorState

SHIPPED = Path(__file__).parents[3] / "config" / "monitors.yaml"


def written(folder: Path, text: str) -> Path:
    path = folder / "monitors.yaml"
    path.write_text(text, encoding="utf-8")
    return path


def test_the_file_that_ships_is_good():
    monitors = read_monitors(SHIPPED)
    assert len(monitors) >= 3
    assert not [one.name for one in monitors if parse(one.query).errors]


def test_every_key_is_read(tmp_path):
    path = written(
        tmp_path,
        "monitors:\n"
        "- name: monitors/quakes\n"
        "  query: 地震 OR quake\n"
        "  display_name: 地震\n"
        "  languages: [zh, en]\n"
        "  sources: [sources/wire]\n"
        "  department: departments/rescue\n"
        "  labels: {team: north}\n"
        "  minimum_support: 5\n  alarms_per_day: 2\n  alert_score: 55\n"
        "  alert_level: II\n"
        "  state: off\n"
        "  exercise: true\n",
    )
    (monitor,) = read_monitors(path)
    assert monitor.sources == ("sources/wire",)
    assert (monitor.minimum_support, monitor.alert_level) == (5, Level.II)
    assert (monitor.alarms_per_day, monitor.alert_score) == (2.0, 55.0)
    assert (monitor.state, monitor.exercise) == (MonitorState.OFF, True)


MISTAKES = {
    "unknown key": ("- name: monitors/a\n  query: x\n  quiry: y", ":4: monitors.0.quiry", "remove"),
    "no query": ("- name: monitors/a", ":2: monitors.0.query", "missing; add it"),
    "bad query": ("- name: monitors/a\n  query: (a OR", ":3: monitors.0.query", "character"),
    "bad name": ("- name: Quakes!\n  query: x", ":2: monitors.0.name", "monitors/<id>"),
    "bad level": ("- name: monitors/a\n  query: x\n  alert_level: V", ":4:", "'I', 'II'"),
    "bad state": ("- name: monitors/a\n  query: x\n  state: loud", ":4:", "'shadow'"),
    "no support": ("- name: monitors/a\n  query: x\n  minimum_support: 0", ":4:", "equal to 1"),
    "twice": ("- name: monitors/a\n  query: x\n- name: monitors/a\n  query: y", "", "own name"),
    "no list": ("  quakes: now", ":1: monitors", "tuple"),
}


@pytest.mark.parametrize(("entry", "where", "cure"), MISTAKES.values(), ids=MISTAKES)
def test_a_mistake_is_named_with_line_key_and_cure(tmp_path, entry, where, cure):
    with pytest.raises(InvalidInput) as caught:
        read_monitors(written(tmp_path, f"monitors:\n{entry}\n"))
    assert f"monitors.yaml{where}" in caught.value.message
    assert cure in caught.value.message


async def test_a_seed_never_undoes_what_people_changed(analyzer, tmp_path):
    path = written(tmp_path, "monitors:\n- name: monitors/a\n  query: x\n")
    await seed(path, analyzer.store)
    await analyzer.store.delete("monitors/a")
    await seed(path, analyzer.store)
    assert await analyzer.store.all() == []


async def test_a_bad_file_leaves_the_stored_monitors_in_force(analyzer, tmp_path):
    await seed(written(tmp_path, "monitors:\n- name: monitors/a\n  query: x\n"), analyzer.store)
    await seed(written(tmp_path, "monitors:\n- nam: monitors/b\n"), analyzer.store)
    assert [monitor.name for monitor in await analyzer.store.all()] == ["monitors/a"]
