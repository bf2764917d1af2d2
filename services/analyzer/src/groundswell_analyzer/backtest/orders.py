"""Takes orders for backtests: checks them, starts them, and answers how far they are."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from groundswell_analyzer.backtest.run import rules_of
from groundswell_analyzer.backtest.store import BacktestStore, Order
from groundswell_analyzer.clock import EventClock
from groundswell_analyzer.query import parse
from groundswell_analyzer.stories.snapshots import DEFAULT_ALARMS
from groundswell_core.backtests import Backtest, BacktestState, ExpectedAlarm
from groundswell_core.clock import Clock
from groundswell_core.errors import Exhausted, InvalidInput
from groundswell_core.identity import digest
from groundswell_core.monitors import Monitor

AT_ONCE = 2
SPAN = timedelta(days=7)  # of a replay, when no first moment is named
LONGEST = timedelta(days=400)
EXPECTED_MOST = 200

Start = Callable[[str], None]


@dataclass(frozen=True, slots=True, kw_only=True)
class Window:
    """Which time to replay; length counts when start is None."""

    start: datetime | None = None
    end: datetime | None = None  # None: now
    length: timedelta = SPAN


class BacktestOrders:
    """Takes orders; what it starts runs elsewhere."""

    def __init__(
        self, store: BacktestStore, *, events: EventClock, clock: Clock, start: Start
    ) -> None:
        """Takes events: whose now a window ends at; start: is called with a stored order's name."""
        self._store = store
        self._events = events
        self._clock = clock
        self._start = start

    async def order(
        self,
        monitor: Monitor,
        *,
        rules: str,
        window: Window,
        wanted: float | None,
        expected: tuple[ExpectedAlarm, ...],
    ) -> Backtest:
        """Checks an order, stores it and starts it; answers at once."""
        start_time, end_time = self._window(window)
        _check_expected(expected)
        now = self._clock.now()
        backtest = Backtest(
            name="backtests/" + digest(*map(repr, (monitor, rules, wanted, expected, now))),
            monitor=monitor,
            state=BacktestState.RUNNING,
            start_time=start_time,
            end_time=end_time,
            create_time=now,
            wanted_alarms_per_day=wanted or monitor.alarms_per_day or DEFAULT_ALARMS,
        )
        order = Order(backtest=backtest, rules=rules, expected=expected)
        order = replace(order, backtest=replace(backtest, rule_version=rules_of(order).version))
        if await self._store.running() >= AT_ONCE:
            raise Exhausted(
                f"{AT_ONCE} backtests run; wait until one has ended", reason="BACKTESTS_RUNNING"
            )
        await self._store.create(order)
        self._start(backtest.name)
        return order.backtest

    def _window(self, window: Window) -> tuple[datetime, datetime]:
        end = window.end or self._events.now()
        start = window.start or end - window.length
        if start >= end:
            raise InvalidInput(
                f"start_time {start:%Y-%m-%d %H:%M} is not before end_time {end:%Y-%m-%d %H:%M}",
                reason="BAD_WINDOW",
            )
        if end - start > LONGEST:
            raise InvalidInput(
                f"the window spans {(end - start).days} days; choose {LONGEST.days} at most",
                reason="BAD_WINDOW",
            )
        return start, end


def _check_expected(expected: tuple[ExpectedAlarm, ...]) -> None:
    if len(expected) > EXPECTED_MOST:
        raise InvalidInput(
            f"{len(expected)} alarms are expected; name {EXPECTED_MOST} at most",
            reason="TOO_MANY_EXPECTED",
        )
    for one in expected:
        errors = parse(one.query).errors
        if errors:
            raise InvalidInput(
                f"the query of {one.label or one.query!r} does not parse at character "
                f"{errors[0].position + 1}: {errors[0].message}",
                reason="BAD_QUERY",
            )
