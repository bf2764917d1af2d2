"""What a feed yields: new entries, edits, and nothing twice."""

import json
import random
from datetime import UTC, datetime

import pytest
from groundswell_source_feed import SPEC
from pydantic import ValidationError

from groundswell_core.errors import InvalidInput, Unavailable
from groundswell_core.testing.source_contract import NOW


def rss(items, head=""):
    return f"""<?xml version="1.0" encoding="UTF-8"?>
<rss version="2.0" xmlns:dc="http://purl.org/dc/elements/1.1/"
  xmlns:content="http://purl.org/rss/1.0/modules/content/">
<channel><title>City</title><link>http://city.example/</link>{head}
{items}</channel></rss>"""


def item(title="A title", *, guid="g1", link="", date="Thu, 21 Nov 2024 10:00:00 GMT", more=""):
    return (
        f"<item><title>{title}</title><link>{link}</link><guid>{guid}</guid>"
        f"<pubDate>{date}</pubDate>{more}</item>\n"
    )


async def test_an_entry_becomes_a_document(site, documents):
    more = (
        "<description>&lt;p&gt;Short&lt;/p&gt;</description><dc:creator>Li</dc:creator>"
        "<category>社会</category><category>Water</category>"
        "<content:encoded><![CDATA[<p>Long &amp; full</p><script>x()</script><p>水</p>]]></content:encoded>"
    )
    text = rss(item("A &amp;amp; B", link="/news/1", more=more), head="<language>zh-CN</language>")
    [document] = await documents(site.put("/feed.xml", text))
    assert document.id == "g1"
    assert document.url == f"{site.url}/news/1"
    assert document.title == "A & B"
    assert document.text == "Long & full\n水"
    assert document.publish_time == datetime(2024, 11, 21, 10, tzinfo=UTC)
    assert document.language == "zh-CN"
    assert document.voice == "Li"
    assert document.labels == {"category": "社会, Water"}


async def test_an_atom_entry_links_to_its_page_and_not_to_itself(site, documents):
    text = (
        '<feed xmlns="http://www.w3.org/2005/Atom"><entry><id>1</id><title type="html">a &lt;i&gt;b'
        '&lt;/i&gt;</title><link rel="self" href="/self"/><link href="/page"/>'
        '<content type="xhtml"><div xmlns="http://www.w3.org/1999/xhtml"><p>Hi</p><p>you</p></div>'
        "</content><updated>2024-11-21T18:00:00+08:00</updated></entry></feed>"
    )
    [document] = await documents(site.put("/feed", text))
    assert document.url == f"{site.url}/page"
    assert document.title == "a b"
    assert document.text == "Hi\nyou"
    assert document.publish_time == datetime(2024, 11, 21, 10, tzinfo=UTC)


async def test_a_json_feed_is_read_with_its_oddities(site, documents):
    items = [
        {
            "id": 7,
            "title": "1 < 2",
            "content_text": "a <b> c\nd",
            "authors": [None, {"name": "Li"}],
        },
        {"url": "https://h/x", "title": None, "content_html": "<p>only text</p>", "tags": [1, "t"]},
        {"title": "No id"},
        "not an entry",
    ]
    found = await documents(site.put("/f", json.dumps({"items": items, "language": "en"})))
    assert [(d.id, d.title, d.text) for d in found][:2] == [
        ("7", "1 < 2", "a <b> c\nd"),
        ("https://h/x", "only text", "only text"),
    ]
    assert len(found) == 3
    assert found[0].voice == "Li"
    assert found[1].labels == {"category": "t"}


async def test_what_was_read_is_not_yielded_again_and_unchanged_feeds_cost_one_request(site, read):
    url = site.put("/feed", rss(item()), headers={"ETag": '"1"'})
    [batch] = await read(url)
    assert await read(url, batch.cursor) == []
    assert len(site.requests) == 2


async def test_a_new_entry_is_yielded_alone(site, read, documents):
    url = site.put("/feed", rss(item("old", guid="1")))
    [batch] = await read(url)
    site.put("/feed", rss(item("new", guid="2") + item("old", guid="1")))
    assert [document.id for document in await documents(url, batch.cursor)] == ["2"]


@pytest.mark.parametrize(
    "edited", [item("an edited title"), item(more="<description>an edited text</description>")]
)
async def test_an_edit_is_yielded_again_under_its_id(site, read, documents, edited):
    url = site.put("/feed", rss(item()))
    [batch] = await read(url)
    site.put("/feed", rss(edited))
    assert [document.id for document in await documents(url, batch.cursor)] == ["g1"]


async def test_a_feed_that_changes_its_order_repeats_and_loses_nothing(site, read):
    entries = [item(f"title {n}", guid=f"g{n}") for n in range(30)]
    shuffle = random.Random(1)
    cursor, found = None, []
    for shown in range(10, 31, 5):
        window = entries[:shown]
        shuffle.shuffle(window)
        for batch in await read(site.put("/feed", rss("".join(window))), cursor, batch=3):
            found += [document.id for document in batch.documents]
            cursor = batch.cursor
    assert sorted(found) == sorted(f"g{n}" for n in range(30))


async def test_a_crash_between_batches_loses_nothing_although_the_feed_has_not_changed(site, read):
    text = rss("".join(item(f"title {n}", guid=f"g{n}") for n in range(10)))
    url = site.put("/feed", text, headers={"ETag": '"1"'})
    first, *_ = await read(url, batch=4)
    rest = await read(url, first.cursor, batch=4)
    ids = [document.id for batch in (first, *rest) for document in batch.documents]
    assert sorted(ids) == sorted(f"g{n}" for n in range(10))


