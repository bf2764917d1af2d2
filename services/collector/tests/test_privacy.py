"""What could name a person does not get past the collector."""

import time

import pytest

from groundswell_collector.privacy import mask, names_a_person, strip_tracking


@pytest.mark.parametrize(
    ("text", "masked"),
    [
        ("mail zhang.san+x@mail.example.cn now", "mail [email] now"),
        ("@人民的张三 说", "@user 说"),
        ("转发 //@li_si: 好", "转发 //@user: 好"),
        ("hello @john-doe!", "hello @user!"),
        ("call 13812345678", "call [phone]"),
        ("call +86 138 1234 5678.", "call [phone]."),
        ("电话010-62345678，", "电话[phone]，"),
        ("(415) 555-2671 or 415-555-2671", "[phone] or [phone]"),
        ("+44 20 7946 0958", "[phone]"),
        ("身份证110101199003071234号", "身份证[id]号"),
        ("11010119900307123X", "[id]"),
    ],
)
def test_identifiers_in_text_are_masked(text, masked):
    assert mask(text) == masked


@pytest.mark.parametrize(
    "text",
    [
        "heat 123456789012345",
        "in 2026, 1,381,234,567 people",
        "call 12345 or 110",
        "version 1.2.3 of a@ b",
        "3.14159265358979",
        "order 20260105080000",
    ],
)
def test_ordinary_numbers_stay(text):
    assert mask(text) == text


def test_masking_twice_changes_nothing():
    once = mask("@a b@c.example 13812345678 110101199003071234")
    assert mask(once) == once


@pytest.mark.parametrize("piece", ["a", "@", "a@", "1", "1-", "+1 ", "a.b@c.", "@甲", "138 "])
def test_no_text_makes_masking_slow(piece):
    started = time.process_time()
    mask((piece * 100_000)[:100_000])
    assert time.process_time() - started < 1.0


@pytest.mark.parametrize(
    ("url", "stripped"),
    [
        ("https://a.example/x?utm_source=b&id=1&fbclid=2", "https://a.example/x?id=1"),
        ("https://a.example/x?gclid=1", "https://a.example/x"),
        ("HTTPS://user:secret@A.example:8443/x#part", "https://a.example:8443/x#part"),
        ("https://a.example/?q=%E4%B8%AD&spm=1.2", "https://a.example/?q=%E4%B8%AD"),
        ("https://[2001:db8::1]/x", "https://[2001:db8::1]/x"),
        ("https://a.example/x#xtor=RSS-1", "https://a.example/x"),
        ("https://a.example/?id=7&cid=8", "https://a.example/?id=7&cid=8"),
        ("javascript:alert(1)", ""),
        ("//a.example/", ""),
        ("https://[bad/", ""),
        ("https://a.example:99999/", ""),
        ("", ""),
    ],
)
def test_urls_lose_what_tells_who_clicked(url, stripped):
    assert strip_tracking(url) == stripped


@pytest.mark.parametrize("label", ["author", "dc:creator", "user_name", "nickname", "authorUrl"])
def test_labels_that_name_an_author_are_known(label):
    assert names_a_person(label)


@pytest.mark.parametrize("label", ["category", "section", "board", "tags"])
def test_labels_that_say_something_of_the_document_are_kept(label):
    assert not names_a_person(label)
