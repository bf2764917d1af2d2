"""A local site, and feeds to put on it."""

import pytest
from groundswell_source_feed import SPEC

from groundswell_core.testing.servers import local_site
from groundswell_core.testing.source_contract import LocalHost


@pytest.fixture
def site():
    with local_site() as site:
        yield site


@pytest.fixture
def open_feed():
    """Opens a feed; the host's clock starts at the contract kit's time."""

    def opened(url, host=None, **config):
        parsed = SPEC.config.model_validate({"url": url, **config})
        return SPEC.open(parsed, host or LocalHost())

    return opened


@pytest.fixture
def read(open_feed):
    """Reads a feed once and returns its batches."""

    async def read(url, cursor=None, host=None, **config):
        async with open_feed(url, host, **config) as source:
            return [batch async for batch in source.read(cursor)]

    return read


@pytest.fixture
def documents(read):
    """Reads a feed once and returns its documents."""

    async def documents(url, cursor=None, **config):
        return [
            document for batch in await read(url, cursor, **config) for document in batch.documents
        ]

    return documents
