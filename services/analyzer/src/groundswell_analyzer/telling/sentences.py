"""Splits a text into sentences, Chinese and English, and leaves out what only frames them."""

from __future__ import annotations

import re
from collections.abc import Iterator

READ = 500  # characters of a text: news says first what matters
_SHORTEST, _LONGEST = 8, 180  # characters of a sentence that can stand alone
_END = re.compile(r"(?:[。！？!?]+|…{1,2}|\.(?=[\"”’)]*\s+[\"“(A-Z0-9]))[”’」』）)\"']*\s*|[\r\n]+")
_ABBREVIATED = re.compile(
    r"(?:\b(?:Mr|Mrs|Ms|Dr|Prof|Gen|Sen|Rep|Gov|St|No|Inc|Ltd|Co|Corp|vs|approx|Jan|Feb|Mar|Apr"
    r"|Jun|Jul|Aug|Sept?|Oct|Nov|Dec|[ap]\.m)|\b[A-Z])\.\s*$"
)
_DATELINE = re.compile(
    r"^(?:[^，。,.]{0,24}?(?:讯|电)\s*(?:[（(][^）)]{0,40}[）)])?\s*[，,:：]?\s*(?=\S)"
    r"|\([A-Z][^)]{1,20}\)\s*[-–—]*\s*"
    r"|[A-Z][A-Za-z .,]{1,40}\([^)]{2,30}\)\s*[-–—]+\s*"
    r"|[A-Z][A-Z .,]{2,40}\s*[-–—]+\s*)"
)
_BYLINE = re.compile(
    r"[（(](?:记者|通讯员|实习生|见习记者|编辑|作者|摄影)[^）)]{0,40}[）)]|^[（(][^）)]{0,10}完[）)]$"
)
_FRAME = re.compile(
    r"责任编辑|责编|编辑[:：]|来源[:：]|原标题|点击|扫码|扫描二维码|关注.{0,6}公众号|更多精彩|版权所有"
    r"|未经授权|免责声明|阅读全文|read more|click here|sign up|subscribe|all rights reserved"
    r"|follow us|cookies",
    re.IGNORECASE,
)


def sentences(text: str, most: int) -> list[str]:
    """Returns the first sentences of a text that can stand alone, without datelines and bylines."""
    found: list[str] = []
    for part in _parts(text[:READ], is_whole=len(text) <= READ):
        sentence = _bare(part)
        if _SHORTEST <= len(sentence) <= _LONGEST and not _FRAME.search(sentence):
            found.append(sentence)
            if len(found) == most:
                break
    return found


def _parts(text: str, *, is_whole: bool) -> Iterator[str]:
    """Yields what stands between ends of sentences; the last one only when it was not cut."""
    start = 0
    for match in _END.finditer(text):
        part = text[start : match.end()]
        if not _ABBREVIATED.search(part):
            start = match.end()
            yield part
    if is_whole and start < len(text):
        yield text[start:]


def _bare(sentence: str) -> str:
    bare = _BYLINE.sub("", " ".join(sentence.split()))
    return _DATELINE.sub("", bare, count=1).strip(" \u3000·—-、，；：,;:")
