"""Nouns survive every conversion; what does not fit is said when the codec is made."""

from __future__ import annotations

import dataclasses
import types
from collections.abc import Mapping
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from enum import IntEnum
from typing import Any, Union, get_args, get_origin, get_type_hints

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from groundswell.alert.v1 import alert_pb2
from groundswell.document.v1 import document_pb2
from groundswell.incident.v1 import incident_pb2
from groundswell.source.v1 import source_pb2
from groundswell_core import (
    alerts,
    analyses,
    codec,
    departments,
    documents,
    grades,
    incidents,
    monitors,
    source_records,
    stories,
)
from groundswell_core.errors import InvalidInput

MODULES = (
    alerts,
    analyses,
    departments,
    documents,
    grades,
    incidents,
    monitors,
    source_records,
    stories,
)
CODECS = {
    value.cls.__name__ + " in " + module.__name__.rpartition(".")[2]: value
    for module in MODULES
    for value in vars(module).values()
    if isinstance(value, codec.Codec)
}

TEXT = st.text(st.characters(exclude_categories=["Cs"]), max_size=20)
TIMES = st.datetimes(
    min_value=datetime(1, 1, 2),  # noqa: DTZ001 - the zone is the strategy's
    max_value=datetime(9999, 12, 30),  # noqa: DTZ001 - the same
    timezones=st.just(UTC),
)
FLOATS = st.floats(allow_nan=False, width=32).map(float)
PLAIN = {
    str: TEXT,
    bool: st.booleans(),
    int: st.integers(0, 2**31 - 1),
    float: FLOATS,
    datetime: TIMES,
    timedelta: st.timedeltas(timedelta(days=-1000), timedelta(days=1000)),
}
JSON = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**40), 2**40) | TEXT,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(TEXT, inner, max_size=3),
    max_leaves=8,
)


def values_of(hint: Any) -> st.SearchStrategy[Any]:
    """Returns what a field of this type may hold."""
    origin, inner = get_origin(hint), get_args(hint)
    if origin in (Union, types.UnionType):
        return st.none() | values_of(inner[0])
    if origin is tuple:
        return st.lists(values_of(inner[0]), max_size=3).map(tuple)
    if origin in (dict, Mapping):
        return st.dictionaries(TEXT, TEXT if inner[1] is str else JSON, max_size=3)
    if dataclasses.is_dataclass(hint):
        return instances_of(hint)
    if issubclass(hint, IntEnum):
        return st.sampled_from(list(hint))
    return PLAIN[hint]


def instances_of(cls: Any) -> st.SearchStrategy[Any]:
    """Returns instances of a noun."""
    return st.builds(cls, **{name: values_of(kind) for name, kind in get_type_hints(cls).items()})


def test_every_noun_is_here() -> None:
    assert len(CODECS) >= 20


@pytest.mark.parametrize("name", CODECS)
@settings(max_examples=30, deadline=None)
@given(data=st.data())
def test_a_noun_comes_back_from_the_wire_and_from_a_record_as_it_was(
    name: str, data: st.DataObject
) -> None:
    of = CODECS[name]
    value = data.draw(instances_of(of.cls))
    assert of.from_proto(of.to_proto(value)) == value
    assert of.from_bytes(of.to_bytes(value)) == value
    assert of.from_record(of.to_record(value)) == value


@pytest.mark.parametrize("name", CODECS)
@settings(max_examples=30, deadline=None)
@given(data=st.binary(max_size=80))
def test_bytes_of_a_stranger_are_decoded_or_refused_and_crash_nothing(
    name: str, data: bytes
) -> None:
    with suppress(InvalidInput):
        CODECS[name].from_bytes(data)


def test_enums_of_a_newer_version_are_unspecified() -> None:
    newer = document_pb2.Document(name="documents/x", state=99)
    assert documents.DOCUMENTS.from_proto(newer).state is documents.DocumentState.UNSPECIFIED
    record = {"name": "documents/x", "source": "sources/a", "state": "ARCHIVED"}
    assert documents.DOCUMENTS.from_record(record).state is documents.DocumentState.UNSPECIFIED


def test_enums_are_stored_by_name_and_durations_in_seconds() -> None:
    source = source_records.Source(
        name="sources/a",
        state=source_records.SourceState.PAUSED,
        interval=timedelta(minutes=5),
    )
    record = source_records.SOURCES.to_record(source)
    assert (record["state"], record["interval"]) == ("PAUSED", 300.0)


