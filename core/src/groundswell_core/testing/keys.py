"""Keys and tokens for tests: one key a service, and one that speaks for people."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from groundswell_core.settings import AuthSettings
from groundswell_core.tokens import (
    Identity,
    Role,
    TokenSigner,
    TokenVerifier,
    generate_key,
    public_entry,
    write_private,
    write_trust,
)

SERVICES = ("collector", "analyzer", "notifier", "coordinator")


class TestKeys:
    """A trust file with a key for each service, the console and an operator."""

    __test__ = False  # pytest: this is no test class

    def __init__(self, folder: Path) -> None:
        """Writes keys and trust file into a folder."""
        self.folder = folder
        self.trust_file = folder / "trust.json"
        self._keys = {name: generate_key() for name in (*SERVICES, "console", "operator")}
        self._entries = []
        for name, key in self._keys.items():
            write_private(folder / f"{name}.jwk", key)
            people = None if name in SERVICES else Role.ADMIN
            is_service = name != "operator"
            self._entries.append(public_entry(key, name, service=is_service, people=people))
        write_trust(self.trust_file, self._entries)

    def settings(self, service: str) -> AuthSettings:
        """Returns the auth settings of a service."""
        return AuthSettings(key_file=self.folder / f"{service}.jwk", trust_file=self.trust_file)

    def verifier(self, audience: str) -> TokenVerifier:
        """Returns the verifier of a service."""
        return TokenVerifier(self._entries, audience)

    def signer(self, holder: str = "operator", *, lifetime: float = 300.0) -> TokenSigner:
        """Returns the signer of a holder."""
        return TokenSigner(self._keys[holder], holder, lifetime=lifetime)

    def metadata(
        self, audience: str, role: Role = Role.ADMIN, *, department: str = "", subject: str = "test"
    ) -> Sequence[tuple[str, str]]:
        """Returns call metadata of a person with a role."""
        token = self.signer().token(audience, Identity(subject, role, department))
        return (("authorization", f"Bearer {token}"),)
