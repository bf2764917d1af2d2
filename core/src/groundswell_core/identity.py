"""Ids are derived, never drawn: the same thing always has the same id."""

from __future__ import annotations

import hashlib
import unicodedata


def digest(*parts: str, length: int = 32) -> str:
    """Returns the first so many hex digits of the sha256 of parts; their borders count."""
    escaped = (part.replace("\x1e", "\x1e0").replace("\x1f", "\x1e1") for part in parts)
    joined = "\x1f".join(escaped)
    return hashlib.sha256(joined.encode("utf-8", "surrogatepass")).hexdigest()[:length]


def document_id(source: str, key: str) -> str:
    """Returns the id of a document from its source and its key there."""
    return digest(source, key)


def revision_of(title: str, text: str, state: str = "") -> str:
    """Returns the revision of content: blind to white space and compatible characters."""
    normal = (" ".join(unicodedata.normalize("NFKC", part).split()) for part in (title, text))
    return digest(*normal, state, length=16)


def alert_fingerprint(monitor: str, story: str) -> str:
    """Returns the id of the alert of one (monitor, story) pair."""
    return digest(monitor, story, length=16)
