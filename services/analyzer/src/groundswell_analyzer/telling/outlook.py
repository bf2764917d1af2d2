"""What is expected of a story: documents of the next hours, and the chance to reach the next level."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from statistics import median

from groundswell_analyzer.bursts import HORIZONS, CountModel, Outlook, forecast
from groundswell_analyzer.grading.components import contributions_of, sum_of
from groundswell_analyzer.grading.graded import Graded
from groundswell_analyzer.grading.rules import Rules
from groundswell_core.descriptions import Forecast, ForecastPoint, ForecastTotal, LevelChance
from groundswell_core.grades import Level

HOURS = 24
METHOD = "bursts-forecast-2"
_ENOUGH_DAYS = 3
_PAST_HOURS = 28 * 24
_MOST = 1_000_000  # documents an hour; what would need more is out of reach
_HOUR = timedelta(hours=1)


def past_hours(times: Iterable[datetime], now: datetime) -> list[float]:
    """Returns the documents of each past hour, the last of which ends now, oldest first."""
    counts: dict[int, int] = {}
    for time in times:
        ago = max(now - time, timedelta(0)) // _HOUR
        if ago < _PAST_HOURS:
            counts[ago] = counts.get(ago, 0) + 1
    return [float(counts.get(ago, 0)) for ago in range(max(counts, default=-1), -1, -1)]


def outlook(
    past: Sequence[float],
    graded: Iterable[Graded],
    rules: Rules,
    now: datetime,
) -> Forecast | None:
    """Returns what is expected from now on; None where nothing can be said.

    Takes past: documents of each past hour, the last of which ends now.
    """
    hours = forecast(past, usual_of(past), range(1, HOURS + 1))
    if not hours:
        return None
    models = hourly(hours)
    return Forecast(
        forecast_time=now,
        points=tuple(
            ForecastPoint(
                start_time=now + _HOUR * index,
                expected=model.mean,
                low=model.quantile(0.1),
                high=model.quantile(0.9),
            )
            for index, model in enumerate(models)
        ),
        totals=tuple(_total(one) for one in hours if one.hours in HORIZONS),
        chances=tuple(chance for one in graded for chance in chances(one, models, rules)),
        method=METHOD,
    )


def usual_of(past: Sequence[float]) -> list[float]:
    """Returns what a story itself usually gets in each of the coming 24 hours.

    The median of the same hour of three days or more; a younger story is usually quiet: what it
    has now is all excess, and fades.
    """
    days = len(past) // HOURS
    if days < _ENOUGH_DAYS:
        return [0.0] * HOURS
    return [
        median(past[ahead - HOURS * day] for day in range(1, days + 1)) for ahead in range(HOURS)
    ]


def _total(one: Outlook) -> ForecastTotal:
    return ForecastTotal(
        horizon=_HOUR * one.hours, expected=one.expected, low=one.low, high=one.high
    )


def hourly(outlooks: Sequence[Outlook]) -> list[CountModel]:
    """Returns how the count of each single hour varies, from those of all hours up to it."""
    before, models = 0.0, []
    for one in outlooks:
        models.append(CountModel(max(one.expected - before, 0.0), one.model.dispersion))
        before = one.expected
    return models


def chances(graded: Graded, models: Sequence[CountModel], rules: Rules) -> list[LevelChance]:
    """Returns the chance that some hour brings the documents that the next level takes."""
    if graded.grade.level >= Level.I:
        return []
    level = Level(graded.grade.level + 1)
    needed = needed_documents(graded, level, rules)
    if needed is None:
        return []
    made, none = [], 1.0
    for index, model in enumerate(models, 1):
        none *= 1.0 - model.chance_of(needed)
        if index in HORIZONS:
            made.append(_chance(graded.monitor, level, index, 1.0 - none))
    return made


def _chance(monitor: str, level: Level, hours: int, chance: float) -> LevelChance:
    return LevelChance(monitor=monitor, level=level, horizon=_HOUR * hours, chance=chance)


def needed_documents(graded: Graded, level: Level, rules: Rules) -> int | None:
    """Returns the documents of an hour from which the score reaches a level; None: none would."""
    if not _reaches(graded, level, rules, _MOST):
        return None
    low, high = 0, _MOST
    while high - low > 1:
        middle = (low + high) // 2
        if _reaches(graded, level, rules, middle):
            high = middle
        else:
            low = middle
    return high


def _reaches(graded: Graded, level: Level, rules: Rules, documents: int) -> bool:
    snapshot = replace(
        graded.snapshot,
        last_hour=documents,
        last_ten_minutes=documents // 6,
        quiet_minutes=0.0,
    )
    return sum_of(contributions_of(snapshot, rules)) >= rules.threshold(level)
