"""The embedded MongoDB: private, loopback, one port, nothing lost."""

from __future__ import annotations

import asyncio
import stat
from collections.abc import AsyncIterator
from pathlib import Path

import psutil
import pytest
from pymongo import MongoClient
from pymongo.errors import OperationFailure

from groundswell_core.embedded import EmbeddedMongo, free_port, is_free
from groundswell_core.errors import FailedPrecondition, Unavailable
from groundswell_core.settings import MongoSettings


@pytest.fixture
async def server(tmp_path: Path) -> AsyncIterator[EmbeddedMongo]:
    """Returns a running mongod in a folder of its own."""
    server = EmbeddedMongo(tmp_path / "mongo", ephemeral=True)
    await server.start()
    yield server
    await server.stop()


def _insert(settings: MongoSettings, text: str) -> list[str]:
    with MongoClient(settings.url.get_secret_value(), serverSelectionTimeoutMS=5000) as client:
        notes = client[settings.database].get_collection("notes")
        notes.insert_one({"text": text})
        return [note["text"] for note in notes.find({}, sort=[("_id", 1)])]


async def insert(server: EmbeddedMongo, text: str) -> list[str]:
    """Writes one note as a service would; returns every note there is."""
    return await asyncio.to_thread(_insert, server.settings(), text)


def secrets_of(server: EmbeddedMongo) -> list[str]:
    """Returns every generated secret of the server."""
    return [
        (server.folder / name).read_text().strip()
        for name in ("password", "admin-password", "keyfile")
    ]


async def test_a_first_start_takes_writes_of_the_service_user(server: EmbeddedMongo) -> None:
    assert await server.healthy()
    assert await insert(server, "one") == ["one"]


async def test_nobody_reads_without_a_password(server: EmbeddedMongo) -> None:
    with MongoClient("127.0.0.1", server.port, directConnection=True) as stranger:
        with pytest.raises(OperationFailure, match="requires authentication"):
            stranger.admin.command("listDatabases")
        with pytest.raises(OperationFailure, match="requires authentication"):
            stranger.admin.command("createUser", "intruder", pwd="x", roles=["root"])


async def test_services_are_no_administrators(server: EmbeddedMongo) -> None:
    url = server.settings().url.get_secret_value()
    with MongoClient(url) as client, pytest.raises(OperationFailure, match="not authorized"):
        client.admin.command("createUser", "second", pwd="x", roles=["root"])


async def test_mongod_listens_on_loopback_only(server: EmbeddedMongo) -> None:
    listening = [
        item.laddr.ip
        for item in psutil.Process(server.pid).net_connections("inet")
        if item.status == psutil.CONN_LISTEN
    ]
    assert listening == ["127.0.0.1"]


async def test_secrets_are_files_of_their_owner_alone(server: EmbeddedMongo) -> None:
    modes = {
        name: (server.folder / name).stat().st_mode
        for name in ("password", "admin-password", "keyfile")
    }
    assert {name: oct(stat.S_IMODE(mode)) for name, mode in modes.items()} == dict.fromkeys(
        modes, "0o600"
    )
    assert stat.S_IMODE(server.folder.stat().st_mode) == 0o700


async def test_no_secret_is_in_command_line_environment_or_log(server: EmbeddedMongo) -> None:
    process = psutil.Process(server.pid)
    seen = " ".join(process.cmdline()) + str(process.environ()) + server.log_file.read_text()
    assert [secret for secret in secrets_of(server) if secret in seen] == []


async def test_a_second_start_keeps_data_port_and_password(server: EmbeddedMongo) -> None:
    await insert(server, "one")
    before = server.settings()
    await server.stop()
    again = EmbeddedMongo(server.folder, ephemeral=True)
    await again.start()
    try:
        assert again.settings() == before
        assert await insert(again, "two") == ["one", "two"]
    finally:
        await again.stop()


async def test_a_killed_mongod_comes_back_with_every_acknowledged_write(
    server: EmbeddedMongo,
) -> None:
    await insert(server, "one")
    port = server.port
    await server.kill()
    assert not await server.healthy()
    await server.start()
    assert server.port == port
    assert await insert(server, "two") == ["one", "two"]


async def test_a_port_taken_meanwhile_is_replaced_and_the_data_stay(server: EmbeddedMongo) -> None:
    await insert(server, "one")
    await server.stop()
    old = server.port
    async with await asyncio.start_server(lambda _, writer: writer.close(), "127.0.0.1", old):
        again = EmbeddedMongo(server.folder, ephemeral=True)
        await again.start()
    try:
        assert again.port != old
        assert await insert(again, "two") == ["one", "two"]
    finally:
        await again.stop()


async def test_a_foreign_password_file_is_named_with_its_cure(server: EmbeddedMongo) -> None:
    await server.stop()
    (server.folder / "admin-password").write_text("of another folder")
    with pytest.raises(FailedPrecondition, match="Put the file mongo/admin-password back"):
        await server.start()
    assert not server.is_running


async def test_a_free_port_is_free_and_below_the_range_of_outgoing_connections() -> None:
    port = free_port()
    assert is_free(port)
    assert port < 32768


async def test_a_mongod_on_a_taken_port_says_so_and_where_its_log_is(tmp_path: Path) -> None:
    async with await asyncio.start_server(
        lambda _, writer: writer.close(), "127.0.0.1", 0
    ) as taken:
        port = taken.sockets[0].getsockname()[1]
        server = EmbeddedMongo(tmp_path / "mongo", port=port, ephemeral=True)
        with pytest.raises(Unavailable, match=r"did not take writes .* its log is .*mongod\.log"):
            await server.start(timeout=2.0)
    assert not server.is_running
