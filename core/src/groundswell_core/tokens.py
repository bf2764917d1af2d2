"""Who calls: short-lived Ed25519 tokens, each process with a key of its own.

A trust file (JWKS) lists the public keys that are trusted, each with the name of its holder,
whether it may call as itself, and the highest role it may claim for a person, if it may at all.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import os
import time
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import IntEnum
from pathlib import Path
from typing import Any

from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import OKPKey

from groundswell_core.errors import InvalidInput, Unauthenticated

ALGORITHM = "Ed25519"
_LEEWAY = 10  # seconds that clocks may differ


class Role(IntEnum):
    """What a caller may do; each holds the rights of those before it, service stands apart."""

    VIEWER = 1
    ANALYST = 2
    DUTY_OFFICER = 3
    LEAD = 4
    ADMIN = 5
    SERVICE = 6


@dataclass(frozen=True, slots=True)
class Identity:
    """A caller: who, in which role, of which department (empty: of all)."""

    subject: str
    role: Role
    department: str = ""


def generate_key() -> dict[str, Any]:
    """Returns a new private Ed25519 key as a JWK."""
    key = OKPKey.generate_key("Ed25519", private=True, auto_kid=True)
    return dict(key.as_dict(private=True))


def public_entry(
    key: Mapping[str, Any], holder: str, *, service: bool, people: Role | None
) -> dict[str, Any]:
    """Returns the trust file's entry of a key: its public half, its holder, what it may claim.

    service: may call as itself. people: the highest role it may claim for a person; None: it may
    speak for nobody, as all but the console and the operator.
    """
    public = OKPKey.import_key(dict(key)).as_dict(private=False)
    return {**public, "holder": holder, "service": service, "people": people.name if people else ""}


def write_private(path: Path, content: Mapping[str, Any]) -> None:
    """Writes JSON to a file that only its owner can read."""
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "w") as file:
        json.dump(content, file)


def write_trust(path: Path, entries: Iterable[Mapping[str, Any]]) -> None:
    """Writes a trust file."""
    write_private(path, {"keys": list(entries)})


def _read(path: Path, what: str) -> dict[str, Any]:
    try:
        return dict(json.loads(path.read_text()))
    except (OSError, ValueError, TypeError) as error:
        raise InvalidInput(
            f"the {what} {path} cannot be read: {error}; `groundswell doctor` tells more",
            reason="BAD_SETTINGS",
        ) from error


def _no_keys(path: Path, what: str) -> InvalidInput:
    # What the library says may hold parts of the key: it stays unsaid.
    return InvalidInput(f"the {what} {path} holds no usable Ed25519 key", reason="BAD_SETTINGS")


class TokenSigner:
    """Signs tokens with this process's key."""

    def __init__(self, key: Mapping[str, Any], holder: str, *, lifetime: float = 300.0) -> None:
        """Takes lifetime in seconds."""
        self._key = OKPKey.import_key(dict(key))
        self._holder = holder
        self._lifetime = lifetime
        self._kept: dict[tuple[Identity, str], tuple[float, str]] = {}

    @classmethod
    def from_file(cls, path: Path, holder: str, *, lifetime: float = 300.0) -> TokenSigner:
        """Reads the private key from a file."""
        key = _read(path, "key file")
        try:
            return cls(key, holder, lifetime=lifetime)
        except (JoseError, ValueError, KeyError, TypeError) as error:
            raise _no_keys(path, "key file") from error

    def secret(self, purpose: str) -> bytes:
        """Returns 32 secret bytes for one purpose, the same in every replica with this key."""
        private = str(self._key.as_dict(private=True)["d"]).encode()
        return hmac.new(private, purpose.encode(), hashlib.sha256).digest()

    def token(self, audience: str, identity: Identity | None = None) -> str:
        """Returns a token for audience; kept until half its life is over."""
        who = identity or Identity(self._holder, Role.SERVICE)
        made, token = self._kept.get((who, audience), (0.0, ""))
        now = time.time()
        if token and now - made < self._lifetime / 2:
            return token
        claims = {
            "iss": self._holder,
            "sub": who.subject,
            "role": who.role.name,
            "dep": who.department,
            "aud": audience,
            "iat": int(now),
            "exp": int(now + self._lifetime),
        }
        header = {"alg": ALGORITHM, "kid": self._key.kid}
        token = jwt.encode(header, claims, self._key, algorithms=[ALGORITHM])
        self._kept[who, audience] = (now, token)
        if len(self._kept) > 1000:
            self._kept.clear()
        return token


class TokenVerifier:
    """Checks tokens against the trust file."""

    def __init__(self, entries: Iterable[Mapping[str, Any]], audience: str) -> None:
        """Takes the audience that this service is."""
        self._audience = audience
        self._keys: dict[str, tuple[OKPKey, Mapping[str, Any]]] = {}
        for entry in entries:
            public = {name: entry[name] for name in ("kty", "crv", "x", "kid")}
            self._keys[entry["kid"]] = (OKPKey.import_key(public), entry)

    @classmethod
    def from_file(cls, path: Path, audience: str) -> TokenVerifier:
        """Reads the trusted keys from a JWKS file."""
        trust = _read(path, "trust file")
        try:
            return cls(trust["keys"], audience)
        except (JoseError, ValueError, KeyError, TypeError) as error:
            raise _no_keys(path, "trust file") from error

    def verify(self, token: str) -> Identity:
        """Returns who a token names; raises Unauthenticated with the reason."""
        try:
            return self._checked(token)
        except (JoseError, ValueError, KeyError, TypeError) as error:
            raise Unauthenticated(
                "the token is not valid; log in again", reason="BAD_TOKEN"
            ) from error

    def _checked(self, token: str) -> Identity:
        kid = json.loads(_decoded(token.split(".", 1)[0]))["kid"]
        key, entry = self._keys[kid]
        claims = jwt.decode(token, key, algorithms=[ALGORITHM]).claims
        now = time.time()
        role = Role[claims["role"]]
        if claims["aud"] != self._audience or claims["iss"] != entry["holder"]:
            raise Unauthenticated("the token is for another service", reason="WRONG_AUDIENCE")
        if not claims["iat"] - _LEEWAY <= now < claims["exp"] + _LEEWAY:
            raise Unauthenticated("the token has expired; log in again", reason="TOKEN_EXPIRED")
        if not _may_claim(entry, role, str(claims["sub"])):
            raise Unauthenticated("the token claims more than its key may", reason="BAD_TOKEN")
        return Identity(str(claims["sub"]), role, str(claims.get("dep", "")))


def _may_claim(entry: Mapping[str, Any], role: Role, subject: str) -> bool:
    if role is Role.SERVICE:
        return bool(entry["service"]) and subject == entry["holder"]
    return bool(entry["people"]) and role <= Role[entry["people"]]


def _decoded(part: str) -> bytes:
    return base64.urlsafe_b64decode(part + "=" * (-len(part) % 4))
