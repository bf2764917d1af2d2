"""`groundswell alerts`: what fires, who was told, who took note."""

from __future__ import annotations

import sys
from collections.abc import AsyncGenerator, Callable, Iterator
from contextlib import aclosing
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.text import Text

from groundswell.alert.v1 import alert_pb2
from groundswell.alert.v1 import alert_service_pb2 as pb
from groundswell.alert.v1 import alert_service_pb2_grpc as grpc_pb
from groundswell_cli.options import DEFAULT_STATE, JsonOption, StateOption
from groundswell_cli.resources import output
from groundswell_cli.resources.connection import Peer, ask, collect, find_name, full_name
from groundswell_cli.resources.following import follow, run_watch
from groundswell_cli.resources.options import (
    DEFAULT_LIMIT,
    ExercisesOption,
    LimitOption,
    MinimumOption,
    group,
    level_number,
)
from groundswell_cli.resources.stories import CountOption, MonitorOption

NOTIFIER = Peer("notifier", grpc_pb.AlertServiceStub)
AlertArgument = Annotated[str, typer.Argument(metavar="ALERT", help="Its id, or how it begins.")]
FilterOption = Annotated[
    str, typer.Option("--filter", help='Matchers as in routes, such as level=~"I|II".')
]


def register(app: typer.Typer) -> None:
    """Adds the group."""
    alerts = group("alerts", "What fires, who was told, who took note.")
    for command in (show, watch, acknowledge, notifications):
        alerts.command()(command)
    alerts.command(name="list")(list_alerts)
    app.add_typer(alerts)


def list_alerts(
    level: MinimumOption = "",
    monitor: MonitorOption = "",
    every: Annotated[bool, typer.Option("--all", help="Resolved ones too.")] = False,
    exercises: ExercisesOption = False,
    limit: LimitOption = DEFAULT_LIMIT,
    as_json: JsonOption = False,
    state: StateOption = DEFAULT_STATE,
) -> None:
    """List alerts that fire, the most serious first.

    Example: groundswell alerts list --level II --json
    """
    request = pb.ListAlertsRequest(
        state=alert_pb2.ALERT_STATE_UNSPECIFIED if every else alert_pb2.ALERT_STATE_FIRING,
        minimum_level=level_number(level),
        monitor=full_name(monitor, "monitors") if monitor else "",
        include_exercises=exercises,
    )
    found = ask(state, NOTIFIER, lambda stub: collect(stub.ListAlerts, request, "alerts", limit))
    output.print_list(
        found,
        _row,
        columns=("id", "level", "state", "headline", "monitor", ">docs", "since", "acknowledged"),
        empty="no such alerts",
        as_json=as_json,
    )


def _row(alert: Any) -> list[output.Cell]:
    return [
        output.short(alert.name),
        output.level_text(alert.grade.level),
        output.alert_state(alert),
        alert.headline,
        alert.monitor_display_name or output.short(alert.monitor),
        str(alert.document_count),
        output.ago(alert, "start_time"),
        alert.acknowledged_by or "–",
    ]


def show(
    alert: AlertArgument, as_json: JsonOption = False, state: StateOption = DEFAULT_STATE
) -> None:
    """Show one alert: what, why, and when each step of its way was."""
    found = _ask_one(state, alert, lambda stub, name: stub.GetAlert(pb.GetAlertRequest(name=name)))
    if as_json:
        output.print_json([found.alert])
        return
    output.print_facts(_facts(found.alert))
    rows = [
        [part.component, f"{part.points:.1f}", part.reason]
        for part in found.alert.grade.contributions
    ]
    print()
    output.print_table(("component", ">points", "why"), rows, empty="no reasons were stored")


def _ask_one(state: Path, alert: str, call: Any) -> Any:
    """Returns the answer about one alert, named by its id or how that begins."""

    async def work(stub: Any) -> Any:
        request = pb.ListAlertsRequest(include_exercises=True)
        name = await find_name(
            alert, "alerts", lambda: collect(stub.ListAlerts, request, "alerts", 20_000)
        )
        return await call(stub, name)

    return ask(state, NOTIFIER, work)


def _facts(alert: Any) -> Iterator[tuple[str, output.Cell]]:
    yield "headline", Text(alert.headline, style="bold")
    yield "level", output.level_text(alert.grade.level)
    yield "state", output.alert_state(alert)
    yield "summary", alert.summary
    yield "monitor", alert.monitor_display_name or output.short(alert.monitor)
    yield "alert", output.short(alert.name)
    yield "story", output.short(alert.story)
    yield "score", f"{alert.grade.score:.1f}, rules {alert.grade.rule_version}"
    yield "documents", f"{alert.document_count}, {alert.copy_count} copies"
    yield "outlets", str(alert.outlet_count)
    yield "coverage", f"{alert.coverage.reported} of {alert.coverage.expected} sources reported"
    yield "labels", ", ".join(f"{key}={value}" for key, value in sorted(alert.labels.items()))
    yield "address", alert.url
    for step in ("publish", "collect", "analyze", "story", "grade", "notify", "acknowledge"):
        yield f"{step} time", output.at(alert, f"{step}_time")
    yield "acknowledged by", alert.acknowledged_by


