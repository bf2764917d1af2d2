"""`groundswell monitors backtest`: what a monitor would have raised, and which threshold to choose."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from datetime import UTC, timedelta
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn
from rich.text import Text

from groundswell.monitor.v1 import backtest_pb2, monitor_pb2
from groundswell.monitor.v1 import monitor_service_pb2 as pb
from groundswell.monitor.v1 import monitor_service_pb2_grpc as grpc_pb
from groundswell_cli.options import DEFAULT_STATE, JsonOption, StateOption
from groundswell_cli.resources import output
from groundswell_cli.resources.connection import Peer, ask, full_name
from groundswell_cli.resources.times import moment
from groundswell_cli.resources.written import make, read_file
from groundswell_core.errors import FailedPrecondition, InvalidInput

ANALYZER = Peer("analyzer", grpc_pb.MonitorServiceStub)
_ALARMS_SHOWN = 20
_POLL_SECONDS = 0.5
_LEVELS = ("level_i", "level_ii", "level_iii", "level_iv")


def backtest(
    monitor: Annotated[str, typer.Argument(metavar="MONITOR", help="Its id; need not exist.")],
    query: Annotated[str, typer.Option("--query", "-q", help="Try this query instead.")] = "",
    days: Annotated[float, typer.Option(min=0.01, max=400, help="Days back from --until.")] = 7,
    until: Annotated[str, typer.Option(help="Last moment, like 2026-11-20T08:00; now.")] = "",
    alarms_per_day: Annotated[
        float, typer.Option(min=0, help="Suggest a threshold for so many; 0: the monitor's own.")
    ] = 0,
    rules: Annotated[
        Path | None, typer.Option(help="Grading rules to try, YAML.", dir_okay=False)
    ] = None,
    expected: Annotated[
        Path | None,
        typer.Option(
            help="YAML with happenings that should alarm: label, query, start_time, end_time.",
            dir_okay=False,
        ),
    ] = None,
    png: Annotated[Path | None, typer.Option(help="Draw it into this file.")] = None,
    as_json: JsonOption = False,
    state: StateOption = DEFAULT_STATE,
) -> None:
    """Replay stored documents through a monitor: what would have fired, when, how early.

    Nothing is alerted. Suggests a threshold for a wanted number of alarms a day.

    Example: groundswell monitors backtest floods --days 14 --alarms-per-day 3 --png floods.png
    """
    request = pb.BacktestMonitorRequest(
        monitor=monitor_pb2.Monitor(name=full_name(monitor, "monitors"), query=query),
        rules=_text(rules),
        expected=_expected(expected),
    )
    if until:
        request.end_time.FromDatetime(moment(until))
    request.window.FromTimedelta(timedelta(days=days))
    if alarms_per_day:
        request.wanted_alarms_per_day = alarms_per_day
    done = ask(state, ANALYZER, lambda stub: _run(stub, request, is_shown=not as_json))
    if png is not None:
        from groundswell_cli.resources.backtest_picture import draw

        draw(done, png)
    if as_json:
        output.print_json([done])
    else:
        _print(done, png)


async def _run(stub: Any, request: Any, *, is_shown: bool) -> Any:
    """Starts a backtest and follows it to its end."""
    found = (await stub.BacktestMonitor(request)).backtest
    columns = (TextColumn("replaying"), BarColumn(), TextColumn("{task.fields[told]}"))
    with Progress(
        *columns,
        TimeElapsedColumn(),
        console=output.terminal(),
        transient=True,
        disable=not is_shown,
    ) as progress:
        task = progress.add_task("", total=1.0, told="")
        while found.state == backtest_pb2.BACKTEST_STATE_RUNNING:
            await asyncio.sleep(_POLL_SECONDS)
            found = (await stub.GetBacktest(pb.GetBacktestRequest(name=found.name))).backtest
            told = f"{found.document_count:,} documents, {found.matched_count:,} match"
            progress.update(task, completed=found.progress, told=told)
    if found.state == backtest_pb2.BACKTEST_STATE_FAILED:
        raise FailedPrecondition(f"the backtest failed: {found.error}", reason="BACKTEST_FAILED")
    return found


def _print(done: Any, png: Path | None) -> None:
    output.print_facts(_facts(done))
    print()
    rows = [_alarm_row(alarm) for alarm in done.alarms[:_ALARMS_SHOWN]]
    columns = ("fired", "level", ">before peak", ">docs", ">score", "headline")
    output.print_table(columns, rows, empty="Nothing would have fired.")
    if len(done.alarms) > _ALARMS_SHOWN:
        print(f"… and {len(done.alarms) - _ALARMS_SHOWN} more; --json has all")
    _print_outcomes(done)
    print()
    rows = [[f"{one.score:.0f}", f"{one.alarms_per_day:.2f}", str(one.missed), _lead(one, "median_lead")]
            for one in _telling(done.thresholds)]  # fmt: skip
    output.print_table((">from score", ">alarms a day", ">missed", ">median lead"), rows, empty="")
    print(f"\n{_suggestion(done)}")
    if png is not None:
        print(f"Drawn into {png}.")


def _facts(done: Any) -> Iterator[tuple[str, output.Cell]]:
    start, end = (
        one.ToDatetime(tzinfo=UTC).astimezone() for one in (done.start_time, done.end_time)
    )
    yield "monitor", output.short(done.monitor.name)
    yield "query", done.monitor.query
    yield (
        "replayed",
        f"{start:%Y-%m-%d %H:%M} to {end:%Y-%m-%d %H:%M}, {done.speed:,.0f} × real time",
    )
    yield "documents", f"{done.document_count:,}, of which {done.matched_count:,} match"
    yield "stories", f"{done.story_count:,} that the monitor matches"
    alarms = sum(getattr(day, level) for day in done.days for level in _LEVELS)
    yield "alarms", Text(f"{alarms}, {done.alarms_per_day:.2f} a day", style="bold")
    yield "median lead", _lead(done, "median_lead")
    yield "rules", done.rule_version


def _alarm_row(alarm: Any) -> list[output.Cell]:
    return [
        output.at(alarm, "fire_time")[:16],
        output.level_text(alarm.highest_level),
        _lead(alarm, "lead"),
        str(alarm.document_count),
        f"{alarm.highest_score:.0f}",
        alarm.headline,
    ]


def _print_outcomes(done: Any) -> None:
    rows = [
        [
            one.expected.label or one.expected.query,
            output.at(one, "fire_time")[:16] if one.is_found else Text("missed", style="bold red"),
            f"{one.highest_score:.0f}",
        ]
        for one in done.outcomes
    ]
    if rows:
        print()
        output.print_table(("expected", "fired", ">highest score"), rows, empty="")


def _telling(thresholds: Any) -> Iterator[Any]:
    """Yields the thresholds at which something changes, and no more than a screen of them."""
    before = None
    for one in thresholds:
        seen = (round(one.alarms_per_day, 2), one.missed)
        if seen != before:
            yield one
        before = seen


def _suggestion(done: Any) -> str:
    wanted = f"{done.wanted_alarms_per_day:g} alarms a day"
    if not done.HasField("suggested_score"):
        return f"No threshold gives {wanted} or fewer."
    if done.suggested_score <= 0:
        return f"No threshold is needed for {wanted}: there were fewer."
    return (
        f"For {wanted} let it alert from a score of {done.suggested_score:.1f}: "
        f"set alert_score of {output.short(done.monitor.name)}."
    )


def _lead(message: Any, field: str) -> str:
    if not message.HasField(field):
        return ""
    seconds = getattr(message, field).ToTimedelta().total_seconds()
    sign, seconds = ("-" if seconds < 0 else ""), abs(seconds)
    return f"{sign}{seconds / 3600:.1f} h" if seconds >= 3600 else f"{sign}{seconds / 60:.0f} min"


def _text(path: Path | None) -> str:
    if path is None:
        return ""
    try:
        return path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise InvalidInput(f"{path} cannot be read: {error}; correct the path") from None


def _expected(path: Path | None) -> list[Any]:
    if path is None:
        return []
    return [make(backtest_pb2.ExpectedAlarm, one, "") for one in read_file(path, "expected")]
