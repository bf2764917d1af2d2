"""The failure tree as gRPC statuses, and back."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, cast

import grpc
from google.protobuf import any_pb2
from google.rpc import code_pb2, error_details_pb2, status_pb2
from grpc_status import rpc_status

from groundswell_core import errors

DOMAIN = "groundswell"

CODES: dict[type[errors.GroundswellError], grpc.StatusCode] = {
    errors.InvalidInput: grpc.StatusCode.INVALID_ARGUMENT,
    errors.NotFound: grpc.StatusCode.NOT_FOUND,
    errors.AlreadyExists: grpc.StatusCode.ALREADY_EXISTS,
    errors.FailedPrecondition: grpc.StatusCode.FAILED_PRECONDITION,
    errors.Aborted: grpc.StatusCode.ABORTED,
    errors.OutOfRange: grpc.StatusCode.OUT_OF_RANGE,
    errors.Exhausted: grpc.StatusCode.RESOURCE_EXHAUSTED,
    errors.PermissionDenied: grpc.StatusCode.PERMISSION_DENIED,
    errors.Unauthenticated: grpc.StatusCode.UNAUTHENTICATED,
    errors.Unavailable: grpc.StatusCode.UNAVAILABLE,
}


# A status travels twice, percent-encoded and in base64, and clients refuse trailers over 8 KiB.
_MESSAGE_BYTES = 1100
_METADATA_BYTES = 200
_METADATA_ENTRIES = 10


def _cut(text: str, most: int) -> str:
    """Returns text in at most so many bytes of UTF-8, whole characters only."""
    return text.encode("utf-8", "replace")[:most].decode("utf-8", "ignore")


def to_status(error: errors.GroundswellError) -> Any:
    """Returns the status that stands for a failure, with reason and metadata as ErrorInfo."""
    code = CODES.get(type(error), grpc.StatusCode.INTERNAL)
    metadata = {
        key: _cut(value, _METADATA_BYTES)
        for key, value in list(error.metadata.items())[:_METADATA_ENTRIES]
    }
    info = error_details_pb2.ErrorInfo(reason=error.reason, domain=DOMAIN, metadata=metadata)
    packed = any_pb2.Any()
    packed.Pack(info)
    number = code_pb2.Code.Value(code.name)
    return rpc_status.to_status(
        status_pb2.Status(
            code=number, message=_cut(error.message, _MESSAGE_BYTES), details=[packed]
        )
    )


def translate(error: grpc.aio.AioRpcError) -> errors.GroundswellError:
    """Returns the failure of the tree that a peer's status stands for."""
    kinds = {code: kind for kind, code in CODES.items()}
    kinds[grpc.StatusCode.DEADLINE_EXCEEDED] = errors.Unavailable
    kind = kinds.get(error.code(), errors.GroundswellError)
    reason, metadata = "", {}
    status = rpc_status.from_call(cast("grpc.Call", error))
    for detail in status.details if status else ():
        info = error_details_pb2.ErrorInfo()
        if detail.Unpack(info):
            reason, metadata = info.reason, dict(info.metadata)
    failure = kind(error.details() or error.code().name, reason=reason)
    failure.metadata.update(metadata)
    return failure


@contextmanager
def translated() -> Iterator[None]:
    """Turns statuses of peers inside the block into the failure tree."""
    try:
        yield
    except grpc.aio.AioRpcError as error:
        raise translate(error) from error
