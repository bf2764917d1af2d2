"""`groundswell documents`: what was published, found by words and fields."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Annotated, Any

import typer
from rich.text import Text

from groundswell.analysis.v1 import analysis_pb2
from groundswell.analysis.v1 import document_service_pb2 as pb
from groundswell.analysis.v1 import document_service_pb2_grpc as grpc_pb
from groundswell_cli.options import DEFAULT_STATE, JsonOption, StateOption
from groundswell_cli.resources import output
from groundswell_cli.resources.connection import Peer, ask, collect, full_name, send
from groundswell_cli.resources.options import (
    DEFAULT_LIMIT,
    ExercisesOption,
    LimitOption,
    MinimumOption,
    group,
    level_number,
)
from groundswell_cli.resources.times import set_window

ANALYZER = Peer("analyzer", grpc_pb.DocumentServiceStub)
QueryArgument = Annotated[
    str, typer.Argument(metavar="QUERY", help="Words, phrases, operators; see docs/query.md.")
]
PlaceOption = Annotated[str, typer.Option(help="Only of this place or a part of it: CN-44, GB.")]
CategoryOption = Annotated[
    str, typer.Option(help="Only of this category or sub-topic: accident, accident/traffic.")
]
LanguageOption = Annotated[str, typer.Option(help="Only in this language: zh, en.")]
SourceOption = Annotated[str, typer.Option(help="Only of this source.")]
SinceOption = Annotated[str, typer.Option(help="From this time on: 2026-11-20T08:00, or 6h ago.")]
UntilOption = Annotated[str, typer.Option(help="Before this time: 2026-11-20T08:00, or 1h ago.")]


def register(app: typer.Typer) -> None:
    """Adds the group."""
    documents = group("documents", "What was published, and what was learned of it.")
    documents.command()(search)
    documents.command()(show)
    app.add_typer(documents)


def search(
    query: QueryArgument = "",
    place: PlaceOption = "",
    category: CategoryOption = "",
    level: MinimumOption = "",
    source: SourceOption = "",
    language: LanguageOption = "",
    story: Annotated[str, typer.Option(help="Only of this story, by its whole id.")] = "",
    since: SinceOption = "",
    until: UntilOption = "",
    oldest: Annotated[bool, typer.Option("--oldest", help="Oldest first.")] = False,
    exercises: ExercisesOption = False,
    limit: LimitOption = DEFAULT_LIMIT,
    as_json: JsonOption = False,
    state: StateOption = DEFAULT_STATE,
) -> None:
    """Search documents by words, phrases and fields, newest first.

    Example: groundswell documents search '地震 NOT 演习' --place CN-51 --since '6h ago'
    """
    request = pb.SearchDocumentsRequest(
        query=query,
        place=place,
        category=category,
        minimum_level=level_number(level),
        source=full_name(source, "sources") if source else "",
        language=language,
        story=full_name(story, "stories") if story else "",
        order=pb.DOCUMENT_ORDER_OLDEST if oldest else pb.DOCUMENT_ORDER_NEWEST,
        include_exercises=exercises,
    )
    set_window(request, since, until)
    found = ask(
        state, ANALYZER, lambda stub: collect(stub.SearchDocuments, request, "analyses", limit)
    )
    output.print_list(
        found,
        _row,
        columns=("id", "published", "outlet", "title", "places", "category", "story"),
        empty="no such documents; fewer words, or a longer time, find more",
        as_json=as_json,
    )


def _row(analysis: Any) -> list[output.Cell]:
    document = analysis.document
    return [
        output.short(document.name),
        output.ago(document, "publish_time"),
        document.outlet,
        document.title or document.text[:60],
        ", ".join(place.display_name for place in analysis.places[:2]),
        analysis.category,
        output.short(analysis.story),
    ]


def show(
    document: Annotated[str, typer.Argument(metavar="DOCUMENT", help="Its whole id.")],
    as_json: JsonOption = False,
    state: StateOption = DEFAULT_STATE,
) -> None:
    """Show one document and what was learned of it."""
    request = pb.GetDocumentRequest(name=full_name(document, "documents"))
    analysis = send(state, ANALYZER, "GetDocument", request).analysis
    if as_json:
        output.print_json([analysis])
        return
    output.print_facts(_facts(analysis))
    print(f"\n{analysis.document.text}" if analysis.document.text else "")


def _facts(analysis: Any) -> Iterator[tuple[str, output.Cell]]:
    document, sentiment = analysis.document, analysis.sentiment
    yield "title", Text(document.title, style="bold")
    yield "document", document.name.removeprefix("documents/")
    yield "outlet", document.outlet
    yield "published", output.ago(document, "publish_time")
    yield "page", document.url
    yield "story", output.short(analysis.story) + (" (a copy)" if analysis.near_copy else "")
    yield "language", analysis.language
    yield "places", ", ".join(place.display_name for place in analysis.places)
    yield "organisations", ", ".join(analysis.organisations)
    yield "category", ", ".join(filter(None, (analysis.category, *analysis.topics)))
    yield "sentiment", _sentiment(sentiment)
    for claim in analysis.claims:
        yield f"claims {claim.kind}", f"{claim.value:,g} {claim.unit}: {claim.text}"
    yield "monitors", ", ".join(map(output.short, analysis.monitors))
    yield "terms", ", ".join(analysis.terms[:12])


def _sentiment(sentiment: Any) -> str:
    if not sentiment.method:
        return ""
    word = output.word(analysis_pb2.SentimentClass, sentiment.label) if sentiment.label else ""
    return f"{word} {sentiment.score:+.2f} by {sentiment.method}".strip()
