"""Sessions: kept in MongoDB under the hash of their token, so that a copy of the store opens nothing."""

from __future__ import annotations

import hashlib
import hmac
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta

from groundswell_core.clock import Clock
from groundswell_core.mongo import CollectionSpec, Database, Index

SESSIONS = CollectionSpec(
    name="sessions",
    schema={
        "bsonType": "object",
        "required": ["_id", "account", "create_time", "use_time", "expire_time"],
        "additionalProperties": False,
        "properties": {
            "_id": {"bsonType": "string"},
            "account": {"bsonType": "string"},
            "create_time": {"bsonType": "date"},
            "use_time": {"bsonType": "date"},
            "expire_time": {"bsonType": "date"},
        },
    },
    indexes=(
        Index(name="expiry", keys=(("expire_time", 1),), expire_after=timedelta(0)),
        Index(name="account", keys=(("account", 1),)),
    ),
)
_WRITE_AFTER = timedelta(minutes=1)  # use is noted at most so often


@dataclass(frozen=True, slots=True, kw_only=True)
class Session:
    """A log-in of one account in one browser."""

    account: str
    use_time: datetime
    create_time: datetime


def _key(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()


class Sessions:
    """Opens, finds and ends sessions."""

    def __init__(
        self, database: Database, clock: Clock, *, idle: float, lifetime: float, secret: bytes
    ) -> None:
        """Takes idle and lifetime in seconds, and the secret that CSRF tokens are made with."""
        self._sessions = database.collection(SESSIONS.name)
        self._clock = clock
        self._idle = timedelta(seconds=idle)
        self._lifetime = timedelta(seconds=lifetime)
        self._secret = secret

    async def open(self, account: str) -> str:
        """Opens a session and returns its token, which nobody else ever had."""
        token = secrets.token_urlsafe(32)
        now = self._clock.now()
        await self._sessions.insert(
            {
                "_id": _key(token),
                "account": account,
                "create_time": now,
                "use_time": now,
                "expire_time": now + min(self._idle, self._lifetime),
            }
        )
        return token

    async def find(self, token: str) -> Session | None:
        """Returns the session of a token unless it ended; never trusts the store's own clean-up."""
        record = await self._sessions.find_one({"_id": _key(token)}) if token else None
        if record is None or record["expire_time"] <= self._clock.now():
            return None
        return Session(
            account=record["account"],
            use_time=record["use_time"],
            create_time=record["create_time"],
        )

    async def use(self, token: str, session: Session) -> None:
        """Notes that a person used a session, which keeps it from ending for idleness."""
        now = self._clock.now()
        if now - session.use_time < _WRITE_AFTER:
            return
        expire_time = min(now + self._idle, session.create_time + self._lifetime)
        await self._sessions.update(
            {"_id": _key(token)}, {"$set": {"use_time": now, "expire_time": expire_time}}
        )

    async def end(self, token: str) -> None:
        """Ends one session."""
        await self._sessions.delete({"_id": _key(token)})

    async def end_all(self, account: str) -> int:
        """Ends every session of an account; returns how many."""
        return await self._sessions.delete_many({"account": account})

    def csrf_token(self, token: str) -> str:
        """Returns what forms of a session (or of a visitor's cookie) must carry."""
        return hmac.new(self._secret, token.encode(), hashlib.sha256).hexdigest()

    def is_csrf_token(self, token: str, given: str) -> bool:
        """Tells whether a form carries its own session's token."""
        return bool(token) and hmac.compare_digest(
            self.csrf_token(token).encode(), given.encode("utf-8", "replace")
        )