def test_labels_with_dots_and_dollars_are_stored_where_no_query_can_misread_them() -> None:
    labels = {"a.b": "1", "$where": "2", "": "3"}
    record = monitors.MONITORS.to_record(monitors.Monitor(name="monitors/a", labels=labels))
    assert record["labels"] == [["", "3"], ["$where", "2"], ["a.b", "1"]]
    assert monitors.MONITORS.from_record(record).labels == labels


def test_fields_that_a_record_lacks_take_their_defaults() -> None:
    incident = incidents.INCIDENTS.from_record({"name": "incidents/a"})
    assert incident == incidents.Incident(name="incidents/a")


def test_a_time_of_a_record_without_a_zone_is_utc() -> None:
    naive = datetime(2026, 1, 5, 8)  # noqa: DTZ001 - as another driver would hand it over
    incident = incidents.INCIDENTS.from_record({"name": "incidents/a", "create_time": naive})
    assert incident.create_time == datetime(2026, 1, 5, 8, tzinfo=UTC)


def test_nothing_and_zero_stay_apart_in_optional_fields() -> None:
    for rank in (None, 0):
        signals = documents.Signals(rank=rank)
        assert documents.SIGNALS.from_bytes(documents.SIGNALS.to_bytes(signals)).rank == rank


@pytest.mark.parametrize(
    ("value", "field"),
    [
        (documents.Document(name="x", source="s", title="\ud800"), "title"),
        (documents.Document(name="x", source="s", labels={"k": "\udfff"}), "labels"),
        (documents.Document(name="x", source="s", signals=documents.Signals(rank=2**70)), "rank"),
    ],
    ids=["surrogate", "surrogate in a label", "too great a number"],
)
def test_what_no_message_can_hold_is_refused_with_its_field(value: Any, field: str) -> None:
    with pytest.raises(InvalidInput, match=field) as caught:
        documents.DOCUMENTS.to_bytes(value)
    str(caught.value).encode()


@pytest.mark.parametrize(
    ("message", "field"),
    [
        (source_pb2.Source(create_time={"seconds": 1 << 60}), "create_time"),
        (source_pb2.Source(interval={"seconds": 1 << 60}), "interval"),
        (incident_pb2.Incident(timeline=[incident_pb2.TimelineEntry()]), "time"),
    ],
    ids=["beyond all calendars", "longer than time", "a time that must be there"],
)
def test_what_no_noun_can_hold_is_refused_with_its_field(message: Any, field: str) -> None:
    of = (
        incidents.INCIDENTS
        if isinstance(message, incident_pb2.Incident)
        else source_records.SOURCES
    )
    with pytest.raises(InvalidInput, match=field):
        of.from_bytes(message.SerializeToString())


@pytest.mark.parametrize("number", [float("nan"), float("inf")])
def test_numbers_that_json_lacks_are_refused_in_configuration(number: float) -> None:
    packed = source_records.SOURCES.to_bytes(
        source_records.Source(name="sources/a", config={"x": number})
    )
    with pytest.raises(InvalidInput, match="config"):
        source_records.SOURCES.from_bytes(packed)


def test_great_doubles_of_configuration_stay_doubles() -> None:
    source = source_records.Source(name="sources/a", config={"x": 1e300, "y": 3.0, "z": [2.5]})
    back = source_records.SOURCES.from_bytes(source_records.SOURCES.to_bytes(source)).config
    assert back == {"x": 1e300, "y": 3, "z": [2.5]}
    assert [type(back[name]) for name in "xyz"] == [float, int, list]


def test_a_noun_that_differs_from_its_message_is_refused_with_every_difference() -> None:
    @dataclasses.dataclass(frozen=True)
    class Alert:
        name: str
        mood: str

    with pytest.raises(TypeError, match=r"mood.*headline \(in the message only\)"):
        codec.Codec(Alert, alert_pb2.Alert)


def test_a_noun_without_a_codec_cannot_be_nested() -> None:
    @dataclasses.dataclass(frozen=True)
    class Stranger:
        name: str

    with pytest.raises(TypeError, match="no codec was made for Stranger"):
        codec.codec_of(Stranger)
