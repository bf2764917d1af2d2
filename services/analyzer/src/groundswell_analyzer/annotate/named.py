"""How names of organisations are read back from their last word."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, fields
from functools import lru_cache
from typing import Self

import rjieba

LONGEST = 18  # characters before the last word
_LONGEST_ENGLISH = 80

# Parts of speech, as the segmenter names them, that names are made of.
_INSIDE = frozenset({"n", "ns", "nt", "nz", "j", "vn", "an", "b", "m", "eng", "l", "s"})
_PROPER = frozenset({"ns", "nt", "nz"})
_PERSON = frozenset({"nr", "nrt", "nrfg"})
_TASKS = frozenset(
    [
        "监督",
        "管理",
        "监管",
        "教育",
        "投资",
        "建设",
        "开发",
        "检验",
        "检测",
        "审计",
        "保护",
        "服务",
        "设计",
        "健康",
        "保障",
        "合作",
        "发展",
        "救援",
        "执法",
        "监察",
        "应急",
    ]
)
_AREA = re.compile("[\u4e00-\u9fff]{1,6}[省市县区州盟旗镇乡]")
_ORDINAL = re.compile("第[一二三四五六七八九十]+|第\\d+")
# What stands before a last word that ends no name: 这家公司, 各大学, 分公司.
_NO_NAME_BEFORE = frozenset(
    "的该本家等各某两大分子总此是在到和与及、,.。;: \n\"“”'‘’()《》多几每外母新老"
)

_CAPITAL = r"[A-Z][\w&'’.\-]*"
_BEFORE = re.compile(rf"(?:{_CAPITAL}\s(?:&\s)?){{1,5}}$")
_AFTER = re.compile(rf"\sof\s(?:the\s)?{_CAPITAL}(?:\s(?:and\s)?{_CAPITAL}){{0,3}}")


@dataclass(frozen=True, eq=False)
class Chinese:
    """Names that end with a word such as 公安局."""

    suffixes: frozenset[str]
    bare: frozenset[str]  # after a place alone they make no name
    not_after: frozenset[str]
    forms: frozenset[str]  # legal forms, no part of the name as told
    anchors: frozenset[str]
    breaks: frozenset[str]
    generic: frozenset[str]

    @classmethod
    def of(cls, lists: Mapping[str, frozenset[str]]) -> Self:
        """Returns the rules with the lists that they name."""
        return cls(**{field.name: lists[field.name] for field in fields(cls)})

    def name(self, content: str, mark: str, start: int, end: int) -> tuple[int, int, str] | None:
        """Returns the span and the name that end with a mark; None: it ends no name."""
        if (
            content[end : end + 1] in self.not_after
            or content[start - 1 : start] in _NO_NAME_BEFORE
        ):
            return None
        before = content[max(0, start - LONGEST) : start]
        length = _reach(self, before, mark, start > LONGEST)
        if length < 2:
            return None
        return start - length, end, before[-length:] + self._ending(mark)

    def _ending(self, mark: str) -> str:
        """Returns the last word without its legal form: 恒大集团有限公司 is 恒大集团."""
        if mark not in self.forms:
            return mark
        return "集团" if mark.startswith("集团") else "公司"

    def is_inside(self, word: str, tag: str, mark: str) -> bool:
        """Tells whether a word may be part of a name that ends with this mark."""
        if word in self.breaks:
            return False
        if tag in _PERSON:
            # A person is no organisation; a district that looks like one, and a firm's full name, are.
            return bool(_AREA.fullmatch(word)) or mark in self.forms
        if tag == "m":
            return bool(_ORDINAL.fullmatch(word))
        return tag in _INSIDE or word in _TASKS

    def is_anchor(self, word: str, tag: str) -> bool:
        """Tells whether a name may begin with a word."""
        if tag in _PERSON:
            return bool(_AREA.fullmatch(word))
        return (tag in _PROPER and word not in self.generic) or word in self.anchors

    def is_telling(self, words: list[str], mark: str) -> bool:
        """Tells whether what stands between a name's first word and its last tells one from others."""
        if mark not in self.bare and mark not in self.forms:
            return True
        return not all(word in self.generic for word in words)


@lru_cache(maxsize=20_000)
def _reach(rules: Chinese, before: str, mark: str, is_cut: bool) -> int:
    """Returns how many characters before a mark belong to its name; 0 when it ends none."""
    position, reach = len(before), 0
    between: list[str] = []
    for word, tag, start in reversed(_tagged(before + mark)):
        if start >= position:
            continue  # the mark itself
        is_whole = start > 0 or not is_cut
        if not (is_whole and rules.is_inside(word, tag, mark)):
            break
        # A word of the dictionary that holds the mark, as 北京大学, is a name by itself.
        holds_mark = start + len(word) > position
        own = word[: position - start]
        if rules.is_anchor(own, tag) and (holds_mark or rules.is_telling(between, mark)):
            reach = position - start
        between.append(own)
    return reach


def _tagged(text: str) -> list[tuple[str, str, int]]:
    """Returns the words of a text with their parts of speech and where they start."""
    tagged, position = [], 0
    for word, tag in rjieba.tag(text):
        tagged.append((word, tag, position))
        position += len(word)
    return tagged


@dataclass(frozen=True, slots=True)
class English:
    """Names that end with a word such as University, or begin with Ministry of."""

    suffixes: frozenset[str]
    heads: frozenset[str]
    stops: frozenset[str]
    generic: frozenset[str]
    forms: frozenset[str]

    @classmethod
    def of(cls, lists: Mapping[str, frozenset[str]]) -> Self:
        """Returns the rules with the lists that they name."""
        return cls(*(lists[f"english_{field.name}"] for field in fields(cls)))

    @property
    def marks(self) -> frozenset[str]:
        """Returns the words that may end or begin a name."""
        return self.suffixes | self.heads

    def name(self, content: str, mark: str, start: int, end: int) -> tuple[int, int, str] | None:
        """Returns the span and the name around a mark; None: there is none."""
        if content[start - 1 : start] not in (" ", "\n", "") or content[end : end + 1].isalnum():
            return None
        after = _AFTER.match(content, end) if mark in self.heads else None
        words = self._before(content, start)
        if mark not in self.suffixes or all(word in self.generic for word in words):
            words = words if after else []
        if not words and after is None:
            return None
        told = [*words] if mark in self.forms else [*words, mark]
        name = " ".join(told) + (after[0].rstrip(".") if after else "")
        return start - len(" ".join(words)) - bool(words), after.end() if after else end, name

    def _before(self, content: str, start: int) -> list[str]:
        """Returns the capitalised words right before a place, without those of the sentence."""
        found = _BEFORE.search(content, max(0, start - _LONGEST_ENGLISH), start)
        words = found[0].split() if found else []
        stops = (at for at, word in enumerate(words) if word in self.stops or _ends(word))
        return words[max(stops, default=-1) + 1 :]


def _ends(word: str) -> bool:
    """Tells whether a full stop ends a sentence, not an abbreviation as U.S."""
    return word.endswith(".") and "." not in word[:-1]
