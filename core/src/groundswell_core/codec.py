"""One conversion for all nouns: dataclass ↔ protobuf ↔ MongoDB record, by field name.

The dataclass is the truth: its fields and types decide how each field is converted, and a field
that the message lacks is a mistake found when the codec is made, not when it is used.
"""

from __future__ import annotations

import dataclasses
import types
from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta
from enum import IntEnum
from typing import Any, Generic, TypeVar, Union, cast, get_args, get_origin, get_type_hints

from google.protobuf.duration_pb2 import Duration
from google.protobuf.message import DecodeError, Message
from google.protobuf.timestamp_pb2 import Timestamp

from groundswell_core import structs
from groundswell_core.errors import InvalidInput

__all__ = ["Codec", "codec", "codec_of", "whole"]

whole = structs.whole
T = TypeVar("T")
Convert = Callable[[Any], Any]


@dataclasses.dataclass(frozen=True, slots=True)
class _Field:
    """How one field travels. Setters write into a message; the rest are plain conversions."""

    name: str
    set_proto: Callable[[Message, Any], None]
    get_proto: Callable[[Message], Any]
    to_record: Convert
    from_record: Convert
    optional: bool


class Codec(Generic[T]):
    """Converts one dataclass to and from its message and its record."""

    def __init__(self, cls: type[T], message: type[Message]) -> None:
        """Prepares the conversions; raises TypeError when the two do not fit."""
        self.cls = cls
        self.message = message
        self._fields = tuple(_fields(cls, message))

    def to_proto(self, value: T) -> Any:
        """Returns value as a message."""
        message = self.message()
        for field in self._fields:
            item = getattr(value, field.name)
            if item is None:
                continue
            try:
                field.set_proto(message, item)
            except (ValueError, OverflowError) as error:  # lone surrogates, too great a number
                raise self._refused(field, error) from error
        return message

    def from_proto(self, message: Any) -> T:
        """Returns message as a dataclass; raises InvalidInput for times beyond all calendars."""
        values = {}
        for field in self._fields:
            try:
                values[field.name] = field.get_proto(message)
            except (ValueError, OverflowError) as error:
                raise self._refused(field, error) from error
        return self.cls(**values)

    def _refused(self, field: _Field, error: Exception) -> InvalidInput:
        noun = self.message.DESCRIPTOR.name
        # The text of an error about bad Unicode holds the bad Unicode.
        why = str(error).encode("utf-8", "replace").decode()
        return InvalidInput(
            f"{noun}.{field.name} cannot be used: {why[:200]}",
            reason="BAD_FIELD",
            field=field.name,
        )

    def to_bytes(self, value: T) -> bytes:
        """Returns value as protobuf bytes."""
        return cast("bytes", self.to_proto(value).SerializeToString())

    def from_bytes(self, data: bytes) -> T:
        """Returns the dataclass of protobuf bytes; raises InvalidInput when they do not decode."""
        message = self.message()
        try:
            message.ParseFromString(data)
        except DecodeError as error:
            raise InvalidInput(
                f"{len(data)} bytes are no {self.message.DESCRIPTOR.full_name}: {error}",
                reason="NOT_DECODABLE",
            ) from error
        return self.from_proto(message)

    def to_record(self, value: T) -> dict[str, Any]:
        """Returns value as MongoDB stores it: enums by name, durations in seconds."""
        return {
            field.name: None if item is None else field.to_record(item)
            for field in self._fields
            for item in (getattr(value, field.name),)
        }

    def from_record(self, record: Mapping[str, Any]) -> T:
        """Returns the dataclass of a record; fields that it lacks take their defaults."""
        return self.cls(
            **{
                field.name: None if item is None else field.from_record(item)
                for field in self._fields
                if field.name in record
                for item in (record[field.name],)
            }
        )


def _fields(cls: type[Any], message: type[Message]) -> list[_Field]:
    hints = get_type_hints(cls)
    known = message.DESCRIPTOR.fields_by_name
    missing = [field.name for field in dataclasses.fields(cls) if field.name not in known]
    missing += [f"{name} (in the message only)" for name in known if name not in hints]
    if missing:
        raise TypeError(f"{cls.__name__} and {message.DESCRIPTOR.full_name} differ: {missing}")
    return [_field(field.name, hints[field.name]) for field in dataclasses.fields(cls)]


def _field(name: str, hint: Any) -> _Field:
    kind, optional = _strip_optional(hint)
    origin = get_origin(kind)
    if origin is tuple:
        return _repeated(name, get_args(kind)[0])
    if origin in (dict, Mapping) or (origin and issubclass(origin, Mapping)):
        return _mapping(name, kind)
    if dataclasses.is_dataclass(kind) or kind in (datetime, timedelta):
        return _nested(name, kind, optional)
    return _scalar(name, kind, optional)


