"""A real mongod on loopback: one-node replica set, authentication on, generated credentials."""

from __future__ import annotations

import base64
import os
import secrets
from pathlib import Path

from pydantic import SecretStr

from groundswell_core.embedded.programs import find_mongod
from groundswell_core.embedded.secrets import private_folder, read_or_create
from groundswell_core.embedded.server import EmbeddedServer
from groundswell_core.errors import GroundswellError, Unavailable
from groundswell_core.mongo_admin import MongoAdmin
from groundswell_core.settings import MongoSettings

_ADDRESS_IN_USE = 48  # mongod's exit code
_TRIES = 5
# Seconds in which a mongod without its port ends, so that we do not speak to the port's owner.
_FIRST_BREATH = 0.1


class EmbeddedMongo(EmbeddedServer):
    """Starts, stops and kills one mongod whose data, port and passwords live in one folder."""

    def __init__(
        self,
        folder: Path,
        *,
        port: int = 0,
        cache_gigabytes: float = 0.5,
        ephemeral: bool = False,
        log_file: Path | None = None,
    ) -> None:
        """Takes port 0 for the remembered or a free one; ephemeral, for tests, writes less often to disk."""
        super().__init__("mongod", folder, port=port, log_file=log_file)
        self.cache_gigabytes = cache_gigabytes
        self.ephemeral = ephemeral
        self._admin: MongoAdmin | None = None

    async def start(self, timeout: float = 60.0) -> None:
        """Starts mongod and returns when it takes writes; the first start makes set and users."""
        program = find_mongod()
        private_folder(self.folder)
        (self.folder / "data").mkdir(exist_ok=True)
        read_or_create(self._key_file, _new_key)
        for _ in range(_TRIES):
            if await self._try(program, timeout):
                return
            # The port was free a moment ago, but another program bound it before mongod did.
            has_lost_port = self.child is not None and self.child.exit_code == _ADDRESS_IN_USE
            await self.kill()
            if self._wanted_port or not has_lost_port:
                break
        raise Unavailable(
            f"mongod did not take writes within {timeout:g} s; its log is {self.log_file}",
            reason="MONGOD_NOT_READY",
        )

    async def _try(self, program: Path, timeout: float) -> bool:
        self._choose_port()
        child = self._start_child(self._command(program))
        if await child.wait(_FIRST_BREATH):
            return False
        self._admin = MongoAdmin(self.port, self._admin_password)
        try:
            return await self._admin.prepare(
                self._password, is_alive=lambda: self.is_running, timeout=timeout
            )
        except GroundswellError:
            await self.kill()
            raise

    async def stop(self, timeout: float = 15.0) -> None:
        """Ends mongod in order."""
        self._close_admin()
        await super().stop(timeout)

    async def kill(self) -> None:
        """Ends mongod at once, as a crash would; start() again recovers from its journal."""
        self._close_admin()
        await super().kill()

    async def healthy(self) -> bool:
        """Tells whether mongod takes writes now."""
        return self._admin is not None and await self._admin.is_writable()

    def settings(self, database: str = "groundswell") -> MongoSettings:
        """Returns how services reach this server."""
        login = f"groundswell:{self._password}"
        url = f"mongodb://{login}@127.0.0.1:{self.port}/?replicaSet=rs0&authSource=admin"
        return MongoSettings(url=SecretStr(url), database=database)

    def _command(self, program: Path) -> list[str]:
        options = {
            "--dbpath": str(self.folder / "data"),
            "--port": str(self.port),
            "--bind_ip": "127.0.0.1",
            "--replSet": "rs0",
            "--keyFile": str(self._key_file),
            "--wiredTigerCacheSizeGB": f"{self.cache_gigabytes:g}",
            "--oplogSize": "64" if self.ephemeral else "512",
        }
        parameters = ["diagnosticDataCollectionEnabled=false"]
        parameters += ["shutdownTimeoutMillisForSignaledShutdown=100"]
        parameters += ["ttlMonitorSleepSecs=1", "syncdelay=0"] if self.ephemeral else []
        words = [word for pair in options.items() for word in pair]
        words += [word for parameter in parameters for word in ("--setParameter", parameter)]
        return [str(program), *words, "--nounixsocket", "--quiet"]

    @property
    def _key_file(self) -> Path:
        return self.folder / "keyfile"

    @property
    def _password(self) -> str:
        return read_or_create(self.folder / "password", _new_password)

    @property
    def _admin_password(self) -> str:
        return read_or_create(self.folder / "admin-password", _new_password)

    def _close_admin(self) -> None:
        if self._admin is not None:
            self._admin.close()
            self._admin = None


def _new_password() -> str:
    return secrets.token_hex(24)


def _new_key() -> str:
    return base64.b64encode(os.urandom(512)).decode()
