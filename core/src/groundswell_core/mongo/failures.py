"""The driver's exceptions, translated once into the failure tree."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from bson.errors import BSONError
from pymongo.errors import (
    AutoReconnect,
    ConnectionFailure,
    DocumentTooLarge,
    DuplicateKeyError,
    ExecutionTimeout,
    OperationFailure,
    WTimeoutError,
)

from groundswell_core.errors import AlreadyExists, GroundswellError, InvalidInput, Unavailable
from groundswell_core.log import redact

_MAYBE = (ConnectionFailure, AutoReconnect, ExecutionTimeout, WTimeoutError)
DUPLICATE = 11000
_VALIDATION = 121
# too deep, bad value in a document, dots and dollars in names, over 16 MiB (also after an update)
_UNSTORABLE = {15, 52, 55, 56, 57, 10334, 17280, 17419, 17420}
_REFUSED_LOGIN = {13, 18, 8000}
INDEX_CONFLICTS = {85, 86, 11000}
NAMESPACE_EXISTS = 48
# not primary, shutting down, interrupted, being dropped, write concern not met: a bad moment
TRANSIENT_CODES = {6, 7, 64, 89, 91, 100, 112, 189, 215, 262, 10107, 11600, 11602, 13435, 13436}


@contextmanager
def translated() -> Iterator[None]:
    """Turns what the driver raises inside the block into the failure tree."""
    try:
        yield
    except DuplicateKeyError as error:
        raise AlreadyExists("a record with this key is there already") from error
    except _MAYBE as error:
        raise Unavailable(f"MongoDB did not answer in time: {type(error).__name__}") from error
    except OperationFailure as error:
        if error.code in TRANSIENT_CODES or error.has_error_label("RetryableWriteError"):
            raise Unavailable(f"MongoDB cannot do this now: code {error.code}") from error
        if error.code == _VALIDATION:
            raise InvalidInput(_validation_message(error), reason="BAD_RECORD") from error
        if error.code in _UNSTORABLE:
            raise InvalidInput(
                f"MongoDB refuses the record: {redact(str(error))[:300]}", reason="BAD_RECORD"
            ) from error
        if error.code in _REFUSED_LOGIN:
            raise GroundswellError(
                "MongoDB refuses us: check user, password and roles in GROUNDSWELL_MONGO__URL",
                reason="BAD_CREDENTIALS",
            ) from error
        raise
    except (BSONError, DocumentTooLarge, OverflowError, UnicodeError, RecursionError) as error:
        why = str(error).encode("utf-8", "replace").decode()
        raise InvalidInput(
            f"the record cannot be stored: {why[:300]}", reason="BAD_RECORD"
        ) from error


def _validation_message(error: OperationFailure) -> str:
    details = (error.details or {}).get("errInfo", {}).get("details", {})
    return f"the record breaks its schema: {str(details)[:500]}"
