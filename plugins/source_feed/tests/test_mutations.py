"""Feeds with random damage: read or refused, never a crash, and what is read can be stored."""

import contextlib
import json
import warnings

import pytest
from groundswell_source_feed.parse import parse_feed
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from groundswell_core.errors import InvalidInput

OPTIONS = {"url": "http://city.example/feed", "charset": "", "timezone": "Asia/Shanghai"}
RSS = (
    '<?xml version="1.0" encoding="utf-8"?><!DOCTYPE rss><rss version="2.0"><channel>'
    "<language>zh</language><item><title>水 &amp; x</title><link>http://h/?a=1&amp;b</link>"
    "<guid>1</guid><pubDate>Thu, 21 Nov 2024 10:00:00 GMT</pubDate><author>a@b.c</author>"
    "<description><![CDATA[<p>a&nbsp;b</p>]]></description><category>c</category></item>"
    "<item><title>b</title><pubDate>2024-11-21 10:00</pubDate></item></channel></rss>"
)
ATOM = (
    '<feed xmlns="http://www.w3.org/2005/Atom" xml:lang="en"><entry><id>1</id><title type="html">'
    'a</title><link rel="alternate" href="/x"/><updated>2024-11-21T10:00:00Z</updated>'
    '<content type="xhtml"><div xmlns="http://www.w3.org/1999/xhtml">b</div></content></entry></feed>'
)
JSON = json.dumps(
    {"version": "https://jsonfeed.org/version/1.1", "items": [{"id": "1", "title": "a\ud800"}]}
)
PIECES = st.sampled_from(
    [
        "<",
        ">",
        "&",
        ";",
        '"',
        "'",
        "<!--",
        "-->",
        "<![CDATA[",
        "]]>",
        "<?",
        "?>",
        "<!DOCTYPE",
        "<!ENTITY",
        "{",
        "}",
        "[",
        "]",
        "\\",
        "\\ud800",
        "&#0;",
        "&#xD800;",
        "\x00",
        "\ufeff",
        "水",
        "💥",
        "<item>",
        "</item>",
        "<br>",
        "=",
    ]
)


@st.composite
def damaged(draw):
    """Returns a feed in some encoding with pieces put in, cut out and doubled."""
    text = draw(st.sampled_from([RSS, ATOM, JSON]))
    for _ in range(draw(st.integers(1, 6))):
        at = draw(st.integers(0, len(text)))
        end = draw(st.integers(at, min(len(text), at + 40)))
        text = text[:at] + draw(PIECES | st.text(max_size=5)) + text[end:]
    encoding = draw(st.sampled_from(["utf-8", "gb18030", "utf-16"]))
    body = bytearray(text.encode(encoding, "ignore"))
    for _ in range(draw(st.integers(0, 3))):
        if body:
            body[draw(st.integers(0, len(body) - 1))] = draw(st.integers(0, 255))
    return bytes(body)


@settings(max_examples=400, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(damaged())
def test_damaged_feeds_never_crash(body):
    # dateutil warns of time zones that it does not know; nobody hears that in the child.
    with contextlib.suppress(InvalidInput), warnings.catch_warnings(action="ignore"):
        feed = parse_feed(body, OPTIONS)
        json.dumps(feed, ensure_ascii=False).encode()
        ids = [entry["id"] for entry in feed["entries"]]
        assert len(ids) == len(set(ids))
        assert all(ids)


@settings(max_examples=200, deadline=None)
@given(st.binary(max_size=200))
def test_random_bytes_never_crash(body):
    with contextlib.suppress(InvalidInput), warnings.catch_warnings(action="ignore"):
        parse_feed(body, OPTIONS)


@pytest.mark.parametrize("feed", [RSS, ATOM, JSON])
def test_the_undamaged_feeds_are_read(feed):
    assert parse_feed(feed.encode(), OPTIONS)["entries"]
