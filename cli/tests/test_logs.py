"""Logs are turned by size; figures are read from what processes tell."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from groundswell_cli import logs
from groundswell_cli.figures import FigureReader, Figures, samples
from groundswell_cli.snapshot import summary


def test_a_log_is_turned_at_its_size_while_its_process_goes_on_writing(tmp_path: Path) -> None:
    file = tmp_path / "a.log"
    descriptor = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
    for number in range(4):
        os.write(descriptor, f"{number}".encode() * 100)
        assert logs.turn(file, size=50, keep=2)
    os.write(descriptor, b"last")
    os.close(descriptor)
    assert not logs.turn(file, size=50, keep=2)
    assert file.read_text() == "last"
    assert (tmp_path / "a.log.1").read_text() == "3" * 100
    assert (tmp_path / "a.log.2").read_text() == "2" * 100
    assert sorted(path.name for path in tmp_path.iterdir()) == ["a.log", "a.log.1", "a.log.2"]
    assert (tmp_path / "a.log.1").stat().st_mode & 0o077 == 0


@pytest.mark.parametrize(
    ("line", "error"),
    [
        ('{"event":"call failed","level":"error"}', "call failed"),
        (
            '{"level":"critical","event":"bug","exception":"Trace\\nValueError: x"}',
            "bug: ValueError: x",
        ),
        ('{"s":"F","msg":"Aborting"}', "Aborting"),
        ("ModuleNotFoundError: No module named 'x'", "ModuleNotFoundError: No module named 'x'"),
        ("python: No module named y", "python: No module named y"),
        ('{"event":"fine","level":"info"}', ""),
        ('{"broken', ""),
        ("all is well", ""),
    ],
)
def test_the_last_error_is_found_in_each_kind_of_log(tmp_path: Path, line: str, error: str) -> None:
    file = tmp_path / "a.log"
    file.write_text(f"{line}\nnext\n")
    assert logs.last_error(file) == error
    assert logs.last_line(file) == "next"


def test_a_log_that_is_not_there_tells_nothing(tmp_path: Path) -> None:
    assert logs.last_error(tmp_path / "none.log") == ""
    assert not logs.turn(tmp_path / "none.log", size=1, keep=1)


def test_figures_are_summed_over_processes_and_made_a_rate() -> None:
    reader = FigureReader()
    first = reader.read(["groundswell_collector_documents_total 10\n", ""], 100.0)
    assert (first.documents, first.documents_per_second, first.lag) == (10, None, None)
    lags = 'groundswell_kafka_lag_records{topic="a",partition="0"} 3\ngroundswell_kafka_lag_records{topic="a",partition="1"} 4\n'
    second = reader.read(["groundswell_collector_documents_total 30\n", lags], 110.0)
    assert (second.documents_per_second, second.lag) == (2.0, 7.0)


def test_a_restarted_collector_makes_no_negative_rate() -> None:
    reader = FigureReader()
    reader.read(["groundswell_collector_documents_total 100\n"], 0.0)
    assert (
        reader.read(["groundswell_collector_documents_total 1\n"], 1.0).documents_per_second == 0.0
    )


def test_what_nobody_tells_is_a_dash() -> None:
    from dataclasses import asdict

    line = summary({"figures": asdict(Figures()), "console": "http://127.0.0.1:1"})
    assert line.startswith("– documents/s · – documents · lag – · – alerts firing")


def test_a_text_that_is_not_prometheus_is_no_figure() -> None:
    assert samples("<html>502</html>") == []
