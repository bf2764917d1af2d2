"""Boards keep the contract of sources."""

import json

import pytest
from groundswell_source_hotlist import SPEC

from groundswell_core.testing.source_contract import SourceContract

TOPICS = [
    {"word": "供水中断", "hot": 900_000, "at": 1_767_600_000},
    {"word": "Road closed", "hot": 500_000, "at": 1_767_590_000},
    {"word": "新剧开播", "hot": 400_000, "at": 1_767_590_000},
    {"word": "A match", "hot": 1, "at": 1_767_580_000},
]


class TestHotlist(SourceContract):
    @pytest.fixture
    def spec(self):
        return SPEC

    @pytest.fixture(params=["", "at"], ids=["no times", "times"])
    def config(self, request, site):
        return {
            "url": site.put("/board", json.dumps(TOPICS)),
            "fields": {"title": "word", "heat": "hot", "time": request.param},
            "batch": 3,
        }
