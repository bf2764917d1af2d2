"""What an archive yields, at which pace, and what it does with broken files."""

import gzip
import json
import tracemalloc
from datetime import UTC, datetime, timedelta

import pyarrow as pa
import pytest
from groundswell_source_archive import SPEC
from pyarrow import parquet
from pydantic import ValidationError

from groundswell_core.errors import InvalidInput
from groundswell_core.testing.source_contract import NOW, LocalHost

START = datetime(2024, 5, 20, tzinfo=UTC)


def _row(n, seconds=0.0, **more):
    return {
        "id": str(n),
        "title": f"t{n}",
        "time": (START + timedelta(seconds=seconds)).isoformat(),
        **more,
    }


@pytest.fixture
def put(tmp_path):
    """Writes rows, or raw bytes, as a JSONL file and returns its path."""

    def put(*rows, name="a.jsonl"):
        lines = (row if isinstance(row, bytes) else json.dumps(row).encode() for row in rows)
        (tmp_path / name).write_bytes(b"".join(line + b"\n" for line in lines))
        return str(tmp_path / name)

    return put


@pytest.fixture
def host():
    return LocalHost()


@pytest.fixture
def read(host):
    """Reads an archive to its end and returns its batches with the host's seconds of each."""

    async def read(path, cursor=None, **config):
        parsed = SPEC.config.model_validate({"path": str(path), "speed": 0, **config})
        async with SPEC.open(parsed, host) as source:
            return [
                ((host.now() - NOW).total_seconds(), batch) async for batch in source.read(cursor)
            ]

    return read


def _documents(timed):
    return [document for _, batch in timed for document in batch.documents]


async def test_a_row_becomes_a_document_with_its_own_time(put, read):
    path = put(
        {
            "when": "2024-05-20 20:00:00",
            "head": "供水中断",
            "body": "三个小区\n停水",
            "link": "https://h/1",
            "hot": "12.3万",
            "pos": {"now": 3},
            "kind": "社会",
        }
    )
    fields = {
        "time": "when",
        "title": "head",
        "text": "body",
        "url": "link",
        "heat": "hot",
        "rank": "pos.now",
        "category": "kind",
    }
    [document] = _documents(
        await read(path, fields=fields, timezone="Asia/Shanghai", language="zh")
    )
    assert document.publish_time == datetime(2024, 5, 20, 12, tzinfo=UTC)
    assert (document.title, document.text) == ("供水中断", "三个小区\n停水")
    assert (document.url, document.language) == ("https://h/1", "zh")
    assert (document.rank, document.heat) == (3, 123_000.0)
    assert document.labels == {"category": "社会"}
    assert len(document.id) == 32


async def test_parquet_types_are_read(tmp_path, read):
    table = pa.table(
        {
            "time": pa.array([START, START + timedelta(hours=1)], pa.timestamp("us", "UTC")),
            "title": ["a", None],
            "text": ["x", "y"],
            "heat": pa.array([1.5, None]),
            "rank": pa.array([1, 0], pa.int16()),
            "unused": [["big"] * 3, None],
        }
    )
    parquet.write_table(table, tmp_path / "a.parquet")
    one, two = _documents(await read(tmp_path / "a.parquet"))
    assert (one.title, one.heat, one.rank) == ("a", 1.5, 1)
    assert (two.title, two.text, two.heat, two.rank) == ("", "y", None, None)


@pytest.mark.parametrize(("speed", "due"), [(1, [0, 60, 600]), (60, [0, 1, 10]), (0, [0, 0, 0])])
async def test_documents_come_at_the_recorded_pace_or_faster(put, read, speed, due):
    timed = await read(put(_row(1, 0), _row(2, 60), _row(3, 600)), speed=speed)
    came = [(document.id, at) for at, batch in timed for document in batch.documents]
    assert [key for key, _ in came] == ["1", "2", "3"]
    assert [at for _, at in came] == pytest.approx(due, abs=0.6)


async def test_no_document_waits_for_company_for_longer_than_half_a_second(put, read):
    path = put(*(_row(n, n / 10) for n in range(50)))
    timed = await read(path, speed=1)
    late = [at - int(d.id) / 10 for at, batch in timed for d in batch.documents]
    assert max(late) <= 0.6
    assert len(timed) < 25


async def test_a_resumed_replay_goes_on_at_once_and_at_its_pace(put, read, host):
    path = put(_row(1, 0), _row(2, 3600), _row(3, 3660))
    [(_, first), *_] = await read(path, speed=1)
    before = host.waited
    assert [d.id for d in _documents(await read(path, first.cursor, speed=1))] == ["2", "3"]
    assert host.waited - before == pytest.approx(60)


