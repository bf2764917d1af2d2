"""Every RPC of every service, from the descriptors, and how to call it with nothing in it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path
from typing import Any

import grpc

import groundswell

# Which service of the suite serves a package.
_PEERS = {
    "source": "collector",
    "analysis": "analyzer",
    "story": "analyzer",
    "monitor": "analyzer",
    "model": "analyzer",
    "alert": "notifier",
    "incident": "coordinator",
    "department": "coordinator",
}


@dataclass(frozen=True, slots=True)
class Rpc:
    """One RPC and who serves it."""

    path: str
    peer: str
    is_stream: bool

    async def code(self, address: str, token: str | None) -> grpc.StatusCode:
        """Calls it with an empty request; returns how it ended."""
        metadata = [("authorization", f"Bearer {token}")] if token else []
        async with grpc.aio.insecure_channel(address) as channel:
            try:
                await self._call(channel, metadata)
            except grpc.aio.AioRpcError as error:
                return error.code()
        return grpc.StatusCode.OK

    async def _call(self, channel: Any, metadata: list[tuple[str, str]]) -> None:
        if self.is_stream:
            await channel.unary_stream(self.path)(b"", metadata=metadata, timeout=10).read()
        else:
            await channel.unary_unary(self.path)(b"", metadata=metadata, timeout=10)


def rpcs() -> list[Rpc]:
    """Returns every RPC that the protos declare."""
    return list(_rpcs())


def _rpcs() -> Iterator[Rpc]:
    for root in groundswell.__path__:  # a namespace: nothing imports what is in it
        for file in sorted(Path(root).glob("*/v1/*_service_pb2.py")):
            noun, version, module = *file.parts[-3:-1], file.stem
            services = import_module(f"groundswell.{noun}.{version}.{module}").DESCRIPTOR
            for service in services.services_by_name.values():
                for method in service.methods:
                    path = f"/{service.full_name}/{method.name}"
                    yield Rpc(path, _PEERS[noun], method.server_streaming)
