"""Titles without what boards, sites and click hunters add to them, and short enough to be read."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Collection

from groundswell_analyzer.query.keys import JOINED

CHINESE_LENGTH = 60
OTHER_LENGTH = 90
_SHORTEST = 4  # characters that must be left when something is taken off
_LABEL = 11  # characters of a bracket in front that is a label; a longer one is a title itself
_LABELS = 3

_JOINED = re.compile(f"[{JOINED}]")
_HASHTAG = re.compile(r"#([^#\s][^#]{0,60})#")
_LABELLED = re.compile(r"^\s*[【\[［〖]([^】\]］〗]{1,80})[】\]］〗]\s*")
_OPENING = re.compile(
    r"^\s*(?:(?:breaking(?: news)?|live|exclusive|watch|video|update(?: \d+)?|urgent|just in)"
    r"\s*[:|\-–—]\s*|(?:快讯|突发|最新|最新消息|独家|速报|重磅|刚刚|视频|实时|滚动)\s*[!！|｜:：丨，,]\s*)",
    re.IGNORECASE,
)
_MEDIA = re.compile(
    r"\s*[（(\[【](?:组图|图|多图|视频|附图|直播|video|photos?)[）)\]】]\s*$", re.IGNORECASE
)
_BOARD_FLAG = re.compile(r"\s+[热沸新爆荐]$")
_SITE = re.compile(r"\s*(?:[-–—|｜_丨]|——)\s*([^-–—|｜_丨]{2,24})$")
_SECTIONS = re.compile(r"(?:\s*_\s*[^_，。！？,!?]{0,8})+$")  # of a site, before its name
_SITE_WORD = re.compile(
    r"网$|新闻|日报|晚报|早报|时报|频道|客户端|在线|资讯|头条"
    r"|\b(?:news|times|post|herald|journal|tribune|online|daily|\w+\.(?:com|org|net|cn))$",
    re.IGNORECASE,
)
_BAIT = re.compile(
    r"[,，.。…!！?？\s]+(?:网友[^,，。]{0,8}(?:炸锅|沸腾|怒了|吵翻)了?|速看|快转|扩散|转发扩散|转给[^,，。]{1,6}"
    r"|不看后悔|太可怕了|惊呆了|真相[^,，。]{0,6}(?:来了|曝光)|详情(?:点击|戳)[^,，。]{0,6}"
    r"|you won.t believe[^.]*|here.s (?:why|what)[^.]*|what happened next[^.]*)[。…!！?？~～\s]*$",
    re.IGNORECASE,
)
_LOUD = re.compile(r"([!！?？])[!！?？]+")
_BORDERS = "，。；：、！？,;:!?"


def plain_title(title: str, outlets: Collection[str] = ()) -> str:
    """Returns a title without labels, hash marks, names of sites and bait; outlets: in lower case."""
    text = " ".join(_visible(title).split())
    for take_off in (_BOARD_FLAG, _MEDIA, _BAIT):
        text = _without(take_off, text)
    text = _without_site(text, outlets)
    text = _without_labels(_without_hashtags(text))
    text = _without(_BAIT, _without(_OPENING, text))
    return _LOUD.sub(r"\1", text).strip(" -–—|｜_丨·")


def _visible(text: str) -> str:
    text = text[:500]
    if text.isprintable():
        return text
    return "".join(
        " " if unicodedata.category(one) in {"Cc", "Zl", "Zp"} else one
        for one in text
        if unicodedata.category(one) not in {"Cf", "Cs", "Co"}
    )


def _without(pattern: re.Pattern[str], text: str) -> str:
    shorter = pattern.sub("", text, count=1)
    return shorter if len(shorter) >= _SHORTEST else text


def _without_hashtags(text: str) -> str:
    """Takes hashtags off where something is left; else keeps their words."""
    bare = " ".join(_HASHTAG.sub(" ", text).split())
    return bare if len(bare) >= 3 * _SHORTEST else " ".join(text.replace("#", " ").split())


def _without_labels(text: str) -> str:
    for _ in range(_LABELS):
        match = _LABELLED.match(text)
        if not match:
            break
        rest = text[match.end() :]
        if len(match[1]) > _LABEL or len(rest) < _SHORTEST:
            return match[1]
        text = rest
    return text


def _without_site(text: str, outlets: Collection[str]) -> str:
    match = _SITE.search(text)
    if not match or match.start() < _SHORTEST:
        return text
    name = match[1].strip().casefold()
    if name not in outlets and not _SITE_WORD.search(name):
        return text
    return _without(_SECTIONS, text[: match.start()])


def is_loud(title: str) -> bool:
    """Tells whether a title asks or shouts instead of saying what happened."""
    return bool(re.search(r"[!！?？]", title))


def shortened(text: str, *, chinese: int = CHINESE_LENGTH, other: int = OTHER_LENGTH) -> str:
    """Returns text cut at a border of words, with an ellipsis, when it is longer than allowed."""
    is_joined = 3 * len(_JOINED.findall(text)) >= len(text)
    limit = chinese if is_joined else other
    if len(text) <= limit:
        return text
    head = text[: limit - 1]
    borders = _BORDERS if is_joined else _BORDERS + " "
    cut = max(head.rfind(border) for border in borders)
    return (head[:cut] if cut >= limit // 2 else head).rstrip(_BORDERS + " ") + "…"
