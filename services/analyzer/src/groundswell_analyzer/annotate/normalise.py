"""Stage normalise: text without what is not text, and the keys that later stages read."""

from __future__ import annotations

import html
import re
import unicodedata
from collections.abc import Sequence
from dataclasses import replace
from functools import lru_cache

from groundswell_analyzer.annotate.draft import Draft, Tools
from groundswell_analyzer.query.keys import Trait, fold, spell
from groundswell_core.documents import Document

MAXIMUM_TITLE = 500  # characters that are kept
MAXIMUM_TEXT = 100_000
MAXIMUM_LABEL = 500

# Controls, bidirectional and invisible characters, lone surrogates, noncharacters, tags.
_UNWANTED = re.compile(
    "[\x00-\x08\x0e-\x1f\x7f-\x84\x86-\x9f\u00ad\u061c\u180e\u200b\u200e\u200f\u202a-\u202e"
    "\u2060-\u206f\ufdd0-\ufdef\ufeff\ufff9-\ufffb\ufffe\uffff\ud800-\udfff"
    "\U000e0000-\U000e0fff\U0001fffe\U0001ffff\U0010fffe\U0010ffff]"
)
# Joiners are spelling in Arabic and Indic scripts and in emoji; elsewhere they hide words.
_STRAY_JOINER = re.compile(
    "(?<![\u0600-\u08ff\u0900-\u0dff\u2600-\u27bf\ufe0f\U0001f000-\U0001faff])[\u200c\u200d]"
)
_INLINE = "a|abbr|b|big|code|em|font|i|ins|label|mark|s|small|span|strike|strong|sub|sup|u"
_BLOCK = (
    "article|blockquote|body|br|center|dd|div|dl|dt|figcaption|figure|footer|form|h[1-6]|head|header"
    "|hr|html|iframe|img|input|li|link|main|meta|nav|noscript|ol|option|p|pre|section|select|source"
    "|svg|table|tbody|td|tfoot|th|thead|title|tr|ul|video"
)
_TAG = re.compile(rf"</?(?:(?P<inline>{_INLINE})|{_BLOCK})\b[^<>]{{0,2000}}>", re.IGNORECASE)
_SILENT = tuple(
    (re.compile(opening, re.IGNORECASE), re.compile(closing, re.IGNORECASE))
    for opening, closing in (
        (r"<script\b[^<>]{0,2000}>", r"</script\s*>"),
        (r"<style\b[^<>]{0,2000}>", r"</style\s*>"),
        ("<!--", "-->"),
    )
)
# Feeds escape twice, and what is cleaned away may have hidden an entity: so until nothing changes.
_ROUNDS = 8
_BREAKS = re.compile("\r\n?|[\u2028\u2029]")


def normalise(drafts: Sequence[Draft], tools: Tools) -> list[Draft]:
    """Cleans every document and makes its keys."""
    return [_normalised(draft) for draft in drafts]


def _normalised(draft: Draft) -> Draft:
    document = draft.document
    title, plain_title, title_key = _read(document.title, MAXIMUM_TITLE)
    text, plain_text, text_key = _read(document.text, MAXIMUM_TEXT)
    return draft.learned(
        document=_with(document, title.replace("\n", " "), text),
        plain_title=plain_title,
        plain_text=plain_text,
        title=title_key,
        text=text_key,
    )


def _read(text: str, limit: int) -> tuple[str, str, str]:
    """Returns text cleaned, in its plain spelling, and as a key."""
    text = text.strip()
    plain, traits = spell(text[:limit])
    if traits & Trait.UNCLEAN or len(text) > limit:
        text = clean(text, limit)
        plain, traits = spell(text)
    # Most text is clean: its plain spelling, made on the way, has all its characters.
    elif traits & (Trait.SPACED | Trait.COMPLEX) or len(plain) != len(text):
        text = _tidied(text)
    return text, plain, fold(plain, traits)


def clean_document(document: Document) -> Document:
    """Returns the document with title, text, outlet and labels cleaned; the rest as it is."""
    title = clean(document.title, MAXIMUM_TITLE).replace("\n", " ")
    return _with(document, title, clean(document.text, MAXIMUM_TEXT))


def _with(document: Document, title: str, text: str) -> Document:
    outlet = _label(document.outlet).replace("\n", " ")
    labels = {_label(name): _label(value) for name, value in document.labels.items()}
    before = document.title, document.text, document.outlet, document.labels
    if before == (title, text, outlet, labels):
        return document
    return replace(document, title=title, text=text, outlet=outlet, labels=labels)


@lru_cache(maxsize=10_000)
def _label(text: str) -> str:
    """Returns a short text that comes again and again, cleaned."""
    return clean(text, MAXIMUM_LABEL)


def clean(text: str, limit: int) -> str:
    """Returns text in NFC without remnants of HTML, invisible or broken characters."""
    # Some slack before the cap: what is cleaned away shall not cost text, nor cost much time.
    text = text[: 2 * limit + 1000]
    for _ in range(_ROUNDS):
        cleaned = _cleaned(text)
        if cleaned == text:
            break
        text = cleaned
    return text[:limit].strip()


def _cleaned(text: str) -> str:
    if "<" in text or "&" in text:
        text = _without_html(text)
    if not text.replace("\n", "").isprintable():  # tells in a tenth of the time
        text = _visible(text)
    if not unicodedata.is_normalized("NFC", text):
        text = unicodedata.normalize("NFC", text)
    return _tidied(text)


def _visible(text: str) -> str:
    text = _UNWANTED.sub("", _BREAKS.sub("\n", text))
    # Looking back at every character costs much: only where there is one to judge.
    return _STRAY_JOINER.sub("", text) if "\u200c" in text or "\u200d" in text else text


def _tidied(text: str) -> str:
    """Returns text with single spaces and no empty lines."""
    lines = (" ".join(line.split()) for line in text.split("\n"))
    return "\n".join(filter(None, lines))


def _without_html(text: str) -> str:
    text = _without_tags(text)
    return _without_tags(html.unescape(text)) if "&" in text else text


def _without_tags(text: str) -> str:
    if "<" not in text:
        return text
    for opening, closing in _SILENT:
        text = _without_between(text, opening, closing)
    # A search engine's <em> stands inside words; a <p> stands between them.
    return _TAG.sub(lambda tag: "" if tag["inline"] else " ", text)


def _without_between(text: str, opening: re.Pattern[str], closing: re.Pattern[str]) -> str:
    """Returns text without what lies between; linear, for it stops at the first without an end."""
    kept = []
    position = 0
    while start := opening.search(text, position):
        end = closing.search(text, start.end())
        if end is None:
            break
        kept.append(text[position : start.start()])
        position = end.end()
    return " ".join([*kept, text[position:]])
