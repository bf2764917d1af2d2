"""What a board yields: new topics, and those whose rank or heat moved."""

import json
from datetime import UTC, datetime

import pytest
from groundswell_source_hotlist import SPEC
from groundswell_source_hotlist.board import parse_board
from pydantic import ValidationError

from groundswell_core.errors import InvalidInput, Unavailable
from groundswell_core.testing.source_contract import NOW

FIELDS = dict.fromkeys(
    [
        "id",
        "url",
        "text",
        "category",
        "rank",
        "heat",
        "read_count",
        "discussion_count",
        "time",
        "skip",
    ],
    "",
)


def _topic(word="供水中断", hot=1000, **more):
    return {"word": word, "hot": hot, **more}


def _documents(batches):
    return [document for batch in batches for document in batch.documents]


async def test_a_topic_becomes_a_document_with_signals(put, read):
    url = put(
        _topic(
            "供水 中断\n",
            "12.3万",
            info={"say": "三个小区停水", "kinds": ["社会"]},
            path="/t/1",
            reads=5000,
            talks="1.2k",
            at=1_767_600_000_000,
            lang="zh",
        )
    )
    fields = {
        "text": "info.say",
        "category": "info.kinds.0",
        "url": "path",
        "read_count": "reads",
        "discussion_count": "talks",
        "time": "at",
    }
    [document] = _documents(await read(url, fields=fields, language="zh"))
    assert document.title == "供水 中断"
    assert document.text == "三个小区停水"
    assert document.labels == {"category": "社会"}
    assert document.url == url.replace("/board", "/t/1")
    assert (document.rank, document.heat) == (1, 123_000.0)
    assert (document.read_count, document.discussion_count) == (5000, 1200)
    assert document.publish_time == datetime(2026, 1, 5, 8, 0, tzinfo=UTC)
    assert document.language == "zh"
    assert len(document.id) == 32


async def test_a_topic_keeps_its_id_and_its_time_while_its_signals_move(put, read, host):
    [first] = await read(put(_topic(hot=1000)))
    host.move(60)
    [second] = await read(put(_topic(hot=2000)), first.cursor)
    [before], [after] = first.documents, second.documents
    assert after.id == before.id
    assert after.publish_time == before.publish_time == NOW
    assert (before.heat, after.heat) == (1000.0, 2000.0)


@pytest.mark.parametrize(
    ("seconds", "topics", "told"),
    [
        (60, [_topic(hot=1000)], []),
        (60, [_topic(hot=1049)], []),
        (60, [_topic(hot=1050)], ["供水中断"]),
        (60, [_topic(hot=950)], ["供水中断"]),
        (60, [_topic("new", 5), _topic(hot=1000)], ["new", "供水中断"]),
        (599, [_topic(hot=1000)], []),
        (600, [_topic(hot=1000)], ["供水中断"]),
        (60, [], []),
        (60, [_topic(hot=None)], ["供水中断"]),
        (60, [_topic("供 水 中断", 1000)], ["供 水 中断"]),
    ],
)
async def test_a_topic_is_told_again_only_when_it_moved(put, read, host, seconds, topics, told):
    [first] = await read(put(_topic(hot=1000)))
    host.move(seconds)
    again = _documents(await read(put(*topics), first.cursor))
    assert sorted(document.title for document in again) == sorted(told)


async def test_slow_changes_add_up_until_they_are_told(put, read, host):
    cursor, told = None, 0
    for minute in range(9):
        for batch in await read(put(_topic(hot=1000 + 20 * minute)), cursor):
            cursor, told = batch.cursor, told + len(batch.documents)
        host.move(60)
    assert told == 3  # 1000, 1060, 1120; 1160 is within 5 % of 1120


async def test_the_board_s_own_id_outlives_a_new_title(put, read, host):
    [first] = await read(put(_topic("old title", id=7)), fields={"id": "id"})
    [second] = await read(put(_topic("new title", id=7)), first.cursor, fields={"id": "id"})
    assert first.documents[0].id == second.documents[0].id == "7"


async def test_a_link_is_made_where_the_board_has_none(put, read):
    url = put(_topic("水 & 电/?"))
    [document] = _documents(await read(url, link="https://s.example/?q=%23{title}%23"))
    assert document.url == "https://s.example/?q=%23%E6%B0%B4%20%26%20%E7%94%B5%2F%3F%23"


async def test_advertisements_are_left_out(put, read):
    url = put(_topic("ad", ads=True), _topic("topic", ads=False), _topic("other"))
    found = _documents(await read(url, fields={"skip": "ads"}))
    assert sorted(document.title for document in found) == ["other", "topic"]


async def test_a_topic_that_stands_twice_is_told_once(put, read):
    assert len(_documents(await read(put(_topic(), _topic(hot=5), _topic("x"))))) == 2


