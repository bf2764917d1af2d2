"""HTML to plain text, and web pages that were given instead of a feed."""

from __future__ import annotations

import re
from typing import Any
from urllib.parse import urljoin

from lxml import etree  # type: ignore[import-untyped]

from groundswell_core.values import clean_text

_MARKUP = re.compile(r"<[A-Za-z/!?]|&(?:#|[A-Za-z])")
_PAGE = re.compile(
    r"(?:<\?xml[^>]{0,300}>\s{0,50})?(?:<!--[^>]{0,1000}-->\s{0,50}){0,3}<(?:!doctype\s+html|html|head|body)\b",
    re.IGNORECASE,
)
_FEED_TYPES = ("application/rss+xml", "application/atom+xml", "application/feed+json")
_SILENT = frozenset({"script", "style", "template", "noscript", "head", "iframe", "object", "svg"})
_BLOCKS = frozenset(
    [
        "address",
        "article",
        "aside",
        "blockquote",
        "br",
        "center",
        "dd",
        "div",
        "dl",
        "dt",
        "fieldset",
        "figcaption",
        "figure",
        "footer",
        "form",
        "h1",
        "h2",
        "h3",
        "h4",
        "h5",
        "h6",
        "header",
        "hr",
        "li",
        "main",
        "nav",
        "ol",
        "p",
        "pre",
        "section",
        "table",
        "td",
        "th",
        "tr",
        "ul",
    ]
)


def to_text(markup: str) -> str:
    """Returns the plain text of HTML; blocks become lines, scripts and styles nothing."""
    if not _MARKUP.search(markup):
        return clean_text(markup)
    root = _tree(markup)
    return clean_text("".join(_pieces(root))) if root is not None else ""


def is_page(text: str) -> bool:
    """Tells whether a text is a web page."""
    return _PAGE.match(text[:4000]) is not None


def feed_link(page: str, base: str) -> str:
    """Returns the address of the first feed that a page names; empty when it names none."""
    root = _tree(page)
    for link in root.iter("link") if root is not None else ():
        kind = (link.get("type") or "").partition(";")[0].strip().lower()
        if "alternate" in (link.get("rel") or "").lower() and kind in _FEED_TYPES:
            try:
                return clean_text(urljoin(base, link.get("href") or ""), 500)
            except ValueError:
                continue
    return ""


def _tree(markup: str) -> Any | None:
    parser = etree.HTMLParser(
        encoding="utf-8", no_network=True, remove_comments=True, remove_pis=True
    )
    try:
        return etree.fromstring(markup.encode("utf-8", "replace"), parser)
    except etree.LxmlError:
        return None


def _pieces(root: Any) -> list[str]:
    pieces: list[str] = []
    silent = 0
    for event, element in etree.iterwalk(root, events=("start", "end")):
        tag = element.tag
        if event == "start":
            silent += tag in _SILENT
            pieces.append("\n" if tag in _BLOCKS else "")
            if not silent:
                pieces.append(element.text or "")
        else:
            silent -= tag in _SILENT
            pieces.append("\n" if tag in _BLOCKS else "")
            if not silent:
                pieces.append(element.tail or "")
    return pieces
