"""The receiver of the demo's webhooks: checks the signature, then tells what came."""

from __future__ import annotations

import hashlib
import hmac
import json
import time
from collections.abc import Callable
from typing import Any

from aiohttp import web

_OLDEST = 300.0  # seconds; older requests may be replays


def is_signed(secret: bytes, timestamp: str, body: bytes, signature: str) -> bool:
    """Tells whether a request was signed with the secret, as docs/alerting.md says."""
    signed = hmac.new(secret, timestamp.encode() + b"." + body, hashlib.sha256).hexdigest()
    return hmac.compare_digest(f"v1={signed}".encode(), signature.encode())


class Sink:
    """Takes notifications."""

    def __init__(self, secret: bytes, tell: Callable[[dict[str, Any]], None]) -> None:
        """Takes what to do with each notification that is genuine."""
        self._secret = secret
        self._tell = tell
        self.refused = 0

    async def receive(self, request: web.Request) -> web.Response:
        """Answers one POST: 204 when its signature is good, else 401."""
        body = await request.read()
        stamp = request.headers.get("X-Groundswell-Timestamp", "")
        signature = request.headers.get("X-Groundswell-Signature", "")
        is_fresh = stamp.isdigit() and abs(time.time() - int(stamp)) < _OLDEST
        if not is_fresh or not is_signed(self._secret, stamp, body, signature):
            self.refused += 1
            return web.Response(status=401)
        self._tell(json.loads(body))
        return web.Response(status=204)
