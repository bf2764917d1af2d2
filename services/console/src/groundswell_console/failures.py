"""Failures as people read them: what happened, what it means, what to do next."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from groundswell_console.sentences import translated
from groundswell_console.texts import Texts
from groundswell_core import errors


@dataclass(frozen=True, slots=True, kw_only=True)
class Failure:
    """A failure in a person's language; detail is a service's own words."""

    status: int
    title: str
    hint: str
    detail: str = ""
    service: str = ""
    answer_time: datetime | None = None


_KINDS: dict[type[errors.GroundswellError], tuple[int, str]] = {
    errors.InvalidInput: (422, "invalid"),
    errors.NotFound: (404, "not_found"),
    errors.AlreadyExists: (409, "exists"),
    errors.FailedPrecondition: (409, "precondition"),
    errors.Aborted: (409, "aborted"),
    errors.OutOfRange: (400, "invalid"),
    errors.Exhausted: (429, "exhausted"),
    errors.PermissionDenied: (403, "denied"),
    errors.Unauthenticated: (502, "untrusted"),
    errors.Unavailable: (503, "unavailable"),
}
# Failures of the console itself say all in their catalogue text.
_OWN_REASONS = (
    "BAD_FORM",
    "BAD_LOGIN",
    "BAD_OLD_PASSWORD",
    "BAD_ORIGIN",
    "BAD_PASSWORD",
    "LAST_ADMIN",
    "PASSWORDS_DIFFER",
    "SAME_PASSWORD",
    "TOO_MANY_LOGINS",
    "WEAK_PASSWORD",
)


def explain(error: errors.GroundswellError, t: Texts) -> Failure:
    """Returns a failure in a person's language."""
    status, kind = _KINDS.get(type(error), (500, "internal"))
    if error.reason in _OWN_REASONS:
        text = t(f"failure.own.{error.reason.lower()}", **error.metadata)
        return Failure(status=401 if error.reason == "BAD_LOGIN" else status, title=text, hint="")
    if isinstance(error, errors.Unavailable):
        return _unavailable(error, t)
    needed = error.metadata.get("needed", "")
    hint = t(f"failure.{kind}.hint")
    if needed and kind == "denied":
        hint = t("failure.denied.role", role=t.name("role", needed.lower()))
    detail = "" if kind in ("not_found", "denied") else translated(error.message, t)
    return Failure(status=status, title=t(f"failure.{kind}.title"), hint=hint, detail=detail)


def _unavailable(error: errors.Unavailable, t: Texts) -> Failure:
    service = error.metadata.get("service", "") or "mongo"
    answered = error.metadata.get("answer_time", "")
    return Failure(
        status=503,
        title=t("failure.unavailable.title", service=t(f"service.{service}")),
        hint=t(f"failure.unavailable.hint.{service}"),
        service=service,
        answer_time=datetime.fromisoformat(answered) if answered else None,
    )


def unexpected(identifier: str, t: Texts) -> Failure:
    """Returns the failure of a bug, by the id that the log has."""
    return Failure(
        status=500,
        title=t("failure.internal.title"),
        hint=t("failure.internal.hint"),
        detail=identifier,
    )
