"""Pages of lists: sizes, and opaque tokens that are bound to their filter."""

from __future__ import annotations

import base64
import binascii

import orjson

from groundswell_core.errors import InvalidInput
from groundswell_core.identity import digest

DEFAULT_SIZE = 50
MAXIMUM_SIZE = 500


def page_size(asked: int) -> int:
    """Returns the size to use: 0 means the default, too great is coerced, negative refused."""
    if asked < 0:
        raise InvalidInput(f"page_size is {asked}; it must not be negative", reason="BAD_PAGE_SIZE")
    return min(asked or DEFAULT_SIZE, MAXIMUM_SIZE)


def encode_token(filter_text: str, skip: int) -> str:
    """Returns the token of the page that starts after skip results."""
    data = orjson.dumps([digest(filter_text, length=12), skip])
    return base64.urlsafe_b64encode(data).decode().rstrip("=")


def decode_token(filter_text: str, token: str) -> int:
    """Returns how many results to skip; raises InvalidInput for a token of another filter."""
    if not token:
        return 0
    try:
        bound, skip = orjson.loads(base64.urlsafe_b64decode(token + "=" * (-len(token) % 4)))
        good = bound == digest(filter_text, length=12) and isinstance(skip, int) and skip >= 0
    except (ValueError, TypeError, binascii.Error):
        good, skip = False, 0
    if not good:
        raise InvalidInput(
            "page_token is not of this list with this filter; leave it out to start again",
            reason="BAD_PAGE_TOKEN",
        )
    return int(skip)
