"""Words and terms of each language."""

from __future__ import annotations

from groundswell_analyzer.annotate.terms import terms_of
from groundswell_analyzer.annotate.words import split, stop_words, telling


def test_chinese_is_split_by_its_dictionary():
    assert split("多支救援队出发，6.8级", "zh") == ("多支", "救援队", "出发", "，", "6.8", "级")


def test_japanese_is_split_where_its_scripts_change():
    assert split("東京都で震度5弱のマグニチュード", "ja") == (
        "東京都", "で", "震度", "5", "弱", "の", "マグニチュード"
    )  # fmt: skip


def test_korean_words_lose_their_particles():
    assert split("서울에서 화재가 불이", "ko") == ("서울", "화재", "불이")


def test_other_words_are_split_at_spaces_and_keep_hyphens_and_accents():
    assert split("it's a t-shirt, café 7.8!", "en") == (
        "it's",
        "a",
        "t-shirt",
        ",",
        "café",
        "7.8",
        "!",
    )
    assert split("बाढ़ों में", "hi") == ("बाढ़ों", "में")


def test_rare_words_tell_more_than_common_ones_and_stop_words_nothing():
    words = ("泥石流", "中国", "我们", "，", "的", "5", "6.8")
    rare, common, *nothing, figure = telling("zh").of(words).tolist()
    assert rare > common > 0
    assert nothing == [0, 0, 0, 0]
    assert figure > 0


def test_terms_of_the_title_come_first_and_links_and_noise_do_not_come():
    text = ("river", "river", "x" * 60, "the", "!")
    [terms, none] = terms_of([("flood", "warning"), ()], [text, ()], "en")
    assert none == ()
    assert terms[:2] in {("warning", "flood"), ("flood", "warning")}
    assert terms[2:] == ("river",)


def test_stop_words_are_keys():
    assert all(word == word.casefold() for word in stop_words())
