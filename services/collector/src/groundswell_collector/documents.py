"""Turns what a plugin yields into documents of ours; what cannot become one gets a reason.

Everything that leaves this file is safe to store, to encode and to send: cleaned, capped, masked.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from groundswell_collector.privacy import mask, names_a_person, strip_tracking
from groundswell_core import sources
from groundswell_core.documents import Document, DocumentState, Signals
from groundswell_core.identity import document_id, revision_of
from groundswell_core.source_records import Source
from groundswell_core.values import number_of, text_of

MAXIMUM_TITLE = 500  # characters, as all the next
MAXIMUM_TEXT = 100_000
MAXIMUM_KEY = 500
MAXIMUM_URL = 2000
MAXIMUM_OUTLET = 200
MAXIMUM_LABELS = 32
MAXIMUM_LABEL = 256

DEFAULT_WEIGHT = 0.5
_EARLIEST = datetime(1990, 1, 1, tzinfo=UTC)
_FUTURE = timedelta(hours=1)  # clocks of sources differ so much at most
_INVISIBLE = "\ufeff\u200b\u200c\u200d\u2060"  # characters that make no title
_LANGUAGE = re.compile(r"[A-Za-z]{2,3}(?:-[A-Za-z0-9]{2,8}){0,3}")
_REGION = re.compile(r"[A-Z]{2}(?:-[A-Z0-9]{1,3})?")


@dataclass(frozen=True, slots=True, kw_only=True)
class Refusal:
    """Why something that a plugin yielded cannot become a document."""

    reason: str  # UPPER_SNAKE, from a closed set
    message: str  # for people, with the cure


@dataclass(frozen=True, slots=True, kw_only=True)
class Prepared:
    """A document, and why it is refused; without a refusal it is good."""

    document: Document
    refusal: Refusal | None = None


def is_language(text: str) -> bool:
    """Tells whether text looks like a BCP 47 language."""
    return _LANGUAGE.fullmatch(text) is not None


def is_region(text: str) -> bool:
    """Tells whether text looks like an ISO 3166 country, or one with a subdivision."""
    return _REGION.fullmatch(text) is not None


def prepare(source: Source, document: sources.Document, collect_time: datetime) -> Prepared:
    """Returns what a plugin yielded as a document of ours, with the reason when it is no good."""
    if not isinstance(document, sources.Document):
        return refused(source, f"the plugin yielded {type(document).__name__}", collect_time)
    made = _document(source, document, collect_time)
    return Prepared(document=made, refusal=_refusal(document, made))


def refused(source: Source, why: str, collect_time: datetime) -> Prepared:
    """Returns the dead letter of an entry that a plugin could not turn into a document."""
    message = _masked(why, 500)
    return Prepared(
        document=Document(
            name=f"documents/{document_id(source.name, message)}",
            source=source.name,
            source_kind=source.kind,
            collect_time=collect_time,
            exercise=source.exercise,
        ),
        refusal=Refusal(reason="NO_DOCUMENT", message=message),
    )


def _refusal(given: sources.Document, made: Document) -> Refusal | None:
    if not isinstance(given.id, str) or not given.id:
        return Refusal(
            reason="NO_ID", message="the document has no id; the plugin must give it a stable one"
        )
    if not (made.title + made.text).strip(_INVISIBLE) and made.state is not DocumentState.WITHDRAWN:
        return Refusal(
            reason="EMPTY", message=f'document "{made.key}" has neither a title nor a text'
        )
    return None


def _document(source: Source, given: sources.Document, collect_time: datetime) -> Document:
    title = _masked(given.title, MAXIMUM_TITLE).replace("\n", " ")
    text = _masked(given.text, MAXIMUM_TEXT)
    state = DocumentState.WITHDRAWN if given.withdrawn is True else DocumentState.PUBLISHED
    key = given.id if isinstance(given.id, str) else ""
    return Document(
        name=f"documents/{document_id(source.name, key)}",
        source=source.name,
        source_kind=source.kind,
        outlet=text_of(given.outlet, MAXIMUM_OUTLET)
        or source.display_name
        or source.name.removeprefix("sources/"),
        key=_masked(key, MAXIMUM_KEY),
        revision=revision_of(title, text, "withdrawn" if given.withdrawn is True else ""),
        url=strip_tracking(text_of(given.url, MAXIMUM_URL)),
        title=title,
        text=text,
        language=_language(given.language, source),
        labels=_labels(given.labels),
        signals=_signals(given),
        region=source.region,
        state=state,
        publish_time=_publish_time(given.publish_time, collect_time),
        collect_time=collect_time,
        exercise=source.exercise,
        source_weight=DEFAULT_WEIGHT if source.weight is None else source.weight,
    )


def _masked(value: Any, limit: int) -> str:
    # Masked before it is cut: half a phone number is no phone number.
    return mask(text_of(value, limit + 200))[:limit]


def _language(given: Any, source: Source) -> str:
    return given if isinstance(given, str) and is_language(given) else source.language


def _publish_time(given: Any, collect_time: datetime) -> datetime:
    """Returns when it was published; when it was collected if the source's word cannot be true."""
    if not isinstance(given, datetime) or given.tzinfo is None:
        return collect_time
    try:
        moment = given.astimezone(UTC)
    except (OverflowError, ValueError):
        return collect_time
    return moment if _EARLIEST <= moment <= collect_time + _FUTURE else collect_time


def _labels(given: Any) -> dict[str, str]:
    """Returns the labels that are text and name no author."""
    if not isinstance(given, Mapping):
        return {}
    labels: dict[str, str] = {}
    for key, value in given.items():
        name = text_of(key, 64)
        if name and isinstance(value, str) and not names_a_person(name):
            labels[name] = _masked(value, MAXIMUM_LABEL)
        if len(labels) == MAXIMUM_LABELS:
            break
    return labels


def _signals(given: sources.Document) -> Signals | None:
    signals = Signals(
        rank=_whole(given.rank, 1, 2**32 - 1),
        heat=number_of(given.heat),
        read_count=_whole(given.read_count, 0, 2**63 - 1),
        discussion_count=_whole(given.discussion_count, 0, 2**63 - 1),
    )
    return None if signals == Signals() else signals


def _whole(value: Any, least: int, most: int) -> int | None:
    is_number = isinstance(value, int) and not isinstance(value, bool)
    return value if is_number and least <= value <= most else None
