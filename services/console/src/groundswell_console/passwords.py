"""Passwords: hashed by argon2 in threads, a few at a time, so that a flood of log-ins starves nobody."""

from __future__ import annotations

import asyncio
import secrets

from argon2 import PasswordHasher
from argon2.exceptions import Argon2Error, InvalidHashError

from groundswell_core.errors import InvalidInput

MINIMUM_LENGTH = 12
MAXIMUM_LENGTH = 200  # argon2 would hash a megabyte too
_LETTERS = "abcdefghijkmnpqrstuvwxyz23456789"  # none that look alike


def one_time_password() -> str:
    """Returns a password that can be read aloud: four groups of five, 99 bits."""
    groups = ("".join(secrets.choice(_LETTERS) for _ in range(5)) for _ in range(4))
    return "-".join(groups)


def check_new_password(password: str, account: str) -> None:
    """Raises InvalidInput when a password is too short, too long or says the account's name."""
    if not MINIMUM_LENGTH <= len(password) <= MAXIMUM_LENGTH:
        raise InvalidInput(
            f"a password has {MINIMUM_LENGTH} to {MAXIMUM_LENGTH} characters", reason="BAD_PASSWORD"
        )
    if account.lower() in password.lower() or len(set(password)) < 5:
        raise InvalidInput("this password is too easy to guess", reason="WEAK_PASSWORD")


class Passwords:
    """Hashes and checks passwords."""

    def __init__(self, at_once: int) -> None:
        """Takes how many may be hashed at the same time."""
        self._hasher = PasswordHasher()
        self._slots = asyncio.Semaphore(at_once)
        # Checked in place of a missing account's, so that both take the same time.
        self._nobody = self._hasher.hash(secrets.token_hex(16))

    async def hash(self, password: str) -> str:
        """Returns the hash to store."""
        async with self._slots:
            return await asyncio.to_thread(self._hasher.hash, password)

    async def matches(self, password: str, stored: str | None) -> bool:
        """Tells whether a password is the one that was stored; None takes as long and is false."""
        async with self._slots:
            return await asyncio.to_thread(self._verify, password[:MAXIMUM_LENGTH], stored)

    def _verify(self, password: str, stored: str | None) -> bool:
        try:
            return self._hasher.verify(stored or self._nobody, password) and stored is not None
        except (Argon2Error, InvalidHashError):
            return False
