"""The data that the stand-ins serve: a small town's evening, in two languages."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta

from groundswell_core.alerts import Alert, AlertState, Notification, NotificationState
from groundswell_core.analyses import Analysis, Place, Sentiment
from groundswell_core.departments import Department
from groundswell_core.documents import Document, Signals
from groundswell_core.grades import Contribution, Grade, Level
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
from groundswell_core.stories import MonitorGrade, SeriesPoint, Story, StoryEvent, StoryState


def minutes(count: float) -> timedelta:
    return timedelta(minutes=count)


@dataclass
class World:
    """Everything by name; tests change it freely."""

    now: datetime = field(default_factory=lambda: datetime.now(UTC))
    sources: dict[str, Source] = field(default_factory=dict)
    monitors: dict[str, Monitor] = field(default_factory=dict)
    stories: dict[str, Story] = field(default_factory=dict)
    series: dict[str, list[SeriesPoint]] = field(default_factory=dict)
    timelines: dict[str, list[StoryEvent]] = field(default_factory=dict)
    analyses: list[Analysis] = field(default_factory=list)
    alerts: dict[str, Alert] = field(default_factory=dict)
    notifications: list[Notification] = field(default_factory=list)
    incidents: dict[str, Incident] = field(default_factory=dict)
    departments: dict[str, Department] = field(default_factory=dict)
    coverage: Coverage | None = None


def grade(level: Level, score: float, now: datetime) -> Grade:
    share = score / 100
    parts = (
        (
            "burst",
            12.4,
            0.40,
            "31 documents in the last hour, 12 of them in the last ten minutes, where 1.4 an hour is usual: 12.4 deviations.",
        ),
        ("spread", 9.0, 0.20, "9 outlets of 2 kinds of source and 3 places."),
        ("sentiment", 0.52, 0.10, "Mean sentiment is -0.52 on a scale from -1 to 1."),
        ("source_weight", 0.7, 0.10, "The sources that report it weigh 0.70 of 1 on average."),
        ("category", 1.0, 0.20, "Its category is public_health, which weighs 1.00 of 1."),
    )
    return Grade(
        level=level,
        raw_level=level,
        score=score,
        rule_version="rules-1",
        previous_level=Level.NONE,
        contributions=tuple(
            Contribution(component=name, input=value, scaled=share, weight=weight, points=100 * weight * share, reason=reason)
            for name, value, weight, reason in parts
        ),
        grade_time=now - minutes(1),
        support=31,
    )  # fmt: skip


_STORIES = (
    ("water", "多名居民反映自来水有异味 水务集团称正在排查", "zh", Level.I, 84.2, "public_health", 31, 57, 14, 150, ("自来水", "异味", "水务集团", "停水", "检测", "居民")),
    ("school", "某中学食堂疑似食物中毒 二十余名学生送医", "zh", Level.II, 66.1, "public_health", 18, 22, 9, 95, ("食堂", "学生", "呕吐", "送医", "疾控中心")),
    ("bridge", "城西大桥封闭抢修 早高峰拥堵严重", "zh", Level.III, 47.5, "accident", 9, 4, 5, 240, ("大桥", "封闭", "抢修", "绕行")),
    ("breach", "Airline confirms data breach affecting frequent flyers", "en", Level.III, 44.0, "data_leak", 12, 6, 8, 180, ("airline", "data breach", "passengers", "records")),
    ("heat", "高温橙色预警持续 用电负荷创新高", "zh", Level.IV, 27.3, "natural_disaster", 6, 2, 4, 300, ("高温", "用电", "负荷")),
    ("concert", "演唱会散场地铁延时运营", "zh", Level.NONE, 11.0, "service", 4, 0, 3, 120, ("演唱会", "地铁")),
    ("recall", "Maker recalls 40,000 kettles after burns", "en", Level.NONE, 9.0, "product_quality", 3, 1, 2, 400, ("recall", "kettles")),
)  # fmt: skip

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
    for row in _STORIES:
        _add_story(world, *row)
    _add_incidents(world)
    return world


def empty() -> World:
    """Returns a world right after the first start."""
    return World(coverage=Coverage())


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


_MONITOR_OF = {"water": "drinking-water", "school": "food-safety", "bridge": "traffic", "breach": "data-leaks", "heat": "power"}  # fmt: skip


def _add_story(
    world: World, key: str, headline: str, language: str, level: Level, score: float, category: str,
    documents: int, copies: int, outlets: int, age: int, terms: tuple[str, ...],
) -> None:  # fmt: skip
    now, name = world.now, f"stories/{key}"
    monitor = f"monitors/{_MONITOR_OF[key]}" if key in _MONITOR_OF else ""
    graded = grade(level, score, now)
    world.stories[name] = Story(
        name=name,
        headline=headline,
        language=language,
        terms=terms,
        document_count=documents,
        copy_count=copies,
        revision_count=2,
        outlet_count=outlets,
        source_kind_count=2,
        heat=1_283_000.0 if key == "water" else None,
        best_rank=3 if key == "water" else None,
        places=(
            Place(code="CN-44", display_name="广东", mentions=23),
            Place(code="CN-44-01", display_name="广州", mentions=11),
            Place(code="CN-44-03", display_name="深圳", mentions=2),
        )
        if language == "zh"
        else (Place(code="GB", display_name="United Kingdom", mentions=7),),
        category=category,
        sentiment=-0.52,
        grades=(MonitorGrade(monitor=monitor, grade=graded),) if monitor else (),
        level=level,
        start_time=now - minutes(age),
        update_time=now - minutes(2),
        state=StoryState.ACTIVE if level > Level.NONE else StoryState.RESTING,
    )
    world.series[name] = _series(now, age, documents, copies, heat=key == "water")
    world.timelines[name] = _timeline(world, now, age, headline, level, score, monitor)
    world.analyses += [
        _analysis(world, key, headline, category, i) for i in range(min(documents, 26))
    ]
    if monitor and level > Level.NONE:
        _add_alert(world, key, monitor, graded)


def _series(
    now: datetime, age: int, documents: int, copies: int, *, heat: bool
) -> list[SeriesPoint]:
    points = []
    for step in range(age):
        rise = (step / age) ** 3
        count = int(documents * 4 * rise / age * 1.6 + ((step * 7) % 5 == 0))
        points.append(
            SeriesPoint(
                start_time=(now - minutes(age - step)).replace(second=0, microsecond=0),
                documents=count,
                copies=int(copies * 4 * rise / age * 1.4),
                heat=200_000 + 1_083_000 * rise if heat and step % 3 == 0 else None,
            )
        )
    return points


def _timeline(
    world: World, now: datetime, age: int, headline: str, level: Level, score: float, monitor: str
) -> list[StoryEvent]:
    events = [
        StoryEvent(time=now - minutes(age), event="first_document", text=f"城市日报: {headline}"),
        StoryEvent(time=now - minutes(age * 0.7), event="outlet", text="晚报网: 记者实地走访"),
    ]
    shown = world.monitors[monitor].display_name if monitor else ""
    steps = [one for one in (Level.IV, Level.III, Level.II, Level.I) if one <= level]
    for position, one in enumerate(steps):
        text = f"{shown}: level {one.name}, score {score - 12 * (len(steps) - position - 1):.1f}. 9 outlets of 2 kinds of source and 3 places."
        when = now - minutes(age * 0.5 * (1 - position / 4))
        events.append(StoryEvent(time=when, event="level", text=text, monitor=monitor, level=one))
    return events


def _analysis(world: World, key: str, headline: str, category: str, index: int) -> Analysis:
    now = world.now
    source = list(world.sources.values())[index % 4]
    copied = index % 3 == 2
    document = Document(
        name=f"documents/{key}{index:02d}",
        source=source.name,
        source_kind=source.kind,
        outlet=source.display_name,
        url=f"https://{source.name.partition('/')[2]}.example/{key}/{index}",
        title=headline if copied else f"{headline}（{index + 1}）",
        text="记者从相关部门了解到，情况正在核实，后续进展将及时通报。居民可拨打热线咨询。" * 2,
        publish_time=now - minutes(3 + 4 * index),
        collect_time=now - minutes(2 + 4 * index),
        signals=Signals(rank=3, heat=1_283_000) if source.kind == "hotlist" else None,
    )
    return Analysis(
        name=f"analyses/{key}{index:02d}",
        document=document,
        category=category,
        sentiment=Sentiment(score=-0.5, confidence=0.8, method="lexicon-1"),
        story=f"stories/{key}",
        near_copy=copied,
        analyze_time=now - minutes(2 + 4 * index) + timedelta(seconds=0.8),
    )


def _add_alert(world: World, key: str, monitor: str, graded: Grade) -> None:
    story, now = world.stories[f"stories/{key}"], world.now
    name = f"alerts/{key}0000000000000"[:23]
    start = now - minutes(40)
    alert = Alert(
        name=name,
        monitor=monitor,
        monitor_display_name=world.monitors[monitor].display_name,
        story=story.name,
        version=3,
        headline=story.headline,
        summary=f"{story.headline}。过去一小时共 31 篇文档、57 篇转载，涉及广东、广州；突发程度为平常的 12 倍，来自 9 家媒体。",
        labels={"monitor": monitor.partition("/")[2], "level": graded.level.name, "category": story.category, "place": "CN-44"},
        grade=graded,
        document_count=story.document_count,
        copy_count=story.copy_count,
        outlet_count=story.outlet_count,
        coverage=world.coverage,
        url=f"https://city-daily.example/{key}/0",
        start_time=start,
        publish_time=story.start_time,
        collect_time=start - timedelta(seconds=42),
        analyze_time=start - timedelta(seconds=40.9),
        story_time=start - timedelta(seconds=40.4),
        grade_time=start - timedelta(seconds=38.2),
        notify_time=start - timedelta(seconds=31),
    )  # fmt: skip
    if key in ("bridge", "breach"):
        alert = replace(alert, acknowledge_time=start + minutes(3), acknowledged_by="chen.min")
    if key == "heat":
        alert = replace(alert, state=AlertState.RESOLVED, end_time=now - minutes(12))
    world.alerts[name] = alert
    _add_notifications(world, alert)


def _add_notifications(world: World, alert: Alert) -> None:
    start = alert.start_time or world.now
    world.notifications.append(
        Notification(
            name=f"notifications/a{alert.name[-6:]}",
            receiver="duty-desk",
            integration="webhook",
            alerts=(alert.name,),
            reason="first",
            state=NotificationState.DELIVERED,
            attempts=1,
            create_time=start - timedelta(seconds=33),
            deliver_time=start - timedelta(seconds=31),
        )
    )
    world.notifications.append(
        Notification(
            name=f"notifications/b{alert.name[-6:]}",
            receiver="leaders-mail",
            integration="email",
            alerts=(alert.name,),
            reason="regraded",
            state=NotificationState.PENDING,
            attempts=4,
            last_error="mail.example answered 451: try again later",
            create_time=start + minutes(10),
            next_attempt_time=world.now + minutes(2),
        )
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
