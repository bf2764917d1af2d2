"""What stands before every XML parser: one linear pass that refuses what kills parsers.

A hostile feed of 39 KiB costs a tolerant parser seconds; what it needs for that is refused here:
entities, a second DOCTYPE, endless white space, hundreds of attributes, deep nesting.
"""

from __future__ import annotations

import html
import re
from collections.abc import Iterator
from html.entities import html5

from groundswell_core.errors import InvalidInput

MAXIMUM_ATTRIBUTES = 256
MAXIMUM_DEPTH = 256
_PROLOGUE = re.compile(r"<\?xml[^>]{0,500}>")
_TAG = re.compile(r"<(/?)([A-Za-z_][^\s/><]{0,100})([^<>]*)>?")
_ATTRIBUTE = re.compile(r"=\s{0,9}[\"']")
_REFERENCE = re.compile(
    r"&(?!(?:amp|lt|gt|quot|apos);)(?:#(\d{1,8}|x[0-9A-Fa-f]{1,8});|(\w{1,40});)?"
)
_CONTROL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff\ud800-\udfff]")
_VOID = frozenset({"br", "hr", "img", "input", "wbr", "source", "embed", "col", "area", "param"})


def harmless(text: str) -> str:
    """Returns XML that no parser chokes on; raises InvalidInput naming what makes it hostile."""
    text = _PROLOGUE.sub("", text, count=1).lstrip()
    text = _CONTROL.sub("\ufffd", text)
    text = _without_doctype(text)
    if _refuse_complex(text):
        text = "".join(_repaired(text))
    return text


def _without_doctype(text: str) -> str:
    start = _next_declaration(text, 0)
    if start < 0:
        return text
    end = text.find(">", start)
    bracket = text.find("[", start, end if end > 0 else None)
    if bracket > 0:
        end = text.find("]>", bracket)
        end = end + 1 if end > 0 else -1
    if end < 0:
        raise InvalidInput("the feed has a DOCTYPE that does not end; it is broken or hostile")
    if "<!entity" in text[start:end].lower():
        raise _hostile("declares entities (<!ENTITY)")
    rest = text[end + 1 :].lstrip()
    if _next_declaration(rest, 0) >= 0:
        raise _hostile("has more than one DOCTYPE")
    return (text[:start] + rest).lstrip()


def _next_declaration(text: str, start: int) -> int:
    """Returns where the next DOCTYPE or ENTITY outside CDATA and comments is; -1 for none."""
    at = text.find("<!", start)
    while at >= 0:
        if text.startswith("<![CDATA[", at):
            at = text.find("]]>", at)
        elif text.startswith("<!--", at):
            at = text.find("-->", at)
        elif (
            text[at + 2 : at + 9].upper() == "DOCTYPE" or text[at + 2 : at + 8].upper() == "ENTITY"
        ):
            if text[at + 2 : at + 8].upper() == "ENTITY":
                raise _hostile("declares entities (<!ENTITY)")
            return at
        at = text.find("<!", at + 2) if at >= 0 else -1
    return -1


def _refuse_complex(text: str) -> bool:
    """Raises InvalidInput past the limits on attributes and depth; tells whether to repair."""
    depth = deepest = 0
    for outside in _outside_cdata(text):
        for closing, name, rest in _TAG.findall(outside):
            if closing:
                depth = max(0, depth - 1)
                continue
            if (
                len(rest) > MAXIMUM_ATTRIBUTES
                and len(_ATTRIBUTE.findall(rest)) > MAXIMUM_ATTRIBUTES
            ):
                raise _hostile(f"has a tag with over {MAXIMUM_ATTRIBUTES} attributes")
            if not rest.endswith("/") and not name.endswith("/") and name.lower() not in _VOID:
                depth += 1
                deepest = max(deepest, depth)
    if deepest > MAXIMUM_DEPTH:
        raise _hostile(f"is nested over {MAXIMUM_DEPTH} deep")
    return "&" in text


def _outside_cdata(text: str) -> Iterator[str]:
    at = 0
    while at < len(text):
        start = text.find("<![CDATA[", at)
        if start < 0:
            yield text[at:]
            return
        yield text[at:start]
        end = text.find("]]>", start)
        at = end + 3 if end >= 0 else len(text)


def _repaired(text: str) -> Iterator[str]:
    """Yields the text with HTML's names and bare ampersands as XML; CDATA stays as it is."""
    at = 0
    while at < len(text):
        start = text.find("<![CDATA[", at)
        yield _REFERENCE.sub(_reference, text[at : start if start >= 0 else len(text)])
        if start < 0:
            return
        end = text.find("]]>", start)
        end = end + 3 if end >= 0 else len(text)
        yield text[start:end]
        at = end


def _reference(found: re.Match[str]) -> str:
    number, name = found.groups()
    if number:
        code = int(number[1:], 16) if number.startswith("x") else int(number)
        return found.group() if _is_character(code) else "\ufffd"
    meant = html5.get(f"{name};") if name else None
    return html.escape(meant) if meant else "&amp;" + found.group()[1:]


def _is_character(code: int) -> bool:
    """Tells whether XML 1.0 permits a character (production 2, Char)."""
    return (
        code in {0x9, 0xA, 0xD}
        or 0x20 <= code <= 0xD7FF
        or 0xE000 <= code <= 0xFFFD
        or 0x10000 <= code <= 0x10FFFF
    )


def _hostile(what: str) -> InvalidInput:
    return InvalidInput(f"the feed {what}, as no honest feed does; it is refused")
