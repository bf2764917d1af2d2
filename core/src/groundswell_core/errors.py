"""The one tree of failures: a bad message, a bad moment, or bad code.

GroundswellError
├── InvalidInput        INVALID_ARGUMENT      never retried; dead-lettered by consumers
├── NotFound            NOT_FOUND             dead-lettered by consumers
├── AlreadyExists       ALREADY_EXISTS        treated as done by consumers
├── FailedPrecondition  FAILED_PRECONDITION   dead-lettered by consumers
├── Aborted             ABORTED               read again, then once more
├── OutOfRange          OUT_OF_RANGE
├── Exhausted           RESOURCE_EXHAUSTED
├── PermissionDenied    PERMISSION_DENIED
├── Unauthenticated     UNAUTHENTICATED
├── Stalled             INTERNAL              nothing moved for too long: leave, be started again
└── Unavailable         UNAVAILABLE           retryable: pause, back off, then restart

Anything else is a bug: the process stops and its traceback is in the log.
"""

from __future__ import annotations

from typing import ClassVar


class GroundswellError(Exception):
    """A failure with a reason code, and every dynamic part of its message in metadata."""

    default_reason: ClassVar[str] = "UNKNOWN"
    retryable: ClassVar[bool] = False

    def __init__(self, message: str, *, reason: str = "", **metadata: object) -> None:
        """Takes a message for people that names the input and the cure."""
        super().__init__(message)
        self.message = message
        self.reason = reason or self.default_reason
        self.metadata = {key: str(value) for key, value in metadata.items()}


class InvalidInput(GroundswellError):
    """The message itself is wrong; sending it again cannot help."""

    default_reason = "INVALID_INPUT"


class NotFound(GroundswellError):
    """The named thing does not exist, or is another department's."""

    default_reason = "NOT_FOUND"


class AlreadyExists(GroundswellError):
    """The thing is there already."""

    default_reason = "ALREADY_EXISTS"


class FailedPrecondition(GroundswellError):
    """The thing is in the wrong state for this."""

    default_reason = "FAILED_PRECONDITION"


class Aborted(GroundswellError):
    """Somebody else changed the thing in between; read it again."""

    default_reason = "ABORTED"


class OutOfRange(GroundswellError):
    """The position asked for is outside what is kept."""

    default_reason = "OUT_OF_RANGE"


class Exhausted(GroundswellError):
    """A limit was reached."""

    default_reason = "EXHAUSTED"


class PermissionDenied(GroundswellError):
    """The caller is known, but may not do this."""

    default_reason = "PERMISSION_DENIED"


class Unauthenticated(GroundswellError):
    """The caller did not prove who it is."""

    default_reason = "UNAUTHENTICATED"


class Unavailable(GroundswellError):
    """A bad moment: a dependency is down or slow. Retryable."""

    default_reason = "UNAVAILABLE"
    retryable = True

    def __init__(
        self,
        message: str,
        *,
        reason: str = "",
        retry_after: float | None = None,
        **metadata: object,
    ) -> None:
        """Takes retry_after in seconds when the peer said how long to wait."""
        super().__init__(message, reason=reason, **metadata)
        self.retry_after = retry_after


class Stalled(GroundswellError):
    """Nothing moved for too long: the process must leave and be started again."""

    default_reason = "STALLED"
