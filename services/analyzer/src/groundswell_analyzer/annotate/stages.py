"""The order of work, written down once."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from groundswell_analyzer.annotate.category import find_categories, rules
from groundswell_analyzer.annotate.claims import find_claims
from groundswell_analyzer.annotate.draft import Draft, Stage, Tools, analysis_of
from groundswell_analyzer.annotate.fingerprint import VERSION as FINGERPRINT_VERSION
from groundswell_analyzer.annotate.fingerprint import make_fingerprints
from groundswell_analyzer.annotate.language import detect_language
from groundswell_analyzer.annotate.normalise import normalise
from groundswell_analyzer.annotate.organisations import find_organisations
from groundswell_analyzer.annotate.places import find_places
from groundswell_analyzer.annotate.sentiment import score_sentiment, sentiment_version
from groundswell_analyzer.annotate.terms import extract_terms
from groundswell_analyzer.query import CompiledQueries, Searchable, searchable
from groundswell_core.analyses import Analysis
from groundswell_core.documents import Document
from groundswell_core.errors import FailedPrecondition

PIPELINE_VERSION = f"annotate-1 {FINGERPRINT_VERSION}"


def pipeline_version() -> str:
    """Returns the versions of what decides: pipeline, fingerprint, category's rules, sentiment."""
    return f"{PIPELINE_VERSION} rules-{rules().version} {sentiment_version()}"


def match_monitors(drafts: Sequence[Draft], tools: Tools) -> list[Draft]:
    """Finds the monitors whose query matches each document."""
    return [draft.learned(monitors=tools.queries.matches(_view(draft))) for draft in drafts]


def _view(draft: Draft) -> Searchable:
    return searchable(
        draft.document,
        language=draft.language,
        places=draft.places,
        category=draft.category,
        content=(draft.title, draft.text),
    )


STAGES: tuple[Stage, ...] = (
    Stage(name="normalise", run=normalise, summary="cleans text and makes its keys"),
    Stage(name="language", run=detect_language, summary="finds the language"),
    Stage(name="terms", run=extract_terms, summary="splits into words, keeps the telling ones"),
    Stage(name="fingerprint", run=make_fingerprints, summary="makes near-copies findable"),
    Stage(name="places", run=find_places, summary="finds the places that are named"),
    Stage(name="organisations", run=find_organisations, summary="finds the organisations named"),
    Stage(name="claims", run=find_claims, summary="finds the numbers and dates that are claimed"),
    Stage(name="category", run=find_categories, summary="finds what kind of matter it is"),
    Stage(
        name="sentiment", run=score_sentiment, summary="finds the stance towards what is reported"
    ),
)
# Last, after the stages of plugins too: queries may ask for all that was learned, as place:CN-44.
LAST_STAGE = Stage(name="monitors", run=match_monitors, summary="finds the monitors that match")


def annotate(
    documents: Sequence[Document],
    queries: CompiledQueries,
    now: datetime,
    further: Sequence[Stage] = (),
) -> list[Analysis]:
    """Returns what every stage learned of each document, in order. Changes nothing else."""
    tools = Tools(queries=queries, now=now)
    drafts: Sequence[Draft] = [Draft(document=document) for document in documents]
    for stage in STAGES:
        drafts = stage.run(drafts, tools)
    for stage in further:
        drafts = _checked(stage, drafts, stage.run(drafts, tools))
    drafts = LAST_STAGE.run(drafts, tools)
    version = " ".join([pipeline_version(), *(stage.name for stage in further)])
    return [analysis_of(draft, version, now) for draft in drafts]


def _checked(stage: Stage, before: Sequence[Draft], after: Sequence[Draft]) -> Sequence[Draft]:
    """Returns the drafts of a stage; a stage that loses or swaps documents stops the work."""
    names = [draft.document.name for draft in before]
    if [draft.document.name for draft in after] != names:
        raise FailedPrecondition(
            f'stage "{stage.name}" answered other documents than it was given; take its plugin off '
            "the allow-list",
            reason="STAGE_BROKEN",
            stage=stage.name,
        )
    return after
