"""What telling reads of a document: the stories role's members have it, and so have test fixtures."""

from __future__ import annotations

from array import array
from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import NamedTuple, Protocol

from groundswell_core.analyses import Claim, ClaimQualifier


class Said(NamedTuple):
    """A number or day that a document claims, without its sentence."""

    kind: str
    value: float
    qualifier: ClaimQualifier = ClaimQualifier.EXACT
    unit: str = ""
    time: datetime | None = None  # the day of a claim of the kind date


class NamedPlace(Protocol):
    """A place as documents name it."""

    @property
    def display_name(self) -> str:
        """Returns its name for people."""
        ...


class Report(Protocol):
    """One document of a story; fields as of stories.member.Member."""

    @property
    def id(self) -> str:
        """Returns the document's id."""
        ...

    @property
    def revision(self) -> str:
        """Returns what is equal when the text is."""
        ...

    @property
    def time(self) -> datetime:
        """Returns when it was published."""
        ...

    @property
    def order(self) -> int:
        """Returns a number that grows from document to document of a story."""
        ...

    @property
    def title(self) -> str:
        """Returns its title."""
        ...

    @property
    def outlet(self) -> str:
        """Returns the outlet, for people."""
        ...

    @property
    def speaker(self) -> str:
        """Returns who speaks: the group that the outlet belongs to, or the outlet itself."""
        ...

    @property
    def source_kind(self) -> str:
        """Returns the kind of its source."""
        ...

    @property
    def source_weight(self) -> int:
        """Returns how much its word counts, in thousandths."""
        ...

    @property
    def near_copy(self) -> bool:
        """Tells whether it says what an earlier document of the story says."""
        ...

    @property
    def withdrawn(self) -> bool:
        """Tells whether its outlet took it back."""
        ...

    @property
    def terms(self) -> Sequence[str]:
        """Returns its most telling terms."""
        ...

    @property
    def fingerprint(self) -> array[int] | None:
        """Returns the sketch of its text; None when it is too short."""
        ...

    @property
    def places(self) -> Sequence[tuple[NamedPlace, int]]:
        """Returns the places it names, with mentions."""
        ...

    @property
    def claims(self) -> Sequence[Said]:
        """Returns the numbers and days that it claims."""
        ...


def said(claim: Claim) -> Said:
    """Returns what a story remembers of a claim."""
    return Said(claim.kind, claim.value, claim.qualifier, claim.unit, claim.time)


def in_time(reports: Iterable[Report]) -> list[Report]:
    """Returns documents first published first; those of one moment in the order they came."""
    return sorted(reports, key=lambda report: (report.time, report.order, report.id))


def first_hand(reports: Iterable[Report]) -> list[Report]:
    """Returns the documents that tell in words of their own and still stand."""
    return [report for report in reports if not report.near_copy and not report.withdrawn]
