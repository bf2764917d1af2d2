"""Bytes to text, whatever the server, the declaration and the bytes say of the encoding."""

from __future__ import annotations

import codecs
import re
from collections.abc import Iterator

from resiliparse.parse.encoding import detect_encoding

_BOMS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),  # before UTF-16, whose mark it begins with
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_DECLARED = re.compile(
    rb"""(?:encoding|charset)\s{0,5}=\s{0,5}["']?\s{0,5}([A-Za-z0-9._:-]{1,40})"""
)
_HEAD = 2048  # bytes in which a declaration stands
# gb18030 contains the older ones, and pages that say gb2312 use characters beyond it;
# browsers read latin-1 as windows-1252 for the same reason.
_WIDER = {
    "gb2312": "gb18030",
    "gbk": "gb18030",
    "iso8859-1": "cp1252",
    "ascii": "utf-8",
    "big5": "big5hkscs",
    "shift_jis": "cp932",
    "euc_kr": "cp949",
}
# Their bytes are all valid UTF-8 too, so a declaration must be believed before the bytes.
_SEVEN_BIT = frozenset({"hz", "iso2022_jp", "iso2022_kr"})
# Encodings of text on the web; Python has more codecs, some of them slow or dangerous.
_KNOWN = re.compile(r"utf-(?:8|16|32)|gb|big5|iso|cp\d|koi8|euc|shift_jis|mac|hz$|johab|tis|ascii")


def decode(body: bytes, header: str) -> str:
    """Returns the text of a body; header is the charset that the server named, or empty.

    The first candidate that decodes without an error wins: mark, declared 7-bit encodings,
    UTF-8 (what decodes as UTF-8 and is not plain ASCII is UTF-8), other declarations, detection.
    """
    for mark, name in _BOMS:
        if body.startswith(mark):
            return body.decode(name, "replace")
    for name in _candidates(body, header):
        try:
            return body.decode(name)
        except (UnicodeDecodeError, LookupError):
            continue
    return body.decode(_wider(detect_encoding(body) or "") or "utf-8", "replace")


def _candidates(body: bytes, header: str) -> Iterator[str]:
    declared = [name for name in (_wider(header), _wider(_declaration(body))) if name]
    yield from (name for name in declared if name in _SEVEN_BIT)
    if wide := _wide(body):
        yield wide
    yield "utf-8"
    # utf-16 without a mark and without NULs is a wrong declaration.
    yield from (name for name in declared if not name.startswith(("utf-16", "utf-32")))


def _declaration(body: bytes) -> str:
    found = _DECLARED.search(body[:_HEAD])
    return found.group(1).decode("ascii") if found else ""


def _wide(body: bytes) -> str:
    """Returns UTF-16 with its byte order when every second byte at the start is NUL."""
    head = body[:64]
    if len(head) >= 8 and head[1::2].count(0) > len(head) // 3:
        return "utf-16-le"
    if len(head) >= 8 and head[0::2].count(0) > len(head) // 3:
        return "utf-16-be"
    return ""


def _wider(name: str) -> str:
    """Returns the codec to use for a declared name; empty when there is none."""
    try:
        known = codecs.lookup(name.strip().strip("\"'")).name
    except (LookupError, ValueError):
        return ""
    return _WIDER.get(known, known) if _KNOWN.match(known) else ""
