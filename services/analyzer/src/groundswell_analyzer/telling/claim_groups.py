"""What is claimed in a story, value beside value with everybody who claims it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from groundswell_analyzer.telling.claims import Topic, conflict_of, course_of, histories, topics
from groundswell_analyzer.telling.report import Report, Said, first_hand, in_time, said
from groundswell_core.analyses import Claim
from groundswell_core.descriptions import ClaimGroup, ClaimSource, ClaimValue

MOST_VALUES = 10
MOST_SOURCES = 20
_ORDER = [
    "dead",
    "missing",
    "trapped",
    "injured",
    "evacuated",
    "affected",
    "money",
    "magnitude",
    "date",
]


def claim_groups(
    reports: Sequence[Report], claims: Mapping[str, Sequence[Claim]]
) -> tuple[ClaimGroup, ...]:
    """Returns what is claimed, conflicts first; claims: with their sentences, by document id."""
    claiming = in_time(report for report in first_hand(reports) if report.claims)
    groups = [_group(topic, claiming, claims) for topic in topics(claiming)]
    return tuple(sorted(groups, key=lambda group: (not group.is_conflict, _place(group.kind))))


def _place(kind: str) -> int:
    return _ORDER.index(kind) if kind in _ORDER else len(_ORDER)


def _group(
    topic: Topic, claiming: Sequence[Report], claims: Mapping[str, Sequence[Claim]]
) -> ClaimGroup:
    told = histories(claiming, topic)
    conflict = conflict_of(told, topic)
    values: dict[Said, list[Report]] = {}
    for report in claiming:
        for claim in dict.fromkeys(report.claims):
            if (claim.kind, claim.unit) == topic:
                values.setdefault(claim, []).append(report)
    shown = [_value(claim, sources, claims) for claim, sources in values.items()]
    return ClaimGroup(
        kind=topic[0],
        values=tuple(sorted(shown, key=_support)[:MOST_VALUES]),
        is_conflict=conflict is not None,
        reason=conflict.reason if conflict else course_of(told),
    )


def _support(value: ClaimValue) -> tuple[int, float, float]:
    """Orders values: most documents, then the weightiest, then the greatest."""
    weight = max(source.source_weight for source in value.sources)
    return -value.source_count, -weight, -value.claim.value


def _value(
    claim: Said, reports: Sequence[Report], claims: Mapping[str, Sequence[Claim]]
) -> ClaimValue:
    sources = tuple(_source(claim, report, claims) for report in reports[:MOST_SOURCES])
    return ClaimValue(
        claim=Claim(
            kind=claim.kind,
            value=claim.value,
            qualifier=claim.qualifier,
            unit=claim.unit,
            text=sources[0].text,
            time=claim.time,
        ),
        sources=sources,
        source_count=len(reports),
    )


def _source(claim: Said, report: Report, claims: Mapping[str, Sequence[Claim]]) -> ClaimSource:
    texts = (one.text for one in claims.get(report.id, ()) if said(one) == claim)
    return ClaimSource(
        document=f"documents/{report.id}",
        outlet=report.outlet,
        source_weight=report.source_weight / 1000,
        publish_time=report.time,
        text=next(texts, ""),
    )
