"""Backtests of a monitor: start one, follow it, read it, take over its threshold."""

from __future__ import annotations

import dataclasses
from datetime import datetime, timedelta
from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from groundswell_console.context import attempts, console, form_of, go, is_partial, page, texts
from groundswell_console.texts import Texts
from groundswell_core.backtests import Backtest, BacktestState
from groundswell_core.errors import InvalidInput
from groundswell_core.monitors import Monitor

_DAYS = 7.0
_LONGEST = 400
LINES = ("score", "alarms", "missed", "suggested", "wanted", "present")
_LEVELS = ("level_iv", "level_iii", "level_ii", "level_i")


def _monitor_name(request: Request) -> str:
    return f"monitors/{request.path_params['id']}"


def _backtest_name(request: Request) -> str:
    return f"backtests/{request.path_params['backtest']}"


def tried(monitor: Monitor, query: str) -> Monitor:
    """Returns the monitor to replay: by its name alone, or whole with another query."""
    if not query or query == monitor.query.strip():
        return Monitor(name=monitor.name)
    return dataclasses.replace(monitor, query=query)


def window_of(days: float | None) -> timedelta:
    """Returns the length of a replay; raises InvalidInput when it is none that can be run."""
    length = _DAYS if days is None else days
    if not 0 < length <= _LONGEST:
        raise InvalidInput(f"days is {length:g}; choose more than 0, {_LONGEST} at most")
    return timedelta(days=length)


async def start(request: Request) -> Response:
    """Starts a replay and leads to it."""
    form, peers = form_of(request), console(request).peers
    monitor = await peers.monitors.get(_monitor_name(request))
    wanted = form.number("alarms_per_day")
    made = await peers.backtests.start(
        tried(monitor, form.text("query", limit=20_000)), window_of(form.number("days")), wanted
    )
    return go(request, f"/{monitor.name}/{made.name}")


async def show(request: Request) -> Response:
    """Shows a replay: how far it is, then what it found."""
    peers = console(request).peers
    backtest = await peers.backtests.get(_backtest_name(request))
    is_running = backtest.state is BacktestState.RUNNING
    if is_partial(request) and not is_running:
        return go(request, request.url.path)
    found = await attempts(request, monitor=peers.monitors.get(_monitor_name(request)))
    return page(
        request,
        "backtests/show.html",
        backtest=backtest,
        is_running=is_running,
        telling=telling(backtest),
        **found,
    )


def telling(backtest: Backtest) -> list[Any]:
    """Returns the thresholds at which something changes."""
    shown: list[Any] = []
    before = None
    for point in backtest.thresholds:
        seen = (round(point.alarms_per_day, 2), point.missed)
        if seen != before:
            shown.append(point)
        before = seen
    return shown


def _milliseconds(time: datetime) -> int:
    return int(time.timestamp() * 1000)


def alarms_figure(backtest: Backtest, t: Texts) -> dict[str, Any]:
    """Returns the alarms of each day by level."""
    wanted = backtest.wanted_alarms_per_day
    return {
        "times": [_milliseconds(day.start_time) for day in backtest.days],
        "levels": [
            {
                "level": level.removeprefix("level_").upper(),
                "name": t(f"level.{level.removeprefix('level_').upper()}.tile"),
                "values": [getattr(day, level) for day in backtest.days],
            }
            for level in _LEVELS
        ],
        "wanted": wanted,
        "words": {"wanted": t("backtest.wanted_line")},
    }


def thresholds_figure(backtest: Backtest, present: float | None, t: Texts) -> dict[str, Any]:
    """Returns the alarms a day that each threshold would have given."""
    return {
        "points": [[one.score, one.alarms_per_day, one.missed] for one in backtest.thresholds],
        "suggested": backtest.suggested_score,
        "wanted": backtest.wanted_alarms_per_day,
        "present": present,
        "words": {word: t(f"backtest.{word}_line") for word in LINES},
    }


async def figures(request: Request) -> Response:
    """Answers the numbers of a replay's charts."""
    peers, t = console(request).peers, texts(request)
    backtest = await peers.backtests.get(_backtest_name(request))
    found = await attempts(request, monitor=peers.monitors.get(_monitor_name(request)))
    present = getattr(found["monitor"], "alert_score", None)
    return JSONResponse(
        {
            "alarms": alarms_figure(backtest, t),
            "thresholds": thresholds_figure(backtest, present, t),
        }
    )


async def use_threshold(request: Request) -> Response:
    """Makes a score the lowest that alerts; nothing else of the monitor changes."""
    monitors, score = console(request).peers.monitors, form_of(request).number("score")
    if score is None or not 0 <= score <= 100:
        raise InvalidInput("score: choose a number from 0 to 100", field="score")
    monitor = await monitors.get(_monitor_name(request))
    await monitors.update(dataclasses.replace(monitor, alert_score=score or None))
    return go(request, f"/{monitor.name}", notice="threshold_used")


ROUTES = [
    Route("/monitors/{id}/backtests", start, methods=["POST"]),
    Route("/monitors/{id}/backtests/{backtest}", show),
    Route("/monitors/{id}/backtests/{backtest}/figures", figures),
    Route("/monitors/{id}/threshold", use_threshold, methods=["POST"]),
]
