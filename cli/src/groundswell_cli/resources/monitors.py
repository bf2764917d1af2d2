"""`groundswell monitors`: standing queries, and why a story has its level."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.text import Text

from groundswell.monitor.v1 import monitor_pb2
from groundswell.monitor.v1 import monitor_service_pb2 as pb
from groundswell.monitor.v1 import monitor_service_pb2_grpc as grpc_pb
from groundswell_cli.options import DEFAULT_STATE, JsonOption, StateOption
from groundswell_cli.resources import output
from groundswell_cli.resources.backtests import backtest
from groundswell_cli.resources.connection import Peer, ask, collect, full_name, send
from groundswell_cli.resources.explaining import explain
from groundswell_cli.resources.options import (
    FileOption,
    LimitOption,
    YesOption,
    ask_first,
    group,
    parse_labels,
)
from groundswell_cli.resources.written import make, read_file
from groundswell_core.grades import Level

ANALYZER = Peer("analyzer", grpc_pb.MonitorServiceStub)
MonitorArgument = Annotated[str, typer.Argument(metavar="MONITOR", help="Its id.")]
QueryOption = Annotated[str, typer.Option("--query", "-q", help="The query; see docs/query.md.")]
LanguagesOption = Annotated[
    list[str] | None, typer.Option("--language", help="Only this language; may be repeated.")
]
SourcesOption = Annotated[
    list[str] | None, typer.Option("--source", help="Only this source; may be repeated.")
]


def register(app: typer.Typer) -> None:
    """Adds the group."""
    monitors = group("monitors", "Standing queries, and why a story has its level.")
    for command in (show, create, delete, parse, preview, explain, backtest):
        monitors.command()(command)
    monitors.command(name="list")(list_monitors)
    app.add_typer(monitors)


def list_monitors(
    limit: LimitOption = 500, as_json: JsonOption = False, state: StateOption = DEFAULT_STATE
) -> None:
    """List monitors with their queries."""
    found = ask(
        state,
        ANALYZER,
        lambda stub: collect(stub.ListMonitors, pb.ListMonitorsRequest(), "monitors", limit),
    )
    output.print_list(
        found,
        _row,
        columns=("id", "name", "state", "alerts from", "query"),
        empty="no monitors yet; add one with `groundswell monitors create`",
        as_json=as_json,
    )


def _row(monitor: Any) -> list[output.Cell]:
    return [
        output.short(monitor.name),
        monitor.display_name,
        output.word(monitor_pb2.MonitorState, monitor.state),
        output.level_text(monitor.alert_level or Level.IV),
        monitor.query,
    ]


def show(
    monitor: MonitorArgument, as_json: JsonOption = False, state: StateOption = DEFAULT_STATE
) -> None:
    """Show one monitor."""
    request = pb.GetMonitorRequest(name=full_name(monitor, "monitors"))
    found = send(state, ANALYZER, "GetMonitor", request).monitor
    if as_json:
        output.print_json([found])
    else:
        output.print_facts(_facts(found))


def _facts(monitor: Any) -> Iterator[tuple[str, output.Cell]]:
    yield "monitor", output.short(monitor.name)
    yield "name", monitor.display_name
    yield "state", output.word(monitor_pb2.MonitorState, monitor.state)
    yield "query", monitor.query
    yield "languages", ", ".join(monitor.languages) or "all"
    yield "sources", ", ".join(map(output.short, monitor.sources)) or "all"
    yield "department", output.short(monitor.department)
    yield "alerts from", output.level_text(monitor.alert_level or Level.IV)
    if monitor.HasField("alert_score"):
        yield "alert score", f"{monitor.alert_score:g} of 100 at least"
    yield "alarm budget", f"{monitor.alarms_per_day or 5:g} a day"
    yield "needs", f"{monitor.minimum_support or 3} documents"
    yield "labels", ", ".join(f"{key}={value}" for key, value in sorted(monitor.labels.items()))
    yield "changed", output.ago(monitor, "update_time")


def create(
    monitor: Annotated[str, typer.Argument(metavar="[MONITOR]", help="Its id.")] = "",
    query: QueryOption = "",
    display_name: Annotated[str, typer.Option(help="Its name for people.")] = "",
    language: LanguagesOption = None,
    source: SourcesOption = None,
    alert_level: Annotated[str, typer.Option(help="Lowest level that alerts; IV.")] = "",
    labels: Annotated[str, typer.Option(help="Labels of its alerts: topic=flood,…")] = "",
    shadow: Annotated[bool, typer.Option("--shadow", help="Grade, but never alert.")] = False,
    file: FileOption = None,
    as_json: JsonOption = False,
    state: StateOption = DEFAULT_STATE,
) -> None:
    """Make a monitor, or all of a file in the form of config/monitors.yaml.

    Example: groundswell monitors create floods -q '(暴雨 OR 洪水) NOT 演习' --display-name 汛情
    """
    given: dict[str, Any] = {"id": monitor, "query": query, "display_name": display_name}
    given |= {"alert_level": alert_level, "state": "shadow" if shadow else ""}
    given |= {"languages": language, "labels": parse_labels(labels)}
    given |= {"sources": [full_name(one, "sources") for one in source or []]}
    chosen = {key: value for key, value in given.items() if value}
    for entry in read_file(file, "monitors"):
        made = _create(state, make(monitor_pb2.Monitor, entry | chosen, "monitors"))
        if as_json:
            output.print_json([made])
        else:
            print(f"made {output.short(made.name)}")


def _create(state: Path, monitor: Any) -> Any:
    """Makes a monitor; a query that does not parse is shown with its mistakes first."""
    _print_errors(monitor.query, _parse(state, monitor.query).errors)
    request = pb.CreateMonitorRequest(monitor=monitor)
    return send(state, ANALYZER, "CreateMonitor", request).monitor


def _parse(state: Path, query: str) -> Any:
    return send(state, ANALYZER, "ParseQuery", pb.ParseQueryRequest(query=query))


def _print_errors(query: str, errors: Any) -> None:
    """Prints each mistake below the query, marked where it is; ends the command if there are any."""
    for error in errors:
        before = Text(query[: error.position]).cell_len
        marked = query[error.position : error.position + error.length]
        width = max(Text(marked).cell_len, 1)
        print(f"{query}\n{' ' * before}{'^' * width} {error.message}")
    if errors:
        raise typer.Exit(1)


def delete(
    monitor: MonitorArgument, yes: YesOption = False, state: StateOption = DEFAULT_STATE
) -> None:
    """Delete a monitor; its alerts resolve."""
    ask_first(f"Delete the monitor {monitor}? Its alerts resolve.", yes=yes)
    request = pb.DeleteMonitorRequest(name=full_name(monitor, "monitors"))
    send(state, ANALYZER, "DeleteMonitor", request)
    print(f"deleted {monitor}")


def parse(
    query: Annotated[str, typer.Argument(metavar="QUERY", help="In quotes.")],
    as_json: JsonOption = False,
    state: StateOption = DEFAULT_STATE,
) -> None:
    """Parse a query: print it as understood, or its mistakes where they are.

    Example: groundswell monitors parse '暴雨 OR (洪水 NOT 演习)'
    """
    answer = _parse(state, query)
    if as_json:
        output.print_json([answer])
        raise typer.Exit(1 if answer.errors else 0)
    _print_errors(query, answer.errors)
    print(answer.normal_form)


def preview(
    query: Annotated[str, typer.Argument(metavar="QUERY", help="In quotes.")],
    language: LanguagesOption = None,
    as_json: JsonOption = False,
    state: StateOption = DEFAULT_STATE,
) -> None:
    """Show what a query would have matched in the last day."""
    _print_errors(query, _parse(state, query).errors)
    monitor = monitor_pb2.Monitor(name="monitors/preview", query=query, languages=language or [])
    request = pb.PreviewMonitorRequest(monitor=monitor)
    answer = send(state, ANALYZER, "PreviewMonitor", request)
    if as_json:
        output.print_json([answer])
        return
    print(f"{answer.matched_count} of {answer.searched_count} documents of the last day matched")
    rows = [
        [output.ago(one.document, "publish_time"), one.document.title, one.document.outlet]
        for one in answer.analyses
    ]
    output.print_table(("published", "title", "outlet"), rows, empty="")
