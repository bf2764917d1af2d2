"""A downstream client that notes every revision, and resumes by itself when the stream ends."""

from __future__ import annotations

import asyncio
import time
from dataclasses import dataclass, field
from typing import Any

import grpc

from groundswell.alert.v1 import alert_service_pb2, alert_service_pb2_grpc
from groundswell_core import rpc
from groundswell_core.tokens import Identity, Role, TokenSigner


@dataclass(slots=True)
class Seen:
    """What one watcher saw."""

    revisions: list[int] = field(default_factory=list)
    alerts: dict[str, Any] = field(default_factory=dict)  # name -> newest state
    first_time: dict[str, float] = field(default_factory=dict)  # story -> when first seen
    snapshots: int = 0
    resumes: int = 0
    errors: list[str] = field(default_factory=list)

    @property
    def doubled(self) -> int:
        """Returns how many revisions came twice or out of order."""
        return sum(a >= b for a, b in zip(self.revisions, self.revisions[1:], strict=False))

    @property
    def missing(self) -> int:
        """Returns how many revisions are missing between the first and the last."""
        if not self.revisions:
            return 0
        return self.revisions[-1] - self.revisions[0] + 1 - len(set(self.revisions))


async def watch(
    address: str,
    signer: TokenSigner,
    seen: Seen,
    stop: asyncio.Event,
    *,
    exercises: bool = False,
) -> None:
    """Follows WatchAlerts until stop; on an end resumes after the last message it saw."""
    token = b""
    person = Identity("watcher", Role.ADMIN)
    async with rpc.connect_peer(
        address, audience="notifier", signer=signer, identify=lambda: person
    ) as channel:
        stub = alert_service_pb2_grpc.AlertServiceStub(channel)
        while not stop.is_set():
            call = stub.WatchAlerts(
                alert_service_pb2.WatchAlertsRequest(
                    resume_token=token, include_exercises=exercises
                )
            )
            ender = asyncio.create_task(_cancel_at(stop, call))
            try:
                async for message in call:
                    token = message.resume_token or token
                    _note(seen, message)
            except grpc.aio.AioRpcError as error:
                seen.errors.append(f"{error.code().name}: {error.details()}")
                if error.code() is grpc.StatusCode.OUT_OF_RANGE:
                    token = b""
            except asyncio.CancelledError:
                if not stop.is_set():
                    raise
            finally:
                ender.cancel()
                call.cancel()
            seen.resumes += 1
            await asyncio.sleep(0.2)


async def _cancel_at(stop: asyncio.Event, call: Any) -> None:
    await stop.wait()
    call.cancel()


def _note(seen: Seen, message: Any) -> None:
    kind = message.WhichOneof("change")
    if kind == "snapshot_end":
        seen.snapshots += 1
    if kind != "event":
        return
    alert = message.event.alert
    if message.revision:
        seen.revisions.append(message.revision)
    seen.alerts[alert.name] = alert
    seen.first_time.setdefault(alert.story, time.time())
