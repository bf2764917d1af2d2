"""The protos keep their promises: a role for each RPC, no person in a schema, exercises marked."""

import importlib
import re
from pathlib import Path

from google.protobuf import descriptor_pool

from groundswell_core.policy import POLICY

ROOT = Path(__file__).parents[2]
PROTOS = sorted((ROOT / "protos").glob("groundswell/*/v1/*.proto"))
# Words of fields that could profile a person; a source's outlet and a department are no persons.
PERSON = re.compile(
    r"(^|_)(author|handle|avatar|profile|follower|following|friend|gender|age|birth\w*|nationality|"
    r"ethnicity|religion|nick(name)?|real_name|id_card|passport|imei|device|ip|phone|screen_name|"
    r"voice|user|user_id|user_name|username)s?($|_)"
)

# Reviewed: a keyed hash whose key dies after 24 hours, only to count distinct voices (design 2).
ALLOWED = {"groundswell.document.v1.Document.voice"}


def files():
    """Returns the descriptor of every proto file."""
    pool = descriptor_pool.Default()
    for path in PROTOS:
        name = path.relative_to(ROOT / "protos").as_posix()
        importlib.import_module(name.removesuffix(".proto").replace("/", ".") + "_pb2")
        yield pool.FindFileByName(name)


def messages():
    """Returns every message, nested ones included."""
    waiting = [message for file in files() for message in file.message_types_by_name.values()]
    while waiting:
        message = waiting.pop()
        yield message
        waiting += message.nested_types


def rpcs():
    """Returns the full path of every RPC."""
    for file in files():
        for service in file.services_by_name.values():
            for method in service.methods:
                yield f"/{service.full_name}/{method.name}"


def test_there_are_protos():
    assert len(PROTOS) >= 14


def test_every_rpc_has_a_rule_and_no_rule_is_left_over():
    assert set(POLICY) == set(rpcs())


def test_no_field_could_profile_a_person():
    guilty = [
        field.full_name
        for message in messages()
        for field in message.fields
        if PERSON.search(field.name) and field.full_name not in ALLOWED
    ]
    assert guilty == []


def test_the_pattern_for_persons_finds_them():
    for name in ("author", "author_name", "user_id", "follower_count", "avatar_url", "voice"):
        assert PERSON.search(name), name
    for name in ("outlet", "language", "page_size", "discussion_count", "coverage"):
        assert not PERSON.search(name), name


def test_no_field_is_untyped():
    untyped = {"google.protobuf.Any"}
    for message in messages():
        for field in message.fields:
            kind = field.message_type.full_name if field.message_type else ""
            assert kind not in untyped, field.full_name


def test_what_travels_on_kafka_is_marked_as_exercise():
    by_name = {message.full_name: message for message in messages()}
    for name in (
        "document.v1.Document",
        "analysis.v1.Analysis",
        "alert.v1.Alert",
        "incident.v1.Incident",
        "story.v1.Story",
    ):
        assert "exercise" in by_name[f"groundswell.{name}"].fields_by_name, name


def test_times_end_in_time_and_durations_do_not():
    for message in messages():
        for field in message.fields:
            kind = field.message_type.full_name if field.message_type else ""
            if kind == "google.protobuf.Timestamp":
                assert f"_{field.name}".endswith("_time"), field.full_name
            if kind == "google.protobuf.Duration":
                assert not field.name.endswith("_time"), field.full_name
