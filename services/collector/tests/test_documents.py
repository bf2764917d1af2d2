"""Whatever a plugin yields becomes a document that can be stored and sent, or a reason."""

import math
import time
from datetime import UTC, datetime, timedelta, timezone

import hypothesis
import hypothesis.strategies as st
import pytest

from groundswell_collector.documents import prepare, refused
from groundswell_collector.inbox import entry_of
from groundswell_core.documents import DOCUMENTS, DocumentState, Signals
from groundswell_core.identity import document_id

NOW = datetime(2026, 1, 5, 8, 0, tzinfo=UTC)


@pytest.fixture
def taken(make_source, make_document):
    def take(**given):
        return prepare(make_source(), make_document(**given), NOW)

    return take


def encoded(prepared):
    """Returns the document after its way over the wire."""
    entry = entry_of(prepared, batch=1, collector="here", next_send_time=NOW)
    return DOCUMENTS.from_bytes(entry.body)


def test_a_document_carries_what_its_source_says(make_source, make_document):
    source = make_source(language="en", region="GB", weight=0.9, exercise=True)
    document = prepare(source, make_document(), NOW).document
    assert document.name == f"documents/{document_id('sources/one', 'a')}"
    assert (document.source, document.source_kind, document.outlet) == (
        "sources/one",
        "script",
        "The one",
    )
    assert (document.language, document.region, document.source_weight) == ("en", "GB", 0.9)
    assert document.exercise
    assert document.collect_time == NOW


def test_without_any_name_the_outlet_is_the_source_s_id(make_source, make_document):
    source = make_source(display_name="")
    assert prepare(source, make_document(), NOW).document.outlet == "one"
    assert prepare(source, make_document(outlet="Daily"), NOW).document.outlet == "Daily"


def test_a_document_s_own_language_goes_before_its_source_s(make_source, make_document):
    source = make_source(language="en")
    assert prepare(source, make_document(language="zh"), NOW).document.language == "zh"
    assert prepare(source, make_document(language="<b>"), NOW).document.language == "en"


def test_the_author_never_gets_through(taken):
    document = taken(
        voice="uid-4711", labels={"author": "Zhang San", "section": "by a@b.example"}
    ).document
    assert document.voice == ""
    assert document.labels == {"section": "by [email]"}


def test_an_edit_is_another_revision_of_the_same_document(taken):
    one, two = taken(text="before").document, taken(text="after").document
    assert one.name == two.name
    assert one.revision != two.revision


def test_a_withdrawal_is_a_revision_and_may_be_empty(taken):
    gone = taken(withdrawn=True, title="", text="")
    assert gone.refusal is None
    assert gone.document.state is DocumentState.WITHDRAWN
    assert gone.document.revision != taken().document.revision


@pytest.mark.parametrize(
    ("given", "reason"),
    [
        ({"id": ""}, "NO_ID"),
        ({"id": None}, "NO_ID"),
        ({"title": "", "text": ""}, "EMPTY"),
        ({"title": " \n", "text": "\x00\ufeff"}, "EMPTY"),
        ({"title": None, "text": ["a"]}, "EMPTY"),
    ],
)
def test_what_cannot_be_a_document_has_a_reason(taken, given, reason):
    assert taken(**given).refusal.reason == reason


def test_something_that_is_no_document_is_named(make_source):
    refusal = prepare(make_source(), {"id": "a"}, NOW).refusal
    assert refusal.reason == "NO_DOCUMENT"
    assert "dict" in refusal.message


def test_a_plugin_s_own_refusal_keeps_its_sentence_but_no_identifier(make_source):
    found = refused(make_source(), "entry of a@b.example\x00 has no id", NOW)
    assert found.refusal.message == "entry of [email] has no id"
    assert encoded(found).name == found.document.name


@pytest.mark.parametrize(
    "hostile",
    [
        "\ud800 lone",
        "low \udfff",
        "nul \x00 and \x1b[31m",
        "\ud83d\ude00 pair in halves",
        "\uffff\ufeff",
        "ﷺ" * 100,
        "a" * 1000 + "\u0301" * 1000,
        "\u202eoverride",
    ],
    ids=lambda text: ascii(text)[:20],
)
def test_hostile_text_reaches_the_wire_everywhere(taken, hostile):
    good = taken(
        id=hostile,
        title=hostile,
        text=hostile,
        outlet=hostile,
        url=hostile,
        labels={hostile: hostile},
    )
    document = encoded(good)
    assert document == good.document
    assert "\x00" not in document.text


def test_a_text_of_17_mib_is_cut_and_costs_little(taken):
    started = time.process_time()
    document = taken(text="长" * (17 << 20), title="t" * 10_000).document
    assert (len(document.text), len(document.title)) == (100_000, 500)
    assert time.process_time() - started < 0.5


@pytest.mark.parametrize(
    "publish_time",
    [
        NOW + timedelta(hours=2),
        datetime(1989, 12, 31, tzinfo=UTC),
        datetime(1, 1, 1, tzinfo=UTC),
        datetime(9999, 12, 31, 23, 59, tzinfo=timezone(timedelta(hours=-14))),
        datetime(2026, 1, 1),  # noqa: DTZ001 - a plugin's mistake
        "2026-01-01",
        None,
    ],
    ids=str,
)
def test_an_impossible_publish_time_becomes_the_collect_time(taken, publish_time):
    assert taken(publish_time=publish_time).document.publish_time == NOW


def test_a_publish_time_of_another_zone_is_kept_in_utc(taken):
    beijing = timezone(timedelta(hours=8))
    document = taken(publish_time=datetime(2026, 1, 5, 15, 0, tzinfo=beijing)).document
    assert document.publish_time == datetime(2026, 1, 5, 7, 0, tzinfo=UTC)
    assert document.publish_time.tzinfo is UTC


@pytest.mark.parametrize(
    ("given", "signals"),
    [
        ({"rank": 1, "heat": 5}, Signals(rank=1, heat=5.0)),
        ({"rank": 0, "heat": -1.0}, None),
        ({"rank": 2**40, "heat": math.nan}, None),
        ({"rank": True, "heat": math.inf}, None),
        ({"heat": 10**400, "read_count": 2**70}, None),
        ({"rank": "1", "discussion_count": 3}, Signals(discussion_count=3)),
    ],
    ids=str,
)
def test_signals_that_no_store_holds_are_left_out(taken, given, signals):
    assert taken(**given).document.signals == signals


def test_labels_are_bounded(taken):
    labels = {f"key-{number}": "v" * 1000 for number in range(100)} | {"": "x", "n": 5}
    kept = taken(labels=labels).document.labels
    assert len(kept) == 32
    assert max(map(len, kept.values())) == 256
    assert taken(labels=["no", "mapping"]).document.labels == {}


anything = st.one_of(
    st.text(st.characters(exclude_categories=[])),
    st.none(),
    st.integers(),
    st.floats(),
    st.binary(),
    st.lists(st.text()),
    st.dictionaries(st.text(), st.text()),
    st.datetimes(),
)


@hypothesis.given(
    given=st.fixed_dictionaries(
        dict.fromkeys(
            (
                *("id", "url", "title", "text", "publish_time", "language", "voice", "outlet"),
                *("rank", "heat", "read_count", "discussion_count", "withdrawn", "labels"),
            ),
            anything,
        )
    )
)
@hypothesis.settings(
    suppress_health_check=[hypothesis.HealthCheck.function_scoped_fixture], deadline=None
)
def test_nothing_that_a_plugin_yields_breaks_the_path(taken, given):
    prepared = taken(**given)
    assert encoded(prepared) == prepared.document
