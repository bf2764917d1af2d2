"""The parts of a model by themselves."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pytest

from groundswell_analyzer.annotate.words import split
from groundswell_analyzer.models.grams import Buckets, Grams, runs_of, weighed
from groundswell_analyzer.models.kernel import Kernel, likeness
from groundswell_analyzer.models.lexicon import lexicon
from groundswell_analyzer.models.mixture import Mixture
from groundswell_analyzer.models.vectors import Vectors
from groundswell_analyzer.query import key


@dataclass(frozen=True)
class Text:
    """A reading as a model sees it."""

    title: str = ""
    title_words: tuple[str, ...] = ()
    text_words: tuple[str, ...] = ()
    language: str = "zh"


def words(text, language="zh"):
    return split(key(text), language)


def score(text, language="zh", title=""):
    reading = Text(title_words=words(title, language), text_words=words(text, language))
    bad, _, good = lexicon().logits([reading])[0]
    return good - bad


@pytest.mark.parametrize(
    ("better", "worse", "language"),
    [
        ("服务优秀", "服务很差", "zh"),
        ("不失望", "失望", "zh"),
        ("满意", "不满意", "zh"),
        ("有点担心", "非常担心", "zh"),
        ("问题已解决", "问题恶化", "zh"),
        ("not a failure", "a failure", "en"),
        ("a good plan", "not a good plan", "en"),
        ("slightly worried", "extremely worried", "en"),
        ("heroic rescue", "deadly attack", "en"),
    ],
)
def test_the_lexicon_finds_one_text_kinder_than_the_other(better, worse, language):
    assert score(better, language) > score(worse, language)


def test_a_negation_reaches_no_further_than_its_clause():
    assert score("没有，失望") < 0
    assert score("没有失望") >= 0


def test_the_title_counts_more_than_the_text():
    assert score("失望", title="精彩") > 0


def test_no_word_is_listed_for_both_sides_or_twice():
    from groundswell_analyzer.annotate.words import read_data

    listed = [
        word for words in read_data("sentiment.yaml")["words"].values() for word in words.split()
    ]
    assert sorted(listed) == sorted(set(listed))
    assert all(word == key(word) for word in listed)


@pytest.fixture
def vectors():
    return Vectors(("火", "水"), np.array([[127, 0], [0, 127]], np.int8))


def test_a_text_is_the_mean_of_its_known_words_each_counted_once(vectors):
    means = vectors.means([("火", "火", "水", "？"), ("火",), (), ("？",)])
    half = 2**-0.5
    np.testing.assert_allclose(means, [[half, half], [1, 0], [0, 0], [0, 0]], atol=1e-6)
    assert vectors.means([]).shape == (0, 2)


def test_a_text_is_like_itself_and_less_like_others():
    rows = np.array([[1, 0], [0, 1]], np.float32)
    near = likeness(rows, rows)
    assert near.diagonal().tolist() == [1, 1]
    assert 0 < near[0, 1] < 1


def test_a_kernel_says_of_a_text_what_it_learned_of_the_one_like_it(vectors):
    examples = np.array([[1, 0, 1, 0], [0, 1, 0, 1]], np.float32)
    weights = np.array([[1, 0, 0], [0, 0, 1]], np.float32)
    kernel = Kernel(vectors, examples, weights, np.zeros(3, np.float32))
    fire, water = kernel.logits([Text(title_words=("火",), text_words=("火",)), Text()])
    assert fire.argmax() == 0
    assert water[0] == water[2]


def test_runs_mark_where_a_title_begins_and_ends():
    assert len(runs_of("火灾")) == 4 + 3 + 2 + 1
    assert runs_of("火")[3:] == ["\x02火", "火\x02", "\x02火\x02"]


def test_strings_count_by_the_logarithm_of_their_number_and_make_a_length_of_1():
    rows, values = weighed(["a", "a", "b"], Buckets(1 << 16))
    assert len(rows) == 2
    assert values[0] > values[1]
    assert sum(value**2 for value in values) == pytest.approx(1)
    assert weighed([], Buckets(4)) == ([], [])


def test_half_a_character_is_hashed_like_any_other_string():
    assert 0 <= Buckets(8)["\ud83d"] < 8


def test_grams_add_what_title_and_text_say():
    buckets = Buckets(1 << 12)
    runs, table = np.zeros((1 << 12, 3), np.float32), np.zeros((1 << 12, 3), np.float32)
    runs[buckets["火"]] = (1, 0, 0)
    table[buckets["感谢"]] = (0, 0, 2)
    found = Grams(runs, table, np.array([0, 1, 0], np.float32), buckets).logits(
        [Text("火"), Text(text_words=("感谢",)), Text()]
    )
    assert found[0].tolist() == pytest.approx([0.3816, 1, 0], abs=1e-4)
    assert found[1].tolist() == pytest.approx([0, 1, 2])
    assert found[2].tolist() == pytest.approx([0, 1, 0])


def test_a_mixture_weighs_its_parts_and_makes_probabilities():
    table = np.eye(3, dtype=np.float32)
    rows = Mixture([lexicon()], table, np.zeros(3, np.float32)).probabilities(
        [Text(title_words=("失望",)), Text(title_words=("精彩",))]
    )
    assert rows.sum(axis=1).tolist() == pytest.approx([1, 1])
    assert rows[0, 0] > rows[1, 0]
