"""`groundswell models`: which models judge sentiment, and how two of them differ."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Annotated, Any

import typer

from groundswell.analysis.v1 import analysis_pb2
from groundswell.model.v1 import model_service_pb2 as pb
from groundswell.model.v1 import model_service_pb2_grpc as grpc_pb
from groundswell_cli.options import DEFAULT_STATE, JsonOption, StateOption
from groundswell_cli.resources import output
from groundswell_cli.resources.connection import Peer, send
from groundswell_cli.resources.options import group

ANALYZER = Peer("analyzer", grpc_pb.ModelServiceStub)
VersionArgument = Annotated[str, typer.Argument(help="A version, as `models list` shows it.")]
HoursOption = Annotated[int, typer.Option(min=1, max=8760, help="Documents of so many hours.")]
MostOption = Annotated[int, typer.Option("--limit", min=1, max=100_000, help="Newest documents.")]


def register(app: typer.Typer) -> None:
    """Adds the group."""
    models = group("models", "Which models judge sentiment, and how two of them differ.")
    models.command(name="list")(list_models)
    models.command()(compare)
    app.add_typer(models)


def list_models(as_json: JsonOption = False, state: StateOption = DEFAULT_STATE) -> None:
    """List the models in use and in shadow, with their figures.

    Example: groundswell models list
    """
    found = send(state, ANALYZER, "ListModels", pb.ListModelsRequest()).models
    output.print_list(
        found,
        _row,
        columns=("model", "version", "role", "task", "licence", "figures"),
        empty="no models",
        as_json=as_json,
    )


def compare(
    first: VersionArgument = "",
    second: VersionArgument = "",
    hours: HoursOption = 24,
    limit: MostOption = 10_000,
    as_json: JsonOption = False,
    state: StateOption = DEFAULT_STATE,
) -> None:
    """Compare what two models said of the same documents: the current one and its shadow.

    Example: groundswell models compare news-1 lexicon-2 --hours 48
    """
    request = pb.CompareModelsRequest(first=first, second=second, limit=limit)
    request.start_time.FromDatetime(datetime.now(UTC) - timedelta(hours=hours))
    found = send(state, ANALYZER, "CompareModels", request)
    if as_json:
        output.print_json([found])
    else:
        _print(found)


def _print(found: Any) -> None:
    output.print_facts(
        [
            ("first", found.first),
            ("second", found.second),
            ("documents", f"{found.document_count:,}"),
            ("agreement", f"{found.agreement:.1%}"),
            ("mean shift", f"{found.mean_shift:+.3f}"),
        ]
    )
    output.print_table(
        (found.first, found.second, ">documents"),
        [[_class(cell.first), _class(cell.second), f"{cell.count:,}"] for cell in found.confusion],
        empty="no document has answers of both; a shadow answers what comes in after its start",
    )
    output.print_table(
        ("title", f">{found.first}", f">{found.second}", "document"),
        [
            [one.title, f"{one.first.score:+.2f}", f"{one.second.score:+.2f}", one.document]
            for one in found.changed
        ],
        empty="",
    )


def _row(model: Any) -> list[output.Cell]:
    role = output.word(pb.ModelRole, model.role)
    figures = ", ".join(f"{name} {value:g}" for name, value in sorted(model.metrics.items()))
    return [model.name, model.version, role, model.task, model.licence, figures]


def _class(number: int) -> str:
    return output.word(analysis_pb2.SentimentClass, number) or "none"
