"""The position in a feed: the server's validators and what was seen lately."""

from __future__ import annotations

import base64
import binascii
import hashlib
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any, Self

_KEY = 6  # bytes of an id's hash: 1,000 ids collide once in 5 * 10^8 feeds
_CONTENT = 4  # bytes of the hash of what an entry says
_LEAST = 1000  # entries remembered, however short the feed


@dataclass(frozen=True, slots=True)
class FeedCursor:
    """Validators, and the hashes of ids and contents, least recently seen first."""

    etag: str = ""
    last_modified: str = ""
    seen: Mapping[bytes, bytes] = field(default_factory=dict)

    @classmethod
    def parse(cls, text: str | None) -> Self:
        """Returns a stored cursor; one that cannot be read is a fresh start, which ids absorb."""
        try:
            stored = json.loads(text or "{}")
            packed = base64.b64decode(stored.get("seen", ""), validate=True)
            return cls(
                str(stored.get("etag", "")), str(stored.get("modified", "")), _unpack(packed)
            )
        except (ValueError, AttributeError, TypeError, binascii.Error):
            return cls()

    def dump(self) -> str:
        """Returns the cursor as it is stored."""
        packed = base64.b64encode(b"".join(key + said for key, said in self.seen.items())).decode()
        stored = {"etag": self.etag, "modified": self.last_modified, "seen": packed}
        return json.dumps(stored, separators=(",", ":"))

    def is_new(self, key: bytes, said: bytes) -> bool:
        """Tells whether an entry was not seen yet, or said something else."""
        return self.seen.get(key) != said

    def with_seen(self, entries: Iterable[tuple[bytes, bytes]], limit: int) -> Self:
        """Returns the cursor after entries; the oldest are forgotten past the limit."""
        seen = dict(self.seen)
        for key, said in entries:
            seen.pop(key, None)
            seen[key] = said
        excess = len(seen) - max(_LEAST, limit)
        for key in list(seen)[: max(0, excess)]:
            del seen[key]
        return replace(self, seen=seen)

    def with_validators(self, etag: str, last_modified: str) -> Self:
        """Returns the cursor after everything that a server sent under these validators."""
        return replace(self, etag=etag[:500], last_modified=last_modified[:100])

    def without_validators(self) -> Self:
        """Returns the cursor for a position in the middle of an answer."""
        return replace(self, etag="", last_modified="")


def fingerprint(entry: Mapping[str, Any]) -> tuple[bytes, bytes]:
    """Returns the hashes of an entry's id and of what it says."""
    said = f"{entry.get('title', '')}\n{entry.get('text', '')}"
    return (
        hashlib.sha256(entry["id"].encode()).digest()[:_KEY],
        hashlib.sha256(said.encode()).digest()[:_CONTENT],
    )


def _unpack(packed: bytes) -> dict[bytes, bytes]:
    size = _KEY + _CONTENT
    if len(packed) % size:
        raise ValueError("a torn cursor")
    pairs = (packed[at : at + size] for at in range(0, len(packed), size))
    return {pair[:_KEY]: pair[_KEY:] for pair in pairs}
