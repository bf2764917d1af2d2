"""The form of text that is searched."""

from __future__ import annotations

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from groundswell_analyzer.query.keys import KEY_GROWTH, Tokens, is_word, key, plain


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


@given(st.text(min_size=1))
def test_tokens_are_numbered_in_order_and_every_letter_has_one(text):
    content = "a" + key(text)
    tokens = Tokens(content)
    numbers = [tokens.first(place) for place in range(len(content))]
    assert numbers == sorted(numbers)
    for place, letter in enumerate(content):
        if letter.isalnum():
            assert tokens.first(place) == tokens.last(place + 1)


def test_a_word_is_one_token_and_so_is_each_character_without_spaces():
    content = "买5g手机, now"
    tokens = Tokens(content)
    assert [tokens.first(place) for place in range(len(content))] == [0, 1, 1, 2, 3, 4, 4, 4, 4, 4]
    assert tokens.last(len(content)) == 4


def test_plain_keeps_the_case():
    assert plain("Ｎｅｗ 紐約") == "New 纽约"


def test_words_have_borders_and_joined_scripts_have_none():
    assert [is_word(letter) for letter in "aé9я地かナ한ไ。 "] == [True] * 4 + [False] * 7
