"""The headline of a story: its most central title in words of its own, without decoration."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping

from groundswell_analyzer.telling.amounts import contradicting
from groundswell_analyzer.telling.report import Report, Said
from groundswell_analyzer.telling.titles import is_loud, plain_title, shortened

_LIGHT = 0.7  # of its centrality that a source without any weight keeps
_LOUD = 0.85
_OUTDATED = 0.6
_SECOND_HAND = 0.01  # copies and what was withdrawn speak only where nothing else does
_STAYS = 1.15  # the advantage of the document that gave the headline so far
_TERMS_READ = 24


def central(
    reports: Iterable[Report],
    weights: Mapping[str, float],
    claim: Said | None = None,
    present: str = "",
) -> Report | None:
    """Returns the document whose title is nearest to what all say; None when no one has a title.

    Takes weights: of the story's terms; claim: the number that the story stands for, which a title
    should not contradict; present: the document that gave the headline so far.
    """
    best, best_rating = None, -1.0
    for report in reports:
        if not report.title.strip():
            continue
        rating = _rating(report, weights, claim) * (_STAYS if report.id == present else 1.0)
        if rating > best_rating * (1 + 1e-9):
            best, best_rating = report, rating
    return best


def headline(report: Report | None, outlets: Collection[str] = ()) -> str:
    """Returns a document's title as a headline; outlets: names of sites in lower case."""
    if report is None:
        return ""
    names = {report.outlet.casefold(), *outlets}
    return shortened(plain_title(report.title, names) or " ".join(report.title.split()))


def _rating(report: Report, weights: Mapping[str, float], claim: Said | None) -> float:
    terms = report.terms[:_TERMS_READ]
    rating = sum(weights.get(term, 0.0) / (1 + index / 12) for index, term in enumerate(terms))
    rating *= _LIGHT + (1 - _LIGHT) * report.source_weight / 1000
    if is_loud(report.title):
        rating *= _LOUD
    if claim is not None and contradicting(report.claims, claim):
        rating *= _OUTDATED
    return rating * _SECOND_HAND if report.near_copy or report.withdrawn else rating
