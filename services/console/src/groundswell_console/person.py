"""Who uses the console, and for whom a call to a service is made."""

from __future__ import annotations

from contextvars import ContextVar
from dataclasses import dataclass

from groundswell_core.errors import PermissionDenied
from groundswell_core.policy import POLICY
from groundswell_core.tokens import Identity, Role


@dataclass(frozen=True, slots=True, kw_only=True)
class Person:
    """Somebody who is logged in."""

    account: str
    display_name: str
    role: Role
    department: str = ""
    must_change_password: bool = False

    @property
    def identity(self) -> Identity:
        """Returns how services know this person."""
        return Identity(self.account, self.role, self.department)

    def may(self, method: str) -> bool:
        """Tells whether the policy lets this person call AlertService/AcknowledgeAlert, say."""
        return any(
            path.endswith(f".{method}") and self.role >= rule.role for path, rule in POLICY.items()
        )

    def sees(self, department: str) -> bool:
        """Tells whether records of a department are this person's to see."""
        return not self.department or not department or department == self.department


_PERSON: ContextVar[Person | None] = ContextVar("person", default=None)


def set_person(person: Person | None) -> None:
    """Remembers who makes the request that is being handled."""
    _PERSON.set(person)


def identify() -> Identity | None:
    """Returns for whom calls of this request are made."""
    person = _PERSON.get()
    return person.identity if person else None


def need_admin(person: Person) -> None:
    """Raises PermissionDenied unless the person is an administrator."""
    if person.role is not Role.ADMIN:
        raise PermissionDenied(
            "accounts are managed by administrators",
            reason="ROLE_TOO_LOW",
            needed=Role.ADMIN.name,
        )
