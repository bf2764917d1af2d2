"""Makes an empty mongod into a one-node replica set with users; only the embedded server needs it.

Beside mongo.py the only file that imports the driver: services never get an administrator.
"""

from __future__ import annotations

import asyncio
import socket
import time
from collections.abc import Callable
from typing import Any

from pymongo import MongoClient
from pymongo.errors import ConnectionFailure, OperationFailure, PyMongoError

from groundswell_core.errors import FailedPrecondition

_AUTHENTICATION_FAILED = 18
_ALREADY_INITIALIZED = 23
# Others have made users here, so that localhost has no exception any more.
_UNAUTHORIZED = 13
_SERVICE_ROLES = ["readWriteAnyDatabase", "dbAdminAnyDatabase", "clusterMonitor"]

_FOREIGN_DATA = (
    "mongod refuses the administrator's password of the state folder: its data is from elsewhere.\n"
    "  Put the file mongo/admin-password back, or remove the folder mongo to start empty."
)


class MongoAdmin:
    """Speaks to one mongod on loopback as its administrator."""

    def __init__(self, port: int, password: str) -> None:
        """Opens nothing yet: the first call connects."""
        self._port = port
        self._password = password
        self._client = self._connect(username="admin", password=password)

    async def prepare(
        self, service_password: str, *, is_alive: Callable[[], bool], timeout: float
    ) -> bool:
        """Makes the replica set and both users where they are missing; tells whether writes are taken in time."""
        return await asyncio.to_thread(
            self._prepare, service_password, is_alive, time.monotonic() + timeout
        )

    async def is_writable(self) -> bool:
        """Tells whether the server answers as primary now."""
        return await asyncio.to_thread(self._is_writable)

    def close(self) -> None:
        """Closes the connections."""
        self._client.close()

    def _prepare(self, password: str, is_alive: Callable[[], bool], deadline: float) -> bool:
        while time.monotonic() < deadline and is_alive():
            if self._listens() and self._try_prepare(password):
                return _await_writable(self._client, deadline)
            time.sleep(0.01)
        return False

    def _try_prepare(self, password: str) -> bool:
        try:
            self._admit()
            self._name_member()
            self._add_service_user(password)
        except (OperationFailure, ConnectionFailure) as error:
            if getattr(error, "code", None) == _UNAUTHORIZED:
                raise FailedPrecondition(_FOREIGN_DATA, reason="FOREIGN_DATA") from None
            # A client that failed once waits ten seconds before it asks again; a new one does not.
            self._client.close()
            self._client = self._connect(username="admin", password=self._password)
            return False
        return True

    def _listens(self) -> bool:
        try:
            socket.create_connection(("127.0.0.1", self._port), timeout=1.0).close()
        except OSError:
            return False
        return True

    def _admit(self) -> None:
        """Logs in; on an empty server makes set and administrator first, as localhost may once."""
        try:
            self._client.admin.command("ping")
        except OperationFailure as error:
            if error.code != _AUTHENTICATION_FAILED:
                raise
            with self._connect() as guest:
                self._initiate(guest)
                _await_writable(guest, time.monotonic() + 5.0)
                self._create_user(guest, "admin", self._password, ["root"])
            raise

    def _initiate(self, guest: MongoClient[Any]) -> None:
        member = {"_id": 0, "host": f"127.0.0.1:{self._port}"}
        try:
            guest.admin.command("replSetInitiate", {"_id": "rs0", "members": [member]})
        except OperationFailure as error:
            if error.code != _ALREADY_INITIALIZED:
                raise

    def _name_member(self) -> None:
        """Writes the present port into the set's configuration when it has changed."""
        config = self._client.admin.command("replSetGetConfig")["config"]
        host = f"127.0.0.1:{self._port}"
        if config["members"][0]["host"] != host:
            config["members"][0]["host"] = host
            config["version"] += 1
            self._client.admin.command("replSetReconfig", config, force=True)

    def _add_service_user(self, password: str) -> None:
        _await_writable(self._client, time.monotonic() + 5.0)
        known = self._client.admin.command("usersInfo", "groundswell")["users"]
        if not known:
            self._create_user(self._client, "groundswell", password, _SERVICE_ROLES)

    def _create_user(
        self, client: MongoClient[Any], name: str, password: str, roles: list[str]
    ) -> None:
        client.admin.command(
            "createUser", name, pwd=password, roles=roles, writeConcern={"w": "majority"}
        )

    def _is_writable(self) -> bool:
        return _is_writable(self._client)

    def _connect(self, **login: Any) -> MongoClient[Any]:
        return MongoClient(
            "127.0.0.1",
            self._port,
            connect=False,  # the first call connects: mongod does not listen yet
            directConnection=True,
            serverSelectionTimeoutMS=1000,
            connectTimeoutMS=1000,
            socketTimeoutMS=5000,
            **login,
        )


def _await_writable(client: MongoClient[Any], deadline: float) -> bool:
    while time.monotonic() < deadline:
        if _is_writable(client):
            return True
        time.sleep(0.01)
    return False


def _is_writable(client: MongoClient[Any]) -> bool:
    try:
        return bool(client.admin.command("hello")["isWritablePrimary"])
    except PyMongoError:
        return False
