"""Resume tokens: opaque, and nobody can make or change one."""

from __future__ import annotations

import base64
import hashlib
import hmac
from dataclasses import dataclass

import orjson

from groundswell_core.errors import InvalidInput

_MAC_BYTES = 16


@dataclass(frozen=True, slots=True, kw_only=True)
class Position:
    """Where a stream is, and which stream it is."""

    incarnation: str  # of the log
    rev: int
    filter_hash: str
    department: str


class ResumeTokens:
    """Writes and reads tokens with one secret, the same in every replica."""

    def __init__(self, secret: bytes) -> None:
        """Takes the secret."""
        self._secret = secret

    def encode(self, position: Position) -> bytes:
        """Returns the token of a position."""
        body = orjson.dumps(
            [position.incarnation, position.rev, position.filter_hash, position.department]
        )
        return base64.urlsafe_b64encode(self._mac(body) + body)

    def decode(self, token: bytes) -> Position:
        """Returns the position of a token; raises InvalidInput for one that we did not write."""
        try:
            data = base64.urlsafe_b64decode(token)
            mac, body = data[:_MAC_BYTES], data[_MAC_BYTES:]
            genuine = body if hmac.compare_digest(mac, self._mac(body)) else b""
            incarnation, rev, filter_hash, department = orjson.loads(genuine)
        except ValueError:
            raise InvalidInput(
                "resume_token is not one of this service; leave it empty to begin anew",
                reason="BAD_RESUME_TOKEN",
            ) from None
        return Position(
            incarnation=incarnation, rev=rev, filter_hash=filter_hash, department=department
        )

    def _mac(self, body: bytes) -> bytes:
        return hmac.new(self._secret, body, hashlib.sha256).digest()[:_MAC_BYTES]
