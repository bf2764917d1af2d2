"""What is remembered of strings."""

from __future__ import annotations

import numpy as np

from groundswell_analyzer.memo import SLOTS, Memo


def test_every_string_has_its_number_whatever_was_asked_before_it():
    strings = [f"word{number}" for number in range(2 * SLOTS)]
    numbers = list(range(2 * SLOTS))
    memo = Memo(lambda string: int(string.removeprefix("word")), np.int32)
    assert memo.of(strings).tolist() == numbers
    assert memo.of(strings[::-1]).tolist() == numbers[::-1]
    assert memo.of(strings * 5).tolist() == numbers * 5
    assert memo.of(strings[::7]).tolist() == numbers[::7]
    assert memo.of(["word7", "word7", "word9"]).tolist() == [7, 7, 9]
    assert memo.of([]).tolist() == []


def test_what_was_computed_is_not_computed_again():
    asked = []
    memo = Memo(lambda string: asked.append(string) or 1.0, np.float32)
    memo.of(["a", "b"])
    memo.of(["b", "a"])
    assert asked == ["a", "b"]
