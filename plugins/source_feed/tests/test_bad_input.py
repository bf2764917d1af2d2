"""Broken, foreign and hostile feeds: good entries go through, the rest is named with a cure."""

import codecs
import contextlib
import json
import time

import pytest
from groundswell_source_feed.parse import parse_feed

from groundswell_core.errors import InvalidInput

OPTIONS = {"url": "http://city.example/feed", "charset": "", "timezone": "UTC"}
NEWS = "供水中断影响三个小区，居民称已停水两天，有关部门正在抢修"


def parse(body, **options):
    data = body if isinstance(body, bytes) else body.encode()
    return parse_feed(data, {**OPTIONS, **options})


def titles(body, **options):
    return [entry["title"] for entry in parse(body, **options)["entries"]]


def feed(title=NEWS, declaration="", head=""):
    return f"{declaration}<rss version='2.0'><channel>{head}<item><title>{title}</title></item></channel></rss>"


@pytest.mark.parametrize(
    ("declared", "real"),
    [
        ("", "gbk"),
        ("", "gb18030"),
        ("gb2312", "gbk"),
        ("GB2312", "gb18030"),
        ("gbk", "utf-8"),
        ("utf-8", "gb18030"),
        ("iso-8859-1", "utf-8"),
        ("utf-16", "utf-8"),
        ("no-such-charset", "utf-8"),
        ("big5", "utf-8"),
        ("hz-gb-2312", "hz"),
    ],
)
def test_chinese_is_read_whatever_is_declared(declared, real):
    declaration = f"<?xml version='1.0' encoding='{declared}'?>" if declared else ""
    text = feed(head=f"<description>{NEWS * 3}</description>", declaration=declaration)
    assert titles(text.encode(real)) == [NEWS]


@pytest.mark.parametrize(
    "charset", ["gbk", "GB2312", "", "utf-8", "iso-8859-1", "\ud800", "x" * 99]
)
def test_the_header_s_charset_may_be_right_or_wrong(charset):
    assert titles(feed(head=NEWS * 3).encode("gb18030"), charset=charset)[0]
    assert titles(feed().encode(), charset=charset) == [NEWS]


@pytest.mark.parametrize(
    "encoded",
    [
        codecs.BOM_UTF8 + feed().encode(),
        feed().encode("utf-16"),
        codecs.BOM_UTF16_BE + feed().encode("utf-16-be"),
        feed("plain", "<?xml version='1.0' encoding='utf-16'?>").encode("utf-16-le"),
        feed("plain").encode("utf-16-be"),
        feed().encode("utf-32"),
    ],
)
def test_wide_encodings_and_marks_are_read(encoded):
    assert titles(encoded)[0] in {NEWS, "plain"}


def test_other_old_encodings_are_read_as_declared():
    for name, text in {
        "big5": "供水中斷",
        "shift_jis": "断水のお知らせ",
        "euc-kr": "단수 안내",
    }.items():
        body = feed(text, f"<?xml version='1.0' encoding='{name}'?>").encode(name)
        assert titles(body) == [text]
    assert titles(feed("Zürich", "<?xml encoding='iso-8859-1'?>").encode("latin-1")) == ["Zürich"]


BROKEN = {
    "cut in the middle": "<rss><channel><item><title>a</title></item><item><title>b",
    "bare ampersand": feed("a").replace("<item>", "<item><link>http://h/?a=1&b=2</link>"),
    "HTML's names": feed("a").replace(
        "</item>", "<description>x&nbsp;&mdash;&bogus;</description></item>"
    ),
    "no end tags": "<rss><channel><item><title>a</title><description>b</item></channel>",
    "wrong nesting": "<rss><channel><item><title>a</title><b><i></b></i></item></channel></rss>",
    "junk before": "PHP Warning: x in y\n" + feed("a"),
    "junk after": feed("a") + "<!-- cached --><p>x",
    "unquoted attribute": "<rss version=2.0><channel><item><title>a</title></item></channel></rss>",
    "control characters": feed("a\x00\x01\x0b"),
    "unknown prefix": feed("a").replace("<item>", "<item><foo:bar>x</foo:bar>"),
    "two declarations": "<?xml version='1.0'?><?xml version='1.0'?>" + feed("a"),
    "blank lines first": "\n\n\n \t" + feed("a", "<?xml version='1.0'?>"),
    "old doctype": '<!DOCTYPE rss PUBLIC "-//N" "http://n.example/rss-0.91.dtd">' + feed("a"),
    "upper case": feed("a").replace("item", "ITEM"),
    "character references": feed("a&#xD800;&#0;&#x1F30A;&#99999999;"),
}


@pytest.mark.parametrize("body", BROKEN.values(), ids=BROKEN.keys())
def test_broken_xml_still_gives_its_entries(body):
    assert titles(body)[0].startswith("a")


@pytest.mark.parametrize("text", ["🌊 水 👨‍👩‍👧", "a\u200bb", "e\u0301", "\U0010ffff x", "ﷺ"])
def test_emoji_and_rare_characters_go_through(text):
    assert titles(feed(text)) == [text.replace("\U0010ffff", "\U0010ffff")]


