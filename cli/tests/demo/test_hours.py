"""Recorded and written hours as topics over time, and the board that they make."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from groundswell_cli.demo.recording import read_recording
from groundswell_cli.demo.replay import Replay
from groundswell_cli.demo.scenario import read_scenario
from groundswell_cli.demo.tracks import Track, board
from groundswell_core.errors import InvalidInput
from groundswell_core.testing.clock import FakeClock

START = datetime(2025, 3, 28, 6, tzinfo=UTC)
HOUR = timedelta(hours=1)
SCENARIO = Path(__file__).parents[3] / "config" / "demo" / "scenario.yaml"


def _track(title: str, *heats: float, category: str = "") -> Track:
    points = tuple((START + at * HOUR, heat) for at, heat in enumerate(heats))
    return Track(title=title, category=category, points=points)


def test_heat_grows_evenly_between_two_snapshots() -> None:
    track = _track("a", 100.0, 10_000.0)
    assert track.heat(START + HOUR / 2) == pytest.approx(1000.0)
    assert track.heat(START - HOUR) is None
    assert track.heat(START + 2 * HOUR) is None


def test_a_board_ranks_the_hottest_first_and_holds_fifty() -> None:
    tracks = [_track(f"t{number}", 100.0 + number, 100.0 + number) for number in range(60)]
    places = board(tracks, START)
    assert [place.rank for place in places] == list(range(1, 51))
    assert places[0].track.title == "t59"


async def test_time_stands_still_until_the_first_request_and_at_the_end() -> None:
    clock = FakeClock()
    replay = Replay([_track("a", 1.0, 1.0)], START, speed=60.0, clock=clock)
    await clock.move(10)
    assert replay.now() == START
    replay.begin()
    await clock.move(30)
    assert replay.now() == START + HOUR / 2
    await clock.move(300)
    assert replay.now() == START + HOUR
    assert replay.is_over


async def test_a_feed_tells_topics_only_after_its_delay() -> None:
    clock = FakeClock()
    replay = Replay([_track("a", 1.0, 1.0)], START, speed=60.0, clock=clock)
    replay.begin()
    assert replay.told(timedelta(minutes=4)) == []
    await clock.move(5)
    told = replay.told(timedelta(minutes=4))
    assert [(time, track.title) for time, track in told] == [(START + timedelta(minutes=4), "a")]


def _recording(file: Path, rows: list[tuple[int, str, int, float]]) -> Path:
    """Writes rows of (hour in Beijing, title, heat, reads) with the real file's columns."""
    pa = pytest.importorskip("pyarrow", reason="recordings are Parquet files")
    from pyarrow import parquet

    table = pa.Table.from_pylist(
        [
            {
                "date": "2025-03-28",
                "hour": hour,
                "title": title,
                "category": "社会",
                "description": "said of it",
                "hot": heat,
                "ads": title == "an advertisement",
                "readCount": reads,
                "display_time": (START + (hour - 14) * HOUR).timestamp(),
            }
            for hour, title, heat, reads in rows
        ]
    )
    parquet.write_table(table, file)
    return file


def test_a_recorded_topic_comes_up_when_its_reads_say(tmp_path: Path) -> None:
    rows = [(14, "old", 100, 1.0), (15, "new", 500, 30.0), (16, "new", 900, 90.0)]
    rows += [(15, "old", 100, 2.0), (16, "an advertisement", 5, 1.0), (16, "pinned", 0, 1.0)]
    tracks = read_recording(_recording(tmp_path / "r.parquet", rows), START, 5)
    by_title = {track.title: track for track in tracks}
    assert set(by_title) == {"old", "new"}
    new = by_title["new"]
    # 60 reads an hour later on: 30 reads take half an hour.
    assert new.start == START + HOUR / 2
    assert (new.category, new.text) == ("社会", "said of it")
    assert new.heat(START + HOUR) == pytest.approx(500.0)


def test_a_topic_that_comes_back_is_two_stays(tmp_path: Path) -> None:
    rows = [(14, "a", 9, 1.0), (15, "b", 9, 1.0), (16, "a", 9, 1.0), (17, "b", 9, 1.0)]
    tracks = read_recording(_recording(tmp_path / "r.parquet", rows), START, 5)
    assert sorted(track.title for track in tracks) == ["a", "a", "b", "b"]


def test_hours_that_were_not_recorded_are_named(tmp_path: Path) -> None:
    file = _recording(tmp_path / "r.parquet", [(14, "a", 9, 1.0)])
    with pytest.raises(InvalidInput, match="choose another --start"):
        read_recording(file, START + 100 * HOUR, 5)


def test_a_file_that_is_no_recording_is_named(tmp_path: Path) -> None:
    pytest.importorskip("pyarrow", reason="recordings are Parquet files")
    file = tmp_path / "r.parquet"
    file.write_bytes(b"no parquet")
    with pytest.raises(InvalidInput, match="cannot be read"):
        read_recording(file, START, 5)


def test_the_written_hours_are_the_same_each_time_and_hold_the_story() -> None:
    first, second = read_scenario(SCENARIO), read_scenario(SCENARIO)
    assert first == second
    start, tracks = first
    swelling = [track for track in tracks if "清河" in track.title]
    assert len(tracks) == 300 + len(swelling)
    assert all(track.start >= start + timedelta(minutes=20) for track in swelling)
    assert len(board(tracks, start)) > 20
    assert board(tracks, start + HOUR)[0].track in swelling
