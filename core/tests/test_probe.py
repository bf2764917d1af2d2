"""The container probe asks the real server."""

import asyncio

import pytest

from groundswell_core import probe, rpc
from groundswell_core.settings import RpcSettings, TlsSettings


@pytest.fixture
async def server(monkeypatch):
    async with rpc.serve(RpcSettings(port=0), [], verifier=None, tls=TlsSettings()) as running:
        monkeypatch.setenv("GROUNDSWELL_RPC__PORT", str(running.port))
        yield running


@pytest.mark.parametrize(("ready", "code"), [(True, 0), (False, 1)], ids=["ready", "not ready"])
async def test_a_probe_for_readiness_follows_the_server(server, ready, code):
    await server.set_ready(ready)
    assert await asyncio.to_thread(probe.main, ["ready"]) == code


async def test_a_live_server_that_is_not_ready_is_still_alive(server):
    await server.set_ready(False)
    assert await asyncio.to_thread(probe.main, []) == 0


def test_without_a_server_the_probe_says_so(monkeypatch, capsys):
    monkeypatch.setenv("GROUNDSWELL_RPC__PORT", "1")
    assert probe.main([]) == 1
    assert "not serving: UNAVAILABLE" in capsys.readouterr().out