def _strip_optional(hint: Any) -> tuple[Any, bool]:
    if get_origin(hint) in (Union, types.UnionType):
        kinds = [kind for kind in get_args(hint) if kind is not type(None)]
        return kinds[0], True
    return hint, False


def _scalar(name: str, kind: Any, optional: bool) -> _Field:
    is_enum = isinstance(kind, type) and issubclass(kind, IntEnum)

    def get(message: Any) -> Any:
        if optional and not message.HasField(name):
            return None
        value = getattr(message, name)
        return _enum(kind, value) if is_enum else value

    return _Field(
        name,
        lambda message, value: setattr(message, name, value),
        get,
        (lambda value: value.name) if is_enum else _same,
        (lambda value: kind.__members__.get(value, kind(0))) if is_enum else _same,
        optional,
    )


def _enum(kind: type[IntEnum], value: int) -> IntEnum:
    try:
        return kind(value)
    except ValueError:
        return kind(0)


def _same(value: Any) -> Any:
    return value


def _nested(name: str, kind: Any, optional: bool) -> _Field:
    to_proto, from_proto, to_record, from_record = _message_conversions(kind)

    def get(message: Any) -> Any:
        if message.HasField(name) or (not optional and dataclasses.is_dataclass(kind)):
            return from_proto(getattr(message, name))
        if optional:
            return None
        raise ValueError("it is missing")

    return _Field(
        name,
        lambda message, value: getattr(message, name).CopyFrom(to_proto(value)),
        get,
        to_record,
        from_record,
        optional,
    )


def _message_conversions(kind: Any) -> tuple[Convert, Convert, Convert, Convert]:
    if kind is datetime:
        return _to_timestamp, _from_timestamp, _same, _aware
    if kind is timedelta:
        return (
            _to_duration,
            lambda message: message.ToTimedelta(),
            lambda value: value.total_seconds(),
            lambda seconds: timedelta(seconds=seconds),
        )
    codec = codec_of(kind)
    return codec.to_proto, codec.from_proto, codec.to_record, codec.from_record


def _to_timestamp(value: datetime) -> Message:
    message = Timestamp()
    message.FromDatetime(value)
    return message


def _from_timestamp(message: Any) -> datetime:
    return cast("datetime", message.ToDatetime(tzinfo=UTC))


def _aware(value: datetime) -> datetime:
    return value if value.tzinfo else value.replace(tzinfo=UTC)


def _to_duration(value: timedelta) -> Message:
    message = Duration()
    message.FromTimedelta(value)
    return message


def _repeated(name: str, kind: Any) -> _Field:
    if not dataclasses.is_dataclass(kind):
        return _Field(
            name,
            lambda message, value: getattr(message, name).extend(value),
            lambda message: tuple(getattr(message, name)),
            list,
            tuple,
            optional=False,
        )
    codec = codec_of(cast("type[Any]", kind))
    return _Field(
        name,
        lambda message, value: getattr(message, name).extend(map(codec.to_proto, value)),
        lambda message: tuple(map(codec.from_proto, getattr(message, name))),
        lambda value: [codec.to_record(item) for item in value],
        lambda value: tuple(codec.from_record(item) for item in value),
        optional=False,
    )


def _mapping(name: str, kind: Any) -> _Field:
    if get_args(kind)[1] is not str:
        return _struct(name)
    # Stored as pairs: a label's key may hold dots or dollars, which queries would misread.
    return _Field(
        name,
        lambda message, value: getattr(message, name).update(value),
        lambda message: dict(getattr(message, name)),
        lambda value: [[key, item] for key, item in sorted(value.items())],
        dict,
        optional=False,
    )


def _struct(name: str) -> _Field:
    return _Field(
        name,
        lambda message, value: getattr(message, name).CopyFrom(structs.pack(value)),
        lambda message: structs.unpack(getattr(message, name)),
        dict,
        dict,
        optional=False,
    )


_CODECS: dict[type[Any], Codec[Any]] = {}


def codec(cls: type[T], message: type[Message]) -> Codec[T]:
    """Makes the codec of a noun and remembers it for the nouns that hold it."""
    _CODECS[cls] = made = Codec(cls, message)
    return made


def codec_of(cls: type[Any]) -> Codec[Any]:
    """Returns the codec of a nested noun; its module must have made it before."""
    try:
        return _CODECS[cls]
    except KeyError:
        raise TypeError(f"no codec was made for {cls.__name__} before it was nested") from None
