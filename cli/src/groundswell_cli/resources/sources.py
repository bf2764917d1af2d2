"""`groundswell sources`: what is read, and how that fares."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Annotated, Any

import typer
from google.protobuf.json_format import MessageToDict
from rich.text import Text

from groundswell.source.v1 import source_pb2
from groundswell.source.v1 import source_service_pb2 as pb
from groundswell.source.v1 import source_service_pb2_grpc as grpc_pb
from groundswell_cli.options import DEFAULT_STATE, JsonOption, StateOption
from groundswell_cli.resources import output
from groundswell_cli.resources.connection import Peer, ask, collect, full_name, send
from groundswell_cli.resources.options import (
    FileOption,
    LimitOption,
    YesOption,
    ask_first,
    group,
)
from groundswell_cli.resources.written import make, parse_config, read_file
from groundswell_core.codec import whole

COLLECTOR = Peer("collector", grpc_pb.SourceServiceStub)
_STYLES = {
    source_pb2.HEALTH_STATE_HEALTHY: "green",
    source_pb2.HEALTH_STATE_FAILING: "red",
    source_pb2.HEALTH_STATE_UNREACHABLE: "red",
    source_pb2.HEALTH_STATE_SILENT: "yellow",
}
SourceArgument = Annotated[str, typer.Argument(metavar="SOURCE", help="Its id.")]
IdArgument = Annotated[str, typer.Argument(metavar="[SOURCE]", help="Its id.")]
KindOption = Annotated[str, typer.Option("--kind", help="See `groundswell sources kinds`.")]
NameOption = Annotated[str, typer.Option("--display-name", help="Its name for people.")]
ConfigOption = Annotated[
    list[str] | None,
    typer.Option("--config", "-c", help="key=value of the kind's config; may be repeated."),
]
IntervalOption = Annotated[str, typer.Option(help="Time between reads, such as 30s or 5m.")]
LanguageOption = Annotated[str, typer.Option(help="BCP 47, such as zh; left out: detected.")]
WeightOption = Annotated[
    float | None, typer.Option(min=0, max=1, help="How much its word counts; 0.5 by default.")
]


def register(app: typer.Typer) -> None:
    """Adds the group."""
    sources = group("sources", "What is read, and how that fares.")
    for command in (create, delete, check, kinds, coverage, pause, resume):
        sources.command()(command)
    sources.command(name="list")(list_sources)
    sources.command(name="show")(show)
    app.add_typer(sources)


def list_sources(
    limit: LimitOption = 500, as_json: JsonOption = False, state: StateOption = DEFAULT_STATE
) -> None:
    """List sources with their health."""
    found = ask(
        state,
        COLLECTOR,
        lambda stub: collect(stub.ListSources, pb.ListSourcesRequest(), "sources", limit),
    )
    output.print_list(
        found,
        _row,
        columns=("id", "name", "kind", "health", ">docs/day", "last read", "trouble"),
        empty="no sources yet; add one with `groundswell sources create`",
        as_json=as_json,
    )


def _row(source: Any) -> list[output.Cell]:
    health = source.health
    return [
        output.short(source.name),
        source.display_name,
        source.kind,
        health_text(source),
        str(health.documents_last_day),
        output.ago(health, "last_success_time"),
        health.last_error[:60],
    ]


def health_text(source: Any) -> output.Cell:
    """Returns how a source fares, in a word with its colour."""
    if source.state == source_pb2.SOURCE_STATE_PAUSED:
        return Text("paused", style="dim")
    state = source.health.state
    return Text(
        output.word(source_pb2.HealthState, state) or "pending", style=_STYLES.get(state, "cyan")
    )


def show(
    source: SourceArgument, as_json: JsonOption = False, state: StateOption = DEFAULT_STATE
) -> None:
    """Show one source: its settings, its health, its books.

    Example: groundswell sources show usgs-earthquakes
    """
    request = pb.GetSourceRequest(name=full_name(source, "sources"))
    _print(send(state, COLLECTOR, "GetSource", request).source, as_json=as_json)


def _print(source: Any, *, as_json: bool) -> None:
    if as_json:
        output.print_json([source])
    else:
        output.print_facts(_facts(source))


def _facts(source: Any) -> Iterator[tuple[str, output.Cell]]:
    health = source.health
    yield "source", output.short(source.name)
    yield "name", source.display_name
    yield "kind", source.kind
    for key, value in sorted(whole(MessageToDict(source.config)).items()):
        yield f"  {key}", value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
    yield "interval", output.span(source.interval.ToTimedelta().total_seconds())
    yield "language", source.language
    yield "region", source.region
    yield "department", source.department
    yield "weight", f"{source.weight:g}"
    yield "health", health_text(source)
    yield "last read", output.ago(health, "last_success_time")
    yield "next read", output.ago(health, "next_read_time")
    yield "trouble", health.last_error
    yield "documents", f"{health.stored_count}, {health.documents_last_day} in the last day"
    yield "also", f"{health.duplicate_count} known already, {health.dead_lettered_count} refused"


def kinds(as_json: JsonOption = False, state: StateOption = DEFAULT_STATE) -> None:
    """List the kinds of source that can be made, with the fields of their config."""
    answer = send(state, COLLECTOR, "ListSourceKinds", pb.ListSourceKindsRequest())
    if as_json:
        output.print_json(answer.source_kinds)
        return
    for kind in answer.source_kinds:
        print(f"{kind.kind}: {kind.summary} ({kind.plugin} {kind.version})")
        fields = [_field_row(field) for field in kind.fields]
        output.print_table(("  field", "type", "default", "meaning"), fields, empty="")
        print()


def _field_row(field: Any) -> list[output.Cell]:
    default = "required" if field.required else field.default_value
    return [f"  {field.field}", field.type, default[:40], field.description]


def create(
    source: IdArgument = "",
    kind: KindOption = "",
    display_name: NameOption = "",
    config: ConfigOption = None,
    interval: IntervalOption = "",
    language: LanguageOption = "",
    weight: WeightOption = None,
    file: FileOption = None,
    as_json: JsonOption = False,
    state: StateOption = DEFAULT_STATE,
) -> None:
    """Make a source, or all of a file in the form of config/sources.yaml.

    Example: groundswell sources create usgs --kind feed -c url=https://example.org/feed.xml
    """
    given: dict[str, Any] = {
        "id": source,
        "kind": kind,
        "display_name": display_name,
        "interval": interval,
    }
    given |= {"language": language, "weight": weight, "config": parse_config(config or [])}
    for entry in _entries(given, file):
        request = pb.CreateSourceRequest(source=entry)
        made = send(state, COLLECTOR, "CreateSource", request).source
        if as_json:
            output.print_json([made])
        else:
            print(f"made {output.short(made.name)}; see it with `groundswell sources list`")


def _entries(given: dict[str, Any], file: Any) -> list[Any]:
    chosen = {key: value for key, value in given.items() if value not in ("", None, {})}
    return [
        make(source_pb2.Source, entry | chosen, "sources") for entry in read_file(file, "sources")
    ]


def delete(
    source: SourceArgument, yes: YesOption = False, state: StateOption = DEFAULT_STATE
) -> None:
    """Delete a source; its documents stay."""
    ask_first(f"Delete the source {source}?", yes=yes)
    request = pb.DeleteSourceRequest(name=full_name(source, "sources"))
    send(state, COLLECTOR, "DeleteSource", request)
    print(f"deleted {source}")


def check(
    source: IdArgument = "",
    kind: KindOption = "",
    config: ConfigOption = None,
    file: FileOption = None,
    as_json: JsonOption = False,
    state: StateOption = DEFAULT_STATE,
) -> None:
    """Read a source once and show what would be collected; stores nothing.

    A source that exists is read by its id alone; another needs --kind and --config, or --file.
    Example: groundswell sources check --kind feed -c url=https://example.org/feed.xml
    """
    given = {"id": source or "check", "kind": kind, "config": parse_config(config or [])}
    is_new = bool(kind or config or file)
    wanted = _entries(given, file) if is_new else [_stored(state, source)]
    for entry in wanted:
        request = pb.CheckSourceRequest(source=entry)
        answer = send(state, COLLECTOR, "CheckSource", request)
        _print_check(answer, as_json=as_json)
        if answer.error:
            raise typer.Exit(1)


def _stored(state: Any, source: str) -> Any:
    request = pb.GetSourceRequest(name=full_name(source, "sources"))
    return send(state, COLLECTOR, "GetSource", request).source


def _print_check(answer: Any, *, as_json: bool) -> None:
    if as_json:
        output.print_json([answer])
        return
    if answer.error:
        print(f"the read failed: {answer.error}")
        return
    print(f"{answer.document_count} documents would be collected")
    rows = [[output.ago(one, "publish_time"), one.title, one.url] for one in answer.documents]
    output.print_table(("published", "title", "address"), rows, empty="")


def pause(source: SourceArgument, state: StateOption = DEFAULT_STATE) -> None:
    """Stop reading a source until it is resumed."""
    request = pb.PauseSourceRequest(name=full_name(source, "sources"))
    send(state, COLLECTOR, "PauseSource", request)
    print(f"paused {source}; go on with `groundswell sources resume {source}`")


def resume(source: SourceArgument, state: StateOption = DEFAULT_STATE) -> None:
    """Read a paused source again."""
    request = pb.ResumeSourceRequest(name=full_name(source, "sources"))
    send(state, COLLECTOR, "ResumeSource", request)
    print(f"{source} is read again")


def coverage(
    hours: Annotated[float, typer.Option(min=0.1, max=720, help="Length of the window.")] = 1.0,
    as_json: JsonOption = False,
    state: StateOption = DEFAULT_STATE,
) -> None:
    """Say which expected sources reported: quiet because calm, or because blind."""
    now = datetime.now(UTC)
    request = pb.GetCoverageRequest()
    request.start_time.FromDatetime(now - timedelta(hours=hours))
    request.end_time.FromDatetime(now)
    found = send(state, COLLECTOR, "GetCoverage", request).coverage
    if as_json:
        output.print_json([found])
        return
    print(f"{found.reported} of {found.expected} expected sources reported in {hours:g} h")
    rows = [[one.display_name or one.source, one.reason] for one in found.silent_sources]
    output.print_table(("silent", "why"), rows, empty="")
