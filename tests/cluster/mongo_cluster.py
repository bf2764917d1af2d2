"""A replica set of three mongods on loopback, authentication on, elections shortened to 2 s."""

from __future__ import annotations

import asyncio
import base64
import os
import secrets
import time
from pathlib import Path
from typing import Any

from pydantic import SecretStr
from pymongo import MongoClient
from pymongo.errors import PyMongoError

from groundswell_core.embedded import Child, free_port, write_private
from groundswell_core.embedded.programs import find_mongod
from groundswell_core.settings import MongoSettings

ELECTION_MILLISECONDS = 2000


class MongoCluster:
    """Starts, kills and restarts the members; they are numbered 0, 1, 2."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.ports = [free_port() for _ in range(3)]
        self._password = secrets.token_hex(16)
        self._children: dict[int, Child] = {}

    async def start(self) -> None:
        """Starts the members, makes the set and its user; returns when it takes writes."""
        write_private(self.folder / "keyfile", base64.b64encode(os.urandom(256)).decode())
        for member in range(3):
            (self.folder / f"data-{member}").mkdir(parents=True, exist_ok=True)
            self.restart(member)
        await asyncio.to_thread(self._initiate)

    def settings(self, database: str = "groundswell") -> MongoSettings:
        """Returns how services reach the set."""
        hosts = ",".join(f"127.0.0.1:{port}" for port in self.ports)
        url = f"mongodb://admin:{self._password}@{hosts}/?replicaSet=rs0&authSource=admin"
        return MongoSettings(url=SecretStr(url), database=database, timeout=10.0)

    async def primary(self) -> int:
        """Returns the member that is primary, waiting for an election if there must be one."""
        return await asyncio.to_thread(self._primary)

    async def kill(self, member: int) -> None:
        """Ends a member with SIGKILL."""
        await self._children[member].kill()

    def restart(self, member: int) -> None:
        """Starts a member that does not run."""
        options = ["--dbpath", str(self.folder / f"data-{member}"), "--bind_ip", "127.0.0.1"]
        options += ["--port", str(self.ports[member]), "--replSet", "rs0", "--nounixsocket"]
        options += ["--keyFile", str(self.folder / "keyfile"), "--wiredTigerCacheSizeGB", "0.25"]
        child = Child(
            [str(find_mongod()), *options, "--oplogSize", "256", "--quiet"],
            pid_file=self.folder / f"{member}.pid",
            log_file=self.folder / f"{member}.log",
        )
        child.start()
        self._children[member] = child

    async def stop(self) -> None:
        """Ends all members."""
        for child in self._children.values():
            await child.kill()

    def _client(self, member: int, **login: Any) -> MongoClient[Any]:
        return MongoClient(
            "127.0.0.1",
            self.ports[member],
            directConnection=True,
            serverSelectionTimeoutMS=2000,
            socketTimeoutMS=5000,
            **login,
        )

    def _initiate(self) -> None:
        members = [{"_id": n, "host": f"127.0.0.1:{port}"} for n, port in enumerate(self.ports)]
        config = {
            "_id": "rs0",
            "members": members,
            "settings": {"electionTimeoutMillis": ELECTION_MILLISECONDS},
        }
        deadline = time.monotonic() + 60
        while True:
            try:
                with self._client(0) as guest:
                    guest.admin.command("replSetInitiate", config)
                break
            except PyMongoError:
                if time.monotonic() > deadline:
                    raise
                time.sleep(0.1)
        self._create_user(deadline)

    def _create_user(self, deadline: float) -> None:
        while time.monotonic() < deadline:
            for member in range(3):
                with self._client(member) as guest:
                    if not _is_primary(guest):
                        continue
                    guest.admin.command(
                        "createUser",
                        "admin",
                        pwd=self._password,
                        roles=["root"],
                        writeConcern={"w": "majority"},
                    )
                    return
            time.sleep(0.1)
        raise TimeoutError("no primary was elected")

    def _primary(self) -> int:
        deadline = time.monotonic() + 60
        while time.monotonic() < deadline:
            for member, child in self._children.items():
                if not child.is_running:
                    continue
                with self._client(member) as client:
                    if _is_primary(client):
                        return member
            time.sleep(0.1)
        raise TimeoutError("no primary was elected")


def _is_primary(client: MongoClient[Any]) -> bool:
    try:
        return bool(client.admin.command("hello")["isWritablePrimary"])
    except PyMongoError:
        return False
