"""The form of text that is searched."""

from __future__ import annotations

import itertools

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from groundswell_analyzer.query.keys import KEY_GROWTH, TOKEN, is_word, key, plain, tokens


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Ｆｕｌｌ　Ｗｉｄｔｈ！", "full width!"),
        ("臺灣地震與乾旱", "台湾地震与干旱"),
        ("著名作家", "著名作家"),
        ("cafe\u0301", "café"),
        ("地\u200b震\ufeff", "地震"),
        ("a\u202eb", "ab"),
        ("ﷺ", "صلى الله عليه وسلم"),
        ("①㎏ﬁ", "1kgfi"),
        ("한국어", "한국어"),
        ("STRAẞE straße", "strasse strasse"),
        ("𝐁𝐨𝐥𝐝 𠮷", "bold 𠮷"),
        ("a\ud800b", "ab"),
        ("  a\r\n\tb  ", "a b"),
        ("", ""),
    ],
)
def test_two_spellings_of_one_thing_have_one_key(text, expected):
    assert key(text) == expected


@given(st.text())
@example("\ud800\udfff\x00\U0010ffff")
@example("ﷺ" * 1000)
def test_any_text_has_a_key_that_utf_8_can_carry_and_that_does_not_explode(text):
    found = key(text)
    found.encode()
    assert len(found) <= 3 * (KEY_GROWTH * len(text) + 64)


@given(
    st.text(alphabet="地震臺灣aBé…！ １ﬁ한", max_size=30),
    st.text(alphabet="地臺aB…１ﬁ한", max_size=9),
)
def test_the_key_of_a_part_is_a_part_of_the_key(before, part):
    assert key(part) in key(before + part)


@given(st.text())
def test_tokens_cover_every_letter_and_digit_once(text):
    content = key(text)
    spans = tokens(content)
    assert all(end <= start for (_, end), (start, _) in itertools.pairwise(spans))
    inside = {place for start, end in spans for place in range(start, end)}
    assert all(place in inside for place, letter in enumerate(content) if letter.isalnum())


def test_plain_keeps_the_case():
    assert plain("Ｎｅｗ 紐約") == "New 纽约"


def test_words_have_borders_and_joined_scripts_have_none():
    assert [is_word(letter) for letter in "aé9я地かナ한ไ。 "] == [True] * 4 + [False] * 7
    assert TOKEN.findall("买5G手机 now") == ["买", "5g".upper(), "手", "机", "now"]
