"""A local site with a board, and a way to read it."""

import json

import pytest
from groundswell_source_hotlist import SPEC

from groundswell_core.testing.servers import local_site
from groundswell_core.testing.source_contract import LocalHost


@pytest.fixture
def site():
    with local_site() as site:
        yield site


@pytest.fixture
def put(site):
    """Puts topics on the board and returns its URL."""

    def put(*topics, **more):
        return site.put("/board", json.dumps({"data": {"list": topics, **more}}))

    return put


@pytest.fixture
def host():
    return LocalHost()


@pytest.fixture
def read(host):
    """Reads a board once and returns its batches."""

    async def read(url, cursor=None, **config):
        fields = {"title": "word", "heat": "hot", **config.pop("fields", {})}
        config = SPEC.config.model_validate(
            {"url": url, "items": "data.list", "fields": fields, **config}
        )
        async with SPEC.open(config, host) as source:
            return [batch async for batch in source.read(cursor)]

    return read
