"""What the sample world knows of its stories beside their counts, and its backtests."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from console_stand_in.world import World
from groundswell_core.analyses import Claim, ClaimQualifier
from groundswell_core.backtests import (
    Backtest,
    BacktestAlarm,
    BacktestDay,
    BacktestState,
    ThresholdPoint,
)
from groundswell_core.descriptions import (
    ClaimGroup,
    ClaimSource,
    ClaimValue,
    Forecast,
    ForecastPoint,
    ForecastTotal,
    LevelChance,
    OutletRecord,
    PathRole,
    PathStep,
    Spread,
    SpreadPoint,
    SpreadShare,
    StoryDescription,
)
from groundswell_core.grades import Level
from groundswell_core.stories import RelatedStory, SummarySentence

HOUR = timedelta(hours=1)
CONFLICT = "晚报网 claims 3 injured where 热搜榜 claims 12 injured."


def minutes(count: float) -> timedelta:
    return timedelta(minutes=count)


def describe(world: World) -> None:
    """Adds what is known of stories: of the water story everything, of others nothing."""
    name = "stories/water"
    world.stories[name] = replace(
        world.stories[name],
        organisations=("水务集团", "市疾控中心"),
        topics=("environment/water", "service/utilities"),
        conflicts=("injured",),
        confirmation="3 outlets independently tell of it: 城市日报, 晚报网, World Service.",
        summary=(
            SummarySentence(text="多名居民反映自来水出现异味，部分小区水色发黄。", document="documents/water00"),
            SummarySentence(text="水务集团称已派人取样检测，预计晚间公布结果。", document="documents/water01"),
        ),
        related=(
            RelatedStory(story="stories/breach", likeness=0.81, headline="Residents report foul-smelling tap water", language="en", reason=""),
        ),
    )  # fmt: skip
    school = "stories/school"
    world.stories[school] = replace(
        world.stories[school],
        is_unconfirmed=True,
        confirmation="Only 热搜榜, whose word weighs 0.40 of 1, tells of it.",
    )
    world.descriptions[name] = StoryDescription(
        story=name,
        claims=_claims(world),
        spread=_spread(world),
        path=_path(world),
        outlets=_records(),
        forecast=_forecast(world),
    )
    world.backtests["backtests/first"] = backtest(world, "backtests/first")


def _value(kind: str, number: float, outlets: tuple[str, ...], world: World) -> ClaimValue:
    is_least = number == 12
    return ClaimValue(
        claim=Claim(
            kind=kind,
            value=number,
            unit="CNY" if kind == "money" else "person",
            qualifier=ClaimQualifier.AT_LEAST if is_least else ClaimQualifier.EXACT,
        ),
        source_count=len(outlets),
        sources=tuple(
            ClaimSource(document=f"documents/water0{i}", outlet=outlet, source_weight=0.7, publish_time=world.now - minutes(90 - 9 * i), text=f"{number:g} 人身体不适。")
            for i, outlet in enumerate(outlets)
        ),
    )  # fmt: skip


def _claims(world: World) -> tuple[ClaimGroup, ...]:
    injured = (
        _value("injured", 3, ("晚报网", "城市日报"), world),
        _value("injured", 12, ("热搜榜",), world),
    )
    affected = (_value("affected", 40_000, ("World Service", "城市日报"), world),)
    return (
        ClaimGroup(kind="injured", values=injured, is_conflict=True, reason=CONFLICT),
        ClaimGroup(
            kind="affected",
            values=affected,
            reason="2 outlets claim it and do not contradict each other.",
        ),
    )


def _spread(world: World) -> Spread:
    start = world.now - minutes(150)
    points = tuple(
        SpreadPoint(
            end_time=start + minutes(5 * i),
            outlets=min(1 + i // 2, 14),
            first_hand=i + 1,
            copies=i * i // 16,
            source_kinds=1 + (i > 6),
            places=1 + (i > 4) + (i > 15),
            languages=1 + (i > 20),
        )
        for i in range(31)
    )
    share = SpreadShare(name="feed", first_hand=24, copies=40, start_time=start)
    return Spread(
        points=points,
        outlets=(
            SpreadShare(name="城市日报", first_hand=9, copies=2, start_time=start),
            SpreadShare(name="晚报网", first_hand=7, copies=11, start_time=start + minutes(12)),
            SpreadShare(name="热搜榜", copies=4, start_time=start + minutes(40)),
        ),
        source_kinds=(share, replace(share, name="hotlist", first_hand=7, copies=17)),
        places=(replace(share, name="广东"), replace(share, name="广州", first_hand=11, copies=3)),
        languages=(
            replace(share, name="zh", first_hand=28),
            replace(share, name="en", first_hand=3, copies=0),
        ),
    )


def _path(world: World) -> tuple[PathStep, ...]:
    start = world.now - minutes(150)
    rows = (
        ("城市日报", PathRole.FIRST, "", 0),
        ("晚报网", PathRole.FIRST_HAND, "", 12),
        ("World Service", PathRole.COPY, "documents/water00", 19),
        ("热搜榜", PathRole.COPY, "documents/water01", 40),
        *(("晚报网", PathRole.COPY, "documents/water00", 50 + 7 * i) for i in range(8)),
    )
    return tuple(
        PathStep(
            document=f"documents/water{i:02d}",
            title="多名居民反映自来水有异味 水务集团称正在排查",
            outlet=outlet,
            source_kind="feed",
            publish_time=start + minutes(later),
            role=role,
            copied_from=copied,
            likeness=0.93 if copied else 0.0,
            delay=minutes(later),
        )
        for i, (outlet, role, copied, later) in enumerate(rows)
    )


def _records() -> tuple[OutletRecord, ...]:
    return (
        OutletRecord(outlet="城市日报", source_weight=0.7, story_count=212, first_count=61, measured_weight=0.82),
        OutletRecord(outlet="晚报网", source_weight=0.7, story_count=148, first_count=12, withdrawn_count=3, measured_weight=0.58),
        OutletRecord(outlet="热搜榜", source_weight=0.4, measured_weight=0.4),
    )  # fmt: skip


def _forecast(world: World) -> Forecast:
    points = tuple(
        ForecastPoint(start_time=world.now + HOUR * i, expected=40 * 0.88**i, low=12 * 0.85**i, high=95 * 0.92**i)
        for i in range(24)
    )  # fmt: skip
    totals = tuple(
        ForecastTotal(horizon=HOUR * hours, expected=38.0 * hours**0.7, low=11.0 * hours**0.7, high=92.0 * hours**0.8)
        for hours in (1, 6, 24)
    )  # fmt: skip
    chances = tuple(
        LevelChance(monitor="monitors/drinking-water", level=Level.I, horizon=HOUR * hours, chance=chance)
        for hours, chance in ((1, 0.12), (6, 0.31), (24, 0.44))
    )  # fmt: skip
    return Forecast(forecast_time=world.now, points=points, totals=totals, chances=chances, method="bursts-forecast-1")  # fmt: skip


def backtest(world: World, name: str) -> Backtest:
    """Returns a finished replay of the drinking-water monitor."""
    day = world.now.replace(hour=0, minute=0, second=0, microsecond=0)
    alarms = tuple(
        BacktestAlarm(
            headline=f"多名居民反映自来水有异味（{i + 1}）",
            story=f"stories/replay{i}",
            level=Level.IV,
            highest_level=(Level.I, Level.II, Level.III, Level.IV)[i % 4],
            fire_time=day - timedelta(days=6 - i, hours=-9),
            peak_time=day - timedelta(days=6 - i, hours=-12),
            lead=minutes(170 - 40 * i),
            highest_score=82.0 - 9 * i,
            document_count=40 - 5 * i,
        )
        for i in range(6)
    )
    return Backtest(
        name=name,
        monitor=replace(world.monitors["monitors/drinking-water"]),
        rule_version="2026-2",
        state=BacktestState.DONE,
        progress=1.0,
        start_time=day - timedelta(days=7),
        end_time=day,
        create_time=world.now - minutes(30),
        finish_time=world.now - minutes(29),
        document_count=48_211,
        matched_count=612,
        story_count=34,
        speed=8400.0,
        alarms_per_day=3.57,
        days=tuple(
            BacktestDay(start_time=day - timedelta(days=7 - i), document_count=80 + i, level_iv=2, level_iii=i % 3, level_ii=i % 2, level_i=int(i == 5))
            for i in range(7)
        ),
        alarms=alarms,
        thresholds=tuple(
            ThresholdPoint(score=float(score), alarms_per_day=round(7.5 * (1 - score / 100) ** 2, 2), median_lead=minutes(90 - score / 2))
            for score in range(20, 101, 5)
        ),
        wanted_alarms_per_day=2.0,
        suggested_score=48.5,
        median_lead=minutes(72),
    )  # fmt: skip
