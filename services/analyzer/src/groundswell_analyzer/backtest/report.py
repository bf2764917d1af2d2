"""What a replay found: alarms a day, what fired when, lead, misses, and a threshold to choose."""

from __future__ import annotations

import statistics
from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import datetime, timedelta

from groundswell_analyzer.backtest.replay import Replay, day_of
from groundswell_analyzer.backtest.trace import Fired, Trace
from groundswell_core.backtests import (
    Backtest,
    BacktestAlarm,
    BacktestDay,
    ExpectedAlarm,
    ExpectedOutcome,
    ThresholdPoint,
)
from groundswell_core.grades import Level

ALARMS_KEPT = 500
EXPECTED = "expected/"  # names of the queries of expected alarms
_DAY = timedelta(days=1)
_THRESHOLDS = range(0, 100, 2)
_LEVEL_FIELDS = {
    Level.IV: "level_iv",
    Level.III: "level_iii",
    Level.II: "level_ii",
    Level.I: "level_i",
}


def report(
    backtest: Backtest, replay: Replay, expected: Sequence[ExpectedAlarm], least: Level
) -> Backtest:
    """Returns the backtest with every figure; least: the lowest level that alerts."""
    traces = sorted(replay.traces.values(), key=lambda trace: trace.story)
    alarms = alarms_of(traces)
    days = days_of(backtest, replay, alarms)
    leads = [alarm.lead for alarm in alarms if alarm.lead is not None]
    count = max(len(days), 1)
    wanted = backtest.wanted_alarms_per_day
    outcomes = outcomes_of(replay, expected)
    return replace(
        backtest,
        progress=1.0,
        document_count=replay.documents,
        matched_count=replay.matched,
        story_count=len(traces),
        alarms_per_day=len(alarms) / count,
        days=days,
        alarms=tuple(alarms[:ALARMS_KEPT]),
        thresholds=thresholds_of(traces, outcomes, count, least),
        suggested_score=suggested(traces, wanted * count, least) if wanted else None,
        outcomes=outcomes,
        median_lead=_median(leads),
    )


def _median(leads: Sequence[timedelta]) -> timedelta | None:
    seconds = [lead.total_seconds() for lead in leads]
    return timedelta(seconds=statistics.median(seconds)) if seconds else None


def alarms_of(traces: Iterable[Trace]) -> list[BacktestAlarm]:
    """Returns every alarm, oldest first; one that fires again is a new one."""
    found = [_alarm(trace, fired) for trace in traces for fired in trace.fired]
    return sorted(found, key=lambda alarm: (alarm.fire_time, alarm.story))


def _alarm(trace: Trace, fired: Fired) -> BacktestAlarm:
    return BacktestAlarm(
        headline=trace.headline,
        story=f"stories/{trace.story}",
        level=fired.level,
        highest_level=trace.highest_level,
        fire_time=fired.time,
        peak_time=trace.peak_time,
        lead=trace.peak_time - fired.time if trace.peak_time else None,
        highest_score=trace.highest_score,
        document_count=trace.document_count,
    )


def days_of(
    backtest: Backtest, replay: Replay, alarms: Iterable[BacktestAlarm]
) -> tuple[BacktestDay, ...]:
    """Returns each day of the replay with its alarms by the level they were raised at first."""
    if backtest.start_time is None or backtest.end_time is None:
        raise AssertionError("a replay has a first and a last moment")
    days: dict[datetime, BacktestDay] = {}
    day = day_of(backtest.start_time)
    while day <= backtest.end_time:
        days[day] = BacktestDay(start_time=day, document_count=replay.days[day])
        day += _DAY
    for alarm in alarms:
        start = day_of(alarm.fire_time)
        before = days.get(start, BacktestDay(start_time=start))
        name = _LEVEL_FIELDS[max(alarm.level, Level.IV)]
        days[start] = replace(before, **{name: getattr(before, name) + 1})
    return tuple(days[start] for start in sorted(days))


def thresholds_of(
    traces: Sequence[Trace], outcomes: Sequence[ExpectedOutcome], days: int, least: Level
) -> tuple[ThresholdPoint, ...]:
    """Returns what each threshold would have given: an alarm a story, when it first got there."""
    return tuple(_threshold(float(score), traces, outcomes, days, least) for score in _THRESHOLDS)


def _threshold(
    score: float,
    traces: Sequence[Trace],
    outcomes: Sequence[ExpectedOutcome],
    days: int,
    least: Level,
) -> ThresholdPoint:
    fired = [(trace, first) for trace in traces if (first := trace.first(score, least)) is not None]
    leads = [trace.peak_time - first.time for trace, first in fired if trace.peak_time]
    return ThresholdPoint(
        score=score,
        alarms_per_day=len(fired) / days,
        missed=sum(not (one.is_found and one.highest_score >= score) for one in outcomes),
        median_lead=_median(leads),
    )


def suggested(traces: Iterable[Trace], wanted: float, least: Level) -> float | None:
    """Returns the lowest score, to a tenth, that raises at most so many alarms in all.

    None when even the highest score raises more, which only stories of equal scores do.
    """
    scores = sorted((trace.alarm_score(least) for trace in traces), reverse=True)
    scores = [score for score in scores if score > 0]
    allowed = int(wanted)
    if len(scores) <= allowed:
        return 0.0
    # Just above the first story that is one too many.
    found = int(scores[allowed] * 10 + 1) / 10
    return found if found <= 100 else None


def outcomes_of(replay: Replay, expected: Sequence[ExpectedAlarm]) -> tuple[ExpectedOutcome, ...]:
    """Returns what became of each expected alarm."""
    return tuple(
        _outcome(replay, one, replay.expected.get(f"{EXPECTED}{number}", set()))
        for number, one in enumerate(expected)
    )


def _outcome(replay: Replay, expected: ExpectedAlarm, stories: Iterable[str]) -> ExpectedOutcome:
    names = {name for story in stories for name in (story, replay.home(story))}
    traces = [replay.traces[name] for name in sorted(names) if name in replay.traces]
    times = [
        fired.time
        for trace in traces
        for fired in trace.fired
        if _counts_for(expected, fired.time) and trace.highest_level >= expected.minimum_level
    ]
    first = min(times, default=None)
    return ExpectedOutcome(
        expected=expected,
        is_found=first is not None,
        fire_time=first,
        delay=first - expected.start_time if first and expected.start_time else None,
        highest_score=max((trace.highest_score for trace in traces), default=0.0),
    )


def _counts_for(expected: ExpectedAlarm, time: datetime) -> bool:
    after = expected.start_time is None or time >= expected.start_time
    return after and (expected.end_time is None or time <= expected.end_time)