async def test_start_and_end_cut_the_archive(put, read):
    path = put(*(_row(n, n * 3600) for n in range(5)))
    found = await read(path, start="2024-05-20T01:00:00Z", end="2024-05-20T03:00:00Z")
    assert [document.id for document in _documents(found)] == ["1", "2"]


async def test_lines_that_are_added_later_are_read_next_time(put, read):
    path = put(_row(1))
    cursor = (await read(path))[-1][1].cursor
    put(_row(1), _row(2, 1))
    assert [document.id for document in _documents(await read(path, cursor))] == ["2"]


async def test_bad_rows_are_named_and_good_ones_beside_them_go_through(put, read):
    path = put(
        _row(1),
        b"not json",
        b"[1]",
        b"\xff\xfe",
        b"",
        b"[" * 100_000,
        {"title": "no time"},
        {"title": "bad time", "time": "yesterday"},
        _row(2, -60),
        {"time": START.isoformat()},
        b'{"id": "s", "title": "a\\ud800b", "time": "2024-05-20T00:00:01Z"}',
        _row(3, 60),
    )
    timed = await read(path)
    assert [document.id for document in _documents(timed)] == ["1", "s", "3"]
    assert _documents(timed)[1].title == "a b"
    problems = "\n".join(problem for _, batch in timed for problem in batch.invalid)
    assert problems.splitlines() == [
        'row 2 of "a.jsonl" is no JSON',
        'row 3 of "a.jsonl" is no JSON object',
        'row 4 of "a.jsonl" is no JSON',
        'row 6 of "a.jsonl" is no JSON',
        'row 7 of "a.jsonl" has no time at "time"; check fields.time',
        'row 8 of "a.jsonl" has no time at "time"; check fields.time',
        'row 9 of "a.jsonl" is older than a row before it; sort the archive by time',
        'row 10 of "a.jsonl" has no title and no text',
    ]


async def test_a_line_without_end_is_skipped(put, read):
    path = put(_row(1), b'{"x": "' + b"x" * 9_000_000 + b'"}', _row(2, 1))
    timed = await read(path)
    assert [document.id for document in _documents(timed)] == ["1", "2"]
    assert "longer than" in timed[-1][1].invalid[0]


async def test_a_file_of_nothing_but_garbage_does_not_pile_up_complaints(put, read):
    timed = await read(put(*[b"garbage"] * 1000))
    assert max(len(batch.invalid) for _, batch in timed) <= 100
    assert sum(len(batch.invalid) for _, batch in timed) == 1000


@pytest.mark.parametrize(
    ("name", "body"),
    [
        ("a.parquet", b"PAR1 this is none"),
        ("a.parquet", b""),
        ("a.jsonl.gz", b"no gzip"),
        ("a.jsonl.gz", gzip.compress(b'{"time": "2024-05-20", "title": "a"}\n' * 10_000)[:-20]),
    ],
)
async def test_a_broken_file_is_named(tmp_path, read, name, body):
    (tmp_path / name).write_bytes(body)
    with pytest.raises(InvalidInput, match=f'"{name}" cannot be read'):
        await read(tmp_path / name)


async def test_a_folder_without_archives_is_named_with_the_cure(tmp_path, read):
    with pytest.raises(InvalidInput, match=r"\.jsonl, \.jsonl\.gz, \.parquet"):
        await read(tmp_path)


async def test_a_large_file_is_streamed(tmp_path, read):
    rows = 20_000
    table = pa.table({"time": [START] * rows, "title": [f"{n:0100d}" for n in range(rows)]})
    parquet.write_table(table, tmp_path / "a.parquet", row_group_size=5000)
    tracemalloc.start()
    parsed = SPEC.config.model_validate({"path": str(tmp_path / "a.parquet"), "speed": 0})
    count = 0
    async with SPEC.open(parsed, LocalHost()) as source:
        async for batch in source.read(None):
            count += len(batch.documents)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert count == rows
    assert peak < 8 * 1024 * 1024


@pytest.mark.parametrize("cursor", ["", "nonsense", "[]", '{"row": "x"}', '{"file": 5}'])
async def test_a_cursor_that_cannot_be_read_starts_afresh(put, read, cursor):
    assert len(_documents(await read(put(_row(1)), cursor))) == 1


@pytest.mark.parametrize(
    ("config", "word"),
    [
        ({}, "path"),
        ({"path": "x", "speed": -1}, "speed"),
        ({"path": "x", "timezone": "Mars/Olympus"}, "Asia/Shanghai"),
        ({"path": "x", "fields": {"titel": "x"}}, "titel"),
        ({"path": "x", "start": "yesterday"}, "start"),
    ],
)
def test_a_bad_config_is_named(config, word):
    with pytest.raises(ValidationError, match=word):
        SPEC.config.model_validate(config)