def test_lone_surrogates_are_cleaned():
    body = '{"items": [{"id": "a\\ud800", "title": "x\\udc00y", "content_text": "\\ud83c\\udf0a"}]}'
    [entry] = parse(body)["entries"]
    assert (entry["title"], entry["text"]) == ("x y", "🌊")
    json.dumps(entry, ensure_ascii=False).encode()


NO_FEEDS = {
    "nothing": ("", "answer is empty"),
    "white space": (" \n\t", "answer is empty"),
    "plain text": ("hello", "neither RSS nor Atom nor JSON Feed"),
    "a page": ("<!DOCTYPE html><html><body>x</body></html>", "web page, not a feed"),
    "a page with a declaration": ("<?xml version='1.0'?><html>x</html>", "web page, not a feed"),
    "a page after a comment": ("<!-- x --><HTML>x</HTML>", "web page, not a feed"),
    "other XML": ("<svg><g/></svg>", "neither RSS nor Atom"),
    "other JSON": ('{"data": []}', 'without a list "items"'),
    "a JSON list": ("[1, 2]", 'without a list "items"'),
    "broken JSON": ('{"items": [', "cannot be read"),
    "deep JSON": ("[" * 100_000, "cannot be read"),
    "a long number": ('{"items": ' + "9" * 10_000 + "}", "cannot be read"),
    "an image": (b"\x89PNG\r\n\x1a\n" + bytes(range(256)), "neither RSS nor Atom"),
}


@pytest.mark.parametrize(("body", "words"), NO_FEEDS.values(), ids=NO_FEEDS.keys())
def test_what_is_no_feed_is_named(body, words):
    with pytest.raises(InvalidInput, match=words):
        parse(body)


def test_a_page_tells_where_its_feed_is():
    page = (
        "<!doctype html><html><head><link rel='stylesheet' href='x.css'>"
        "<link rel='alternate' type='application/rss+xml; charset=utf-8' href='/rss/all.xml'></head>"
    )
    with pytest.raises(InvalidInput, match=r"not a feed.*http://city\.example/rss/all\.xml"):
        parse(page)


HEAD, TAIL = "<rss><channel><item><title>a</title>", "</item></channel></rss>"
HOSTILE = {
    "entities": '<!DOCTYPE r [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;">]><rss>&b;</rss>',
    "external entity": '<!DOCTYPE r [<!ENTITY x SYSTEM "file:///etc/passwd">]><rss>&x;</rss>',
    "parameter entity": '<!DOCTYPE r [<!ENTITY % x SYSTEM "http://h/x.dtd"> %x;]><rss/>',
    "two doctypes": "<!DOCTYPE rss><!DOCTYPE rss>" + feed(),
    "4,000 doctypes": "\n<!DOCTYPE" * 4000,
    "unending doctype": "<!DOCTYPE rss [" + "x" * 100_000,
    "an entity alone": "<!ENTITY a 'b'>" + feed(),
    "40,000 attributes": HEAD + "<a " + " ".join(f'a{n}="1"' for n in range(40_000)) + "/>" + TAIL,
    "200,000 nested": HEAD + "<a>" * 200_000 + TAIL,
}


@pytest.mark.parametrize("body", HOSTILE.values(), ids=HOSTILE.keys())
def test_hostile_xml_is_refused_in_no_time(body):
    started = time.process_time()
    with pytest.raises(InvalidInput, match=r"refused|hostile|neither"):
        parse(body)
    assert time.process_time() - started < 1


SLOW = {
    "40,000 blank lines": "<?xml version='1.0'?>" + "\n" * 40_000 + feed("a"),
    "80,000 comment starts": HEAD + "<description>" + "<!--" * 80_000 + "</description>" + TAIL,
    "80,000 escaped comments": HEAD
    + "<description>"
    + "&lt;!--" * 80_000
    + "</description>"
    + TAIL,
    "300,000 ampersands": HEAD + "<description>" + "&" * 300_000 + "</description>" + TAIL,
    "300,000 less-than signs": HEAD + "<description>" + "<" * 300_000 + "</description>" + TAIL,
    "100,000 CDATA starts": HEAD
    + "<description>"
    + "<![CDATA[" * 100_000
    + "</description>"
    + TAIL,
    "blanks before a date": HEAD + ("<pubDate>" + " " * 1000) * 500 + TAIL,
    "one long tag": HEAD + "<a" + " x" * 500_000 + TAIL,
    "many unknown references": HEAD + "&abcdefgh;" * 100_000 + TAIL,
    "deep HTML": HEAD + "<description>" + "&lt;div&gt;" * 100_000 + "</description>" + TAIL,
    "10,000 honest entries": "<rss><channel>"
    + "<item><title>a</title></item>" * 10_000
    + "</channel></rss>",
    "long date": HEAD + "<pubDate>" + "1 " * 200_000 + "</pubDate>" + TAIL,
}


@pytest.mark.parametrize("body", SLOW.values(), ids=SLOW.keys())
def test_what_slows_parsers_down_is_read_or_refused_within_two_seconds(body):
    started = time.process_time()
    with contextlib.suppress(InvalidInput):
        parse(body)
    assert time.process_time() - started < 2
