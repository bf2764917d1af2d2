"""Stories of the sample world, with their documents, grades and alerts."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

from console_stand_in.world import World
from groundswell_core.alerts import Alert, AlertState, Notification, NotificationState
from groundswell_core.analyses import Analysis, Place, Sentiment
from groundswell_core.documents import Document, Signals
from groundswell_core.grades import Contribution, Grade, Level
from groundswell_core.stories import MonitorGrade, SeriesPoint, Story, StoryEvent, StoryState


def minutes(count: float) -> timedelta:
    return timedelta(minutes=count)


def grade(level: Level, score: float, now: datetime) -> Grade:
    share = score / 100
    parts = (
        (
            "burst",
            12.4,
            0.40,
            "31 documents in the last hour, 12 of them in the last ten minutes, where 1.4 an hour is usual: 3.1 times the alarm threshold of 4.0 deviations.",
        ),
        (
            "spread",
            9.0,
            0.20,
            "9 independent voices, 2 more by its place on a board, 5 outlets that only copied; 2 kinds of source, 3 places, 1 language.",
        ),
        ("sentiment", 0.52, 0.10, "64 % of what is said is negative."),
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
            Contribution(component=name, input=value, scaled=share, weight=weight, points=100 * weight * share, reason=reason, formula=f"ln {1 + value:.3f} ÷ ln 41 = {share:.4f}; {share:.4f} × {100 * weight:g} = {100 * weight * share:.2f}")
            for name, value, weight, reason in parts
        ),
        grade_time=now - minutes(1),
        support=31,
        limits=("Nothing was heard of it for 870946 minutes; after 720 it has no level.",)
        if level is Level.NONE
        else (),
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

_MONITOR_OF = {"concert": "traffic", "water": "drinking-water", "school": "food-safety", "bridge": "traffic", "breach": "data-leaks", "heat": "power"}  # fmt: skip


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
        text = f"{shown}: level {one.name}, score {score - 12 * (len(steps) - position - 1):.1f}. 64 % of what is said is negative."
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


def add_stories(world: World) -> None:
    for row in _STORIES:
        _add_story(world, *row)