async def test_the_cursor_stays_small_however_long_the_feed_lives(site, read):
    cursor = None
    for day in range(60):
        entries = "".join(item(f"t{n}", guid=f"{day}-{n}") for n in range(50))
        cursor = (await read(site.put("/feed", rss(entries)), cursor))[-1].cursor
    assert len(cursor) < 16_000


@pytest.mark.parametrize("cursor", ["", "nonsense", "[]", "{}", '{"seen": 5}', '{"seen": "AAA="}'])
async def test_a_cursor_that_cannot_be_read_starts_afresh(site, documents, cursor):
    assert len(await documents(site.put("/feed", rss(item())), cursor)) == 1


@pytest.mark.parametrize("text", [rss(""), '{"items": []}', "<rss><channel/></rss>", "<feed/>"])
async def test_an_empty_feed_is_fine(site, documents, text):
    assert await documents(site.put("/feed", text)) == []


async def test_an_entry_without_id_takes_its_link_or_what_it_says(site, documents):
    items = (
        "<item><title>linked</title><link>http://h/1</link></item>"
        "<item><title>bare</title></item><item><description>text alone</description></item>"
    )
    found = {
        document.title: document.id for document in await documents(site.put("/f", rss(items)))
    }
    assert found["linked"] == "http://h/1"
    assert len(found["bare"]) == 32
    assert len(set(found.values())) == 3


async def test_repeated_ids_are_yielded_once_and_a_shared_id_is_told_apart_by_links(
    site, documents
):
    repeated = item("same", guid="1") + item("same", guid="1")
    shared = item("one", guid="0", link="http://h/1") + item("two", guid="0", link="http://h/2")
    found = await documents(site.put("/f", rss(repeated + shared)))
    assert sorted(document.id for document in found) == ["1", "http://h/1", "http://h/2"]


async def test_an_entry_that_says_nothing_is_named_once_and_good_ones_beside_it_go_through(
    site, read
):
    url = site.put("/feed", rss("<item></item>" + item()))
    [batch] = await read(url)
    assert len(batch.documents) == 1
    assert batch.invalid == ("an entry with neither a title nor a text was left out",)
    assert await read(url, batch.cursor) == []


DATES = {
    "Thu, 21 Nov 2024 10:00:00 GMT": "2024-11-21T10:00:00+00:00",
    "Thu, 21 Nov 2024 18:00:00 +0800": "2024-11-21T10:00:00+00:00",
    "2024-11-21T10:00:00Z": "2024-11-21T10:00:00+00:00",
    "2024-11-21T24:00:00Z": "2024-11-22T00:00:00+00:00",
    "2024-11-21 18:00:00": "2024-11-21T10:00:00+00:00",
    "2024-11-21": "2024-11-20T16:00:00+00:00",
    "2024/11/21 18:00": "2024-11-21T10:00:00+00:00",
    "2024年11月21日 18:00": "2024-11-21T10:00:00+00:00",
    "2024年11月21日18时00分": "2024-11-21T10:00:00+00:00",
    "Thu, 21 Nov 2024 18:00:00": "2024-11-21T10:00:00+00:00",
    "Thu, 21 Nov 2024 18:00:00 CST": "2024-11-21T10:00:00+00:00",
    "<![CDATA[ 2024-11-21 18:00:00 ]]>": "2024-11-21T10:00:00+00:00",
}


@pytest.mark.parametrize(("date", "expected"), DATES.items(), ids=DATES.keys())
async def test_dates_are_read_and_those_without_a_zone_have_the_source_s(
    site, documents, date, expected
):
    url = site.put("/feed", rss(item(date=date)))
    [document] = await documents(url, timezone="Asia/Shanghai")
    assert document.publish_time.isoformat() == expected


@pytest.mark.parametrize(
    "date",
    [
        "",
        "yesterday",
        "32 Foo 2024",
        "0000-00-00",
        "Mon, 01 Jan 0001 00:00:00 GMT",
        "9999-12-31T23:59:59+14:00",
        "Thu, 21 Nov 12024 10:00:00 GMT",
        "2024-13-45 99:99:99",
        "2099-01-01T00:00:00Z",
        "1970-01-01T00:00:00Z",
        "-1",
        "1" * 500,
        "2024-11-21T10:00:61+99:99",
    ],
)
async def test_a_nonsense_date_is_the_time_of_collection(site, documents, date):
    [document] = await documents(site.put("/feed", rss(item(date=date))))
    assert document.publish_time == NOW


async def test_entries_come_oldest_first_and_undated_ones_last(site, documents):
    items = item("new", guid="2", date="2024-11-22") + item("old", guid="1", date="2024-11-21")
    found = await documents(site.put("/f", rss(item("undated", guid="3", date="") + items)))
    assert [document.title for document in found] == ["old", "new", "undated"]


async def test_a_failing_server_is_unavailable(site, documents):
    with pytest.raises(Unavailable):
        await documents(site.put("/feed", status=503))


async def test_no_secret_of_the_config_is_in_an_error(site, documents):
    site.put("/feed", "<html>no feed</html>")
    with pytest.raises(InvalidInput) as caught:
        await documents(f"{site.url}/feed?api_key=s3cret")
    assert "s3cret" not in str(caught.value)


@pytest.mark.parametrize(
    ("config", "word"),
    [
        ({"url": "ftp://h/x"}, "url"),
        ({}, "url"),
        ({"url": "http://h/x", "timezone": "Mars/Olympus"}, "Asia/Shanghai"),
        ({"url": "http://h/x", "batch": 0}, "batch"),
        ({"url": "http://h/x", "urll": "x"}, "urll"),
    ],
)
def test_a_bad_config_is_named(config, word):

    with pytest.raises(ValidationError, match=word):
        SPEC.config.model_validate(config)
