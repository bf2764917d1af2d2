"""Free-form configuration as protobuf's Struct, which knows only doubles."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from google.protobuf.json_format import MessageToDict
from google.protobuf.struct_pb2 import Struct

_EXACT = 2.0**53  # from here on a double skips whole numbers


def pack(value: Mapping[str, Any]) -> Struct:
    """Returns a mapping of plain values as a Struct."""
    struct = Struct()
    struct.update(dict(value))
    return struct


def unpack(struct: Struct) -> dict[str, Any]:
    """Returns a Struct as a mapping, its whole numbers as ints."""
    return {key: whole(item) for key, item in MessageToDict(struct).items()}


def whole(value: Any) -> Any:
    """Returns value with whole floats as ints."""
    if isinstance(value, float) and value.is_integer() and abs(value) < _EXACT:
        return int(value)
    if isinstance(value, dict):
        return {key: whole(item) for key, item in value.items()}
    if isinstance(value, list):
        return [whole(item) for item in value]
    return value
