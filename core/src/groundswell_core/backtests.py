"""Stored documents replayed through a monitor in virtual time."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import IntEnum

from groundswell.monitor.v1 import backtest_pb2
from groundswell_core.codec import codec
from groundswell_core.grades import Level
from groundswell_core.monitors import Monitor


class BacktestState(IntEnum):
    """How far a backtest is."""

    UNSPECIFIED = 0
    RUNNING = 1
    DONE = 2
    FAILED = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class ExpectedAlarm:
    """A happening that should have raised an alarm."""

    label: str
    query: str
    start_time: datetime | None = None
    end_time: datetime | None = None
    minimum_level: Level = Level.UNSPECIFIED


@dataclass(frozen=True, slots=True, kw_only=True)
class ExpectedOutcome:
    """What became of an expected alarm."""

    expected: ExpectedAlarm
    is_found: bool = False
    fire_time: datetime | None = None
    delay: timedelta | None = None
    highest_score: float = 0.0


@dataclass(frozen=True, slots=True, kw_only=True)
class BacktestAlarm:
    """One alarm that would have been raised."""

    headline: str
    story: str
    level: Level
    highest_level: Level
    fire_time: datetime
    peak_time: datetime | None = None
    lead: timedelta | None = None  # from the alarm to the peak
    highest_score: float = 0.0
    document_count: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class BacktestDay:
    """Alarms of one day of the replay, by the level they were raised at first."""

    start_time: datetime
    document_count: int = 0
    level_iv: int = 0
    level_iii: int = 0
    level_ii: int = 0
    level_i: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class ThresholdPoint:
    """What a threshold would have given."""

    score: float
    alarms_per_day: float
    missed: int = 0
    median_lead: timedelta | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Backtest:
    """A replay and what it found; fields as in backtest.proto."""

    name: str
    monitor: Monitor
    rule_version: str = ""
    state: BacktestState = BacktestState.RUNNING
    progress: float = 0.0
    error: str = ""
    start_time: datetime | None = None
    end_time: datetime | None = None
    create_time: datetime | None = None
    finish_time: datetime | None = None
    document_count: int = 0
    matched_count: int = 0
    story_count: int = 0
    speed: float = 0.0
    alarms_per_day: float = 0.0
    days: tuple[BacktestDay, ...] = ()
    alarms: tuple[BacktestAlarm, ...] = ()
    thresholds: tuple[ThresholdPoint, ...] = ()
    wanted_alarms_per_day: float | None = None
    suggested_score: float | None = None
    outcomes: tuple[ExpectedOutcome, ...] = ()
    median_lead: timedelta | None = None


EXPECTED_ALARMS = codec(ExpectedAlarm, backtest_pb2.ExpectedAlarm)
EXPECTED_OUTCOMES = codec(ExpectedOutcome, backtest_pb2.ExpectedOutcome)
BACKTEST_ALARMS = codec(BacktestAlarm, backtest_pb2.BacktestAlarm)
BACKTEST_DAYS = codec(BacktestDay, backtest_pb2.BacktestDay)
THRESHOLD_POINTS = codec(ThresholdPoint, backtest_pb2.ThresholdPoint)
BACKTESTS = codec(Backtest, backtest_pb2.Backtest)
