"""Following alerts as a client: through disconnects, in order, each revision once."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator

import grpc

from groundswell.alert.v1 import alert_service_pb2 as pb
from groundswell.alert.v1.alert_service_pb2_grpc import AlertServiceStub
from groundswell_core.errors import Exhausted, GroundswellError, OutOfRange, Unavailable
from groundswell_core.retry import RetryPolicy
from groundswell_core.rpc import translate

RECONNECT = RetryPolicy(initial_interval=0.5, maximum_interval=30.0)


async def follow(
    channel: grpc.aio.Channel,
    *,
    filter: str = "",  # noqa: A002 - the request's own word
    include_exercises: bool = False,
    token: bytes = b"",
    policy: RetryPolicy = RECONNECT,
) -> AsyncIterator[pb.WatchAlertsResponse]:
    """Yields every response from token on, for ever; keep the last resume_token to go on later.

    Without a token, and when the token is older than the server's history, the present state comes
    first; snapshot_end marks its end, and what it did not hold has ended.
    """
    stub, revision, failures = AlertServiceStub(channel), 0, 0
    while True:
        request = pb.WatchAlertsRequest(
            resume_token=token, filter=filter, include_exercises=include_exercises
        )
        call = stub.WatchAlerts(request)
        error: GroundswellError | None = None
        try:
            async for response in call:
                failures = 0
                token = response.resume_token or token
                if response.HasField("event") and 0 < response.revision <= revision:
                    continue
                revision = max(revision, response.revision)
                yield response
        except grpc.aio.AioRpcError as raised:
            error = translate(raised)
        finally:
            call.cancel()
        if isinstance(error, OutOfRange):
            token, revision = b"", 0
        elif error is not None and not isinstance(error, (Unavailable, Exhausted)):
            raise error
        failures += 1
        await asyncio.sleep(policy.wait(failures))