async def test_bad_items_are_named_once_and_good_ones_beside_them_go_through(put, read):
    url = put(_topic(), {"hot": 1}, None, 5, [], {"word": ["x"]})
    [batch] = await read(url)
    assert len(batch.documents) == 1
    assert len(batch.invalid) == 5
    assert batch.invalid[0] == 'item 2 of the board has no text at "word"; check fields.title'
    assert await read(url, batch.cursor) == []


async def test_the_cursor_stays_small_and_forgets_after_a_day(put, read, host):
    cursor = None
    for hour in range(60):
        topics = [_topic(f"topic {hour} {n}") for n in range(50)]
        cursor = (await read(put(*topics), cursor))[-1].cursor
        host.move(3600)
    assert len(cursor) < 100_000
    assert len(json.loads(cursor)["topics"]) <= 1000
    host.move(90_000)
    [batch] = await read(put(_topic()), cursor)
    assert len(json.loads(batch.cursor)["topics"]) == 1


@pytest.mark.parametrize("cursor", ["", "nonsense", "[]", '{"topics": 5}', '{"topics": [[1]]}'])
async def test_a_cursor_that_cannot_be_read_starts_afresh(put, read, cursor):
    assert len(_documents(await read(put(_topic()), cursor))) == 1


async def test_an_empty_board_is_fine(put, read):
    assert await read(put()) == []


async def test_a_failing_board_is_unavailable_and_names_no_secret(site, read):
    site.put("/board", status=500)
    with pytest.raises(Unavailable) as caught:
        await read(f"{site.url}/board?key=s3cret")
    assert "s3cret" not in str(caught.value)


@pytest.mark.parametrize(
    ("body", "words"),
    [
        (b"", "no JSON"),
        (b"<html>blocked</html>", "begins with '<html>blocked</html>'"),
        (b"[" * 100_000, "no JSON"),
        (b'{"data": ' + b"9" * 10_000 + b"}", "no JSON"),
        (b'{"data": {}}', 'no list at "data.list"; set items to one of: none'),
        (b'{"data": {"rows": [{"a": 1}]}, "x": [1]}', 'one of: "data.rows"'),
        (b'{"data": {"list": [{"title": "a"}]}}', 'no text at "word"'),
        (b"\xff\xfe\x00\x00", "no JSON"),
        (bytes(range(256)), "no JSON"),
    ],
)
async def test_what_is_no_board_is_named_with_a_cure(site, read, body, words):
    with pytest.raises(InvalidInput, match=words):
        await read(site.put("/board", body))


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gbk", "utf-16", "utf-32"])
def test_boards_are_read_in_any_encoding(encoding):
    body = json.dumps([{"word": "供水中断"}], ensure_ascii=False).encode(encoding)
    options = {"url": "http://h/", "items": "", "link": "", "fields": {**FIELDS, "title": "word"}}
    [topic] = parse_board(body, options)["topics"]
    assert topic["title"] == "供水中断"


def test_lone_surrogates_and_controls_are_cleaned():
    body = b'[{"word": "a\\ud800b\\u0000\\ud83c\\udf0a"}]'
    options = {"url": "http://h/", "items": "", "link": "", "fields": {**FIELDS, "title": "word"}}
    [topic] = parse_board(body, options)["topics"]
    assert topic["title"] == "a b 🌊"


@pytest.mark.parametrize(
    ("time", "expected"),
    [
        (1_767_600_000, "2026-01-05T08:00:00"),
        ("1767600000", "2026-01-05T08:00:00"),
        (1_767_600_000_000, "2026-01-05T08:00:00"),
        ("2026-01-05T15:00:00+08:00", "2026-01-05T07:00:00"),
        ("2026-01-05 07:00:00", "2026-01-05T07:00:00"),
        ("yesterday", "2026-01-05T08:00:00"),
        (0, "2026-01-05T08:00:00"),
        (10**30, "2026-01-05T08:00:00"),
        ("9999-12-31T23:59:59-14:00", "2026-01-05T08:00:00"),
        ({}, "2026-01-05T08:00:00"),
    ],
)
async def test_times_are_read_and_nonsense_is_when_it_was_first_seen(put, read, time, expected):
    [document] = _documents(await read(put(_topic(at=time)), fields={"time": "at"}))
    assert document.publish_time.isoformat().startswith(expected)


@pytest.mark.parametrize(
    ("config", "word"),
    [
        ({"url": "ftp://h/"}, "url"),
        ({"url": "http://h/", "fields": {"titel": "x"}}, "titel"),
        ({"url": "http://h/", "fields": {"title": ""}}, "title"),
        ({"url": "http://h/", "repeat": 0}, "repeat"),
    ],
)
def test_a_bad_config_is_named(config, word):

    with pytest.raises(ValidationError, match=word):
        SPEC.config.model_validate(config)