def watch(
    matchers: FilterOption = "",
    exercises: ExercisesOption = False,
    count: CountOption = 0,
    as_json: JsonOption = False,
    state: StateOption = DEFAULT_STATE,
) -> None:
    """Follow alerts: the present ones, then every change, without a gap. Ctrl-C ends.

    A restart of the notifier is survived: the stream goes on after the last change seen.
    Example: groundswell alerts watch --filter 'level=~"I|II"' --json
    """
    run_watch(_watch(state, matchers, count, exercises=exercises, as_json=as_json))


async def _watch(state: Path, matchers: str, count: int, *, exercises: bool, as_json: bool) -> None:
    shown = 0
    async with aclosing(follow_alerts(state, matchers, exercises=exercises, tell=_tell)) as alerts:
        async for alert in alerts:
            if as_json:
                output.print_json([alert])
            else:
                output.terminal().print(line(alert))
            shown += 1
            if shown == count:
                return


async def follow_alerts(
    state: Path,
    matchers: str = "",
    *,
    exercises: bool = False,
    tell: Callable[[str], None] = lambda _: None,
) -> AsyncGenerator[Any, None]:
    """Yields each alert that fires now, then each change, across restarts of the notifier."""

    def open_stream(stub: Any, token: bytes) -> Any:
        request = pb.WatchAlertsRequest(
            resume_token=token, filter=matchers, include_exercises=exercises
        )
        return stub.WatchAlerts(request)

    known: dict[str, Any] = {}
    async with aclosing(follow(state, NOTIFIER, open_stream, tell=tell)) as messages:
        async for message in messages:
            if message.WhichOneof("change") != "event":
                continue
            alert = message.event.alert
            # A present state that is sent anew holds what was shown already.
            if known.get(alert.name) != alert:
                known[alert.name] = alert
                yield alert


def line(alert: Any) -> Text:
    """Returns an alert as one line: when, how serious, what, of which monitor."""
    level = output.level_text(alert.grade.level)
    level.pad_right(max(11 - level.cell_len, 1))
    state = output.alert_state(alert)
    state.pad_right(9 - state.cell_len)
    monitor = alert.monitor_display_name or output.short(alert.monitor)
    rest = f"  {monitor}, {alert.document_count} docs, {alert.outlet_count} outlets"
    correction = output.word(alert_pb2.Correction, alert.correction)
    return Text.assemble(
        f"{datetime.now().astimezone():%H:%M:%S}  ",
        level,
        state,
        alert.headline,
        (f"{rest}{f', {correction}' if correction else ''}  {output.short(alert.name)}", "dim"),
    )


def _tell(text: str) -> None:
    print(text, file=sys.stderr)


def acknowledge(
    alert: AlertArgument,
    comment: Annotated[str, typer.Option("--comment", "-m", help="What you say to it.")] = "",
    as_json: JsonOption = False,
    state: StateOption = DEFAULT_STATE,
) -> None:
    """Record that a person took note; repeats of its notifications end.

    Example: groundswell alerts acknowledge 3f2a9c01bd -m "duty desk informed"
    """

    def call(stub: Any, name: str) -> Any:
        return stub.AcknowledgeAlert(pb.AcknowledgeAlertRequest(name=name, comment=comment))

    found = _ask_one(state, alert, call).alert
    if as_json:
        output.print_json([found])
        return
    moment = found.acknowledge_time.ToDatetime(tzinfo=UTC).astimezone()
    print(f"{found.headline}: acknowledged by {found.acknowledged_by} at {moment:%H:%M:%S}")


def notifications(
    alert: Annotated[str, typer.Option(help="Only about this alert.")] = "",
    receiver: Annotated[str, typer.Option(help="Only to this receiver.")] = "",
    limit: LimitOption = DEFAULT_LIMIT,
    as_json: JsonOption = False,
    state: StateOption = DEFAULT_STATE,
) -> None:
    """List what was sent to receivers, newest first, with what came of it."""
    request = pb.ListNotificationsRequest(
        alert=full_name(alert, "alerts") if alert else "", receiver=receiver
    )
    found = ask(
        state,
        NOTIFIER,
        lambda stub: collect(stub.ListNotifications, request, "notifications", limit),
    )
    output.print_list(
        found,
        _notification_row,
        columns=("decided", "receiver", "by", "why", "state", ">tries", ">alerts", "trouble"),
        empty="nothing was sent yet; `groundswell routes test` says where an alert would go",
        as_json=as_json,
    )


def _notification_row(one: Any) -> list[output.Cell]:
    return [
        output.ago(one, "create_time"),
        one.receiver,
        one.integration,
        one.reason.replace("_", " "),
        output.word(alert_pb2.NotificationState, one.state),
        str(one.attempts),
        str(len(one.alerts)),
        one.last_error[:60],
    ]
