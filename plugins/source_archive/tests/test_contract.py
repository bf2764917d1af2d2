"""Archives of every format keep the contract of sources."""

import gzip
import json

import pyarrow as pa
import pytest
from groundswell_source_archive import SPEC
from pyarrow import parquet

from groundswell_core.testing.source_contract import SourceContract

ROWS = [
    {"id": str(n), "title": f"title {n}", "time": f"2024-05-20T0{n // 2}:00:00Z", "heat": n}
    for n in range(9)
]


def _lines(rows):
    return "".join(json.dumps(row) + "\n" for row in rows).encode()


def _jsonl(folder):
    (folder / "a.jsonl").write_bytes(_lines(ROWS))
    return folder / "a.jsonl"


def _gzip(folder):
    (folder / "a.jsonl.gz").write_bytes(gzip.compress(_lines(ROWS)))
    return folder / "a.jsonl.gz"


def _parquet(folder):
    parquet.write_table(pa.Table.from_pylist(ROWS), folder / "a.parquet", row_group_size=4)
    return folder / "a.parquet"


def _folder(folder):
    (folder / "1.jsonl").write_bytes(_lines(ROWS[:4]))
    parquet.write_table(pa.Table.from_pylist(ROWS[4:]), folder / "2.parquet")
    (folder / "readme.txt").write_text("no archive")
    return folder


class TestArchive(SourceContract):
    @pytest.fixture
    def spec(self):
        return SPEC

    @pytest.fixture(params=[_jsonl, _gzip, _parquet, _folder])
    def config(self, request, tmp_path):
        return {"path": str(request.param(tmp_path)), "speed": 0, "batch": 2}
