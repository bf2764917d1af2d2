"""A small town's evening, in two languages: something of everything."""

from __future__ import annotations

from datetime import timedelta

from console_stand_in.described import describe
from console_stand_in.telling import add_stories, minutes
from console_stand_in.world import World
from groundswell_core.departments import Department
from groundswell_core.grades import Level
from groundswell_core.incidents import Incident, IncidentState, TimelineEntry
from groundswell_core.monitors import Monitor, MonitorState
from groundswell_core.source_records import (
    Coverage,
    HealthState,
    Source,
    SourceCoverage,
    SourceHealth,
    SourceState,
)

_SOURCES = (
    ("city-daily", "城市日报", "feed", HealthState.HEALTHY, 412, "zh", ""),
    ("evening-news", "晚报网", "feed", HealthState.HEALTHY, 268, "zh", ""),
    ("hot-board", "热搜榜", "hotlist", HealthState.HEALTHY, 1840, "zh", ""),
    ("world-service", "World Service", "feed", HealthState.HEALTHY, 96, "en", ""),
    ("health-office", "市卫健委通告", "feed", HealthState.SILENT, 0, "zh", ""),
    ("harbour-gazette", "Harbour Gazette", "feed", HealthState.FAILING, 0, "en", "the answer is HTML, not a feed; open the address in a browser, find the feed's own address and set config.url"),
    ("north-wire", "North Wire", "feed", HealthState.UNREACHABLE, 3, "en", "north-wire.example cannot be reached: the name has no address; check its spelling or the network"),
    ("old-archive", "2019 年回放", "archive", HealthState.HEALTHY, 0, "zh", ""),
)  # fmt: skip


def sample() -> World:
    """Returns a world with something of everything."""
    world = World()
    _add_departments(world)
    _add_sources(world)
    _add_monitors(world)
    add_stories(world)
    describe(world)
    _add_incidents(world)
    return world


def _add_departments(world: World) -> None:
    for name, shown in (("health", "卫生健康委"), ("water", "水务局"), ("transport", "交通运输局")):
        world.departments[f"departments/{name}"] = Department(
            name=f"departments/{name}", display_name=shown
        )


def _add_sources(world: World) -> None:
    now, silent = world.now, []
    for key, shown, kind, state, daily, language, error in _SOURCES:
        good = state in (HealthState.HEALTHY, HealthState.SILENT)
        health = SourceHealth(
            state=state,
            last_success_time=now - minutes(2) if good else now - minutes(260),
            last_attempt_time=now - minutes(2),
            last_document_time=now - minutes(4) if daily else now - minutes(60 * 30),
            last_error=error,
            consecutive_failures=0 if good else 14,
            documents_last_day=daily,
            next_read_time=now + minutes(3),
            fetched_count=daily * 9,
            stored_count=daily * 7,
            duplicate_count=daily * 2,
        )
        url = {"url": f"https://{key}.example/feed.xml"}
        world.sources[f"sources/{key}"] = Source(
            name=f"sources/{key}",
            display_name=shown,
            kind=kind,
            config=url if kind != "archive" else {"path": "archive/2019.jsonl"},
            interval=minutes(5),
            language=language,
            weight=0.7,
            health=health,
            state=SourceState.PAUSED if kind == "archive" else SourceState.ACTIVE,
            create_time=now - timedelta(days=30),
        )
        if not good:
            silent.append(SourceCoverage(source=f"sources/{key}", display_name=shown, reason=error))
    world.coverage = Coverage(
        start_time=now - minutes(60),
        end_time=now,
        expected=7,
        reported=5,
        silent_sources=tuple(silent),
    )


def _add_monitors(world: World) -> None:
    rows = (
        ("drinking-water", "饮用水安全", "(自来水 OR 饮用水 OR 水质) AND (异味 OR 发黄 OR 污染 OR 停水)", "water", MonitorState.ON),
        ("food-safety", "食品与校园食堂", "(食堂 OR 学校 OR 幼儿园) AND (中毒 OR 呕吐 OR 腹泻)", "health", MonitorState.ON),
        ("data-leaks", "Data leaks", '"data breach" OR (leak* NEAR/5 (password* OR records))', "", MonitorState.ON),
        ("traffic", "道路交通", "(大桥 OR 高速 OR 隧道) AND (封闭 OR 事故 OR 拥堵)", "transport", MonitorState.SHADOW),
        ("power", "电力供应", "停电 OR 限电 OR (用电 AND 负荷)", "", MonitorState.OFF),
    )  # fmt: skip
    for key, shown, query, department, state in rows:
        world.monitors[f"monitors/{key}"] = Monitor(
            name=f"monitors/{key}",
            display_name=shown,
            query=query,
            department=f"departments/{department}" if department else "",
            alert_level=Level.IV,
            state=state,
            create_time=world.now - timedelta(days=20),
        )


def _add_incidents(world: World) -> None:
    now = world.now
    alert = next(iter(world.alerts))
    entries = (
        TimelineEntry(time=now - minutes(38), actor="rule level-ii", event="opened", text="alert of level II"),
        TimelineEntry(time=now - minutes(30), actor="chen.min", event="acknowledged"),
        TimelineEntry(time=now - minutes(22), actor="chen.min", event="note", text="已联系水务局值班室，正在取样检测。\n预计 19:30 前给出初步结果。"),
        TimelineEntry(time=now - minutes(14), actor="notifier", event="alert_regraded", text="II → I", alert=alert),
    )  # fmt: skip
    world.incidents["incidents/water-1"] = Incident(
        name="incidents/water-1",
        display_name="城区自来水异味",
        department="departments/water",
        level=Level.I,
        category="public_health",
        stories=("stories/water",),
        alerts=(alert,),
        state=IncidentState.TRIAGED,
        opened_by="level-ii",
        timeline=entries,
        version=4,
        create_time=now - minutes(38),
        acknowledge_time=now - minutes(30),
        acknowledged_by="chen.min",
        update_time=now - minutes(14),
    )
    world.incidents["incidents/school-1"] = Incident(
        name="incidents/school-1",
        display_name="中学食堂疑似食物中毒",
        department="departments/health",
        level=Level.II,
        stories=("stories/school",),
        opened_by="level-ii",
        timeline=(TimelineEntry(time=now - minutes(9), actor="rule level-ii", event="opened"),),
        create_time=now - minutes(9),
    )
