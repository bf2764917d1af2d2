"""SourceService on a real server, and callers with tokens."""

from contextlib import asynccontextmanager
from datetime import UTC, datetime

import grpc
import pytest
from google.protobuf.struct_pb2 import Struct

from groundswell.source.v1 import source_pb2, source_service_pb2, source_service_pb2_grpc
from groundswell_collector.app import SERVICE
from groundswell_collector.check import Checker
from groundswell_collector.schedule import Changes
from groundswell_collector.service import SourceService
from groundswell_core import rpc
from groundswell_core.errors import GroundswellError
from groundswell_core.settings import RpcSettings, TlsSettings
from groundswell_core.tokens import Role

pb = source_service_pb2
NOW = datetime(2026, 1, 5, 8, 0, tzinfo=UTC)


class Client:
    """Calls the service as somebody."""

    def __init__(self, stub, metadata):
        self._stub = stub
        self._metadata = metadata

    def __getattr__(self, name):
        method = getattr(self._stub, name)

        async def call(request, timeout=5.0):
            with rpc.translated():
                return await method(request, metadata=self._metadata, timeout=timeout)

        return call


@pytest.fixture
def changes():
    return Changes()


@pytest.fixture
async def call_as(collector, kinds, keys, changes, clock):
    """Returns a client for a role and department."""
    settings = RpcSettings(port=0)
    checker = Checker(kinds, collector.reader._open_host, timeout=20.0, clock=clock)
    service = SourceService(
        collector.stores,
        kinds,
        checker=checker,
        timing=collector.timing,
        changes=changes,
        clock=clock,
    )
    add = source_service_pb2_grpc.add_SourceServiceServicer_to_server
    async with (
        rpc.serve(
            settings,
            [(add, service, SERVICE)],
            verifier=keys.verifier("collector"),
            tls=TlsSettings(),
        ) as server,
        grpc.aio.insecure_channel(f"127.0.0.1:{server.port}") as channel,
    ):
        stub = source_service_pb2_grpc.SourceServiceStub(channel)

        def as_(role=Role.LEAD, department=""):
            return Client(stub, keys.metadata("collector", role, department=department))

        yield as_


def _message(identifier="one", **given):
    config = Struct()
    config.update(given.pop("config", {"url": "https://one.example/"}))
    values = {"display_name": f"The {identifier}", "kind": "script", "config": config}
    return source_pb2.Source(name=f"sources/{identifier}", **(values | given))


async def _created(client, *identifiers, **given):
    for identifier in identifiers:
        await client.CreateSource(pb.CreateSourceRequest(source=_message(identifier, **given)))


@asynccontextmanager
async def _refused(code, *words):
    with pytest.raises(GroundswellError) as caught:
        yield
    assert type(caught.value).__name__ == code
    for word in words:
        assert word in f"{caught.value.reason} {caught.value}"


@pytest.fixture
def message():
    return _message


@pytest.fixture
def created():
    return _created


@pytest.fixture
def refused():
    return _refused
