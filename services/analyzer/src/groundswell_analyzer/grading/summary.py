"""What, where, how fast, how serious and why, in two or three sentences, Chinese or English."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from groundswell_analyzer.grading.burst import burst_of
from groundswell_analyzer.grading.facts import StoryFacts
from groundswell_analyzer.grading.graded import Graded
from groundswell_analyzer.grading.rules import Rules
from groundswell_analyzer.grading.snapshot import Snapshot
from groundswell_core.grades import COLOURS, Contribution, Level
from groundswell_core.monitors import Monitor

_CHINESE_LEVELS = {
    Level.I: "I级（红色，特别重大）",
    Level.II: "II级（橙色，重大）",
    Level.III: "III级（黄色，较大）",
    Level.IV: "IV级（蓝色，一般）",
}
_CHINESE_COMPONENTS = {
    "burst": "增速",
    "spread": "扩散",
    "sentiment": "负面情绪",
    "source_weight": "来源权重",
    "category": "事件类别",
    "harm": "人员伤亡",
}
_ENGLISH_COMPONENTS = {
    "burst": "its pace",
    "spread": "its spread",
    "sentiment": "negative sentiment",
    "source_weight": "the weight of its sources",
    "category": "its category",
    "harm": "harm to people",
}
_CHINESE_HARM = {"dead": "死亡", "missing": "失联", "injured": "受伤"}
_ENGLISH_HARM = {"dead": "dead", "missing": "missing", "injured": "injured"}


def language_of(monitor: Monitor, story_language: str) -> str:
    """Returns the language to write in: the monitor's when it has one, else the story's."""
    languages = {tag.partition("-")[0].lower() for tag in monitor.languages}
    return languages.pop() if len(languages) == 1 else story_language.partition("-")[0]


def summarize(facts: StoryFacts, graded: Graded, rules: Rules, language: str) -> str:
    """Returns the summary of an alert."""
    write: Callable[[StoryFacts, Graded, Rules], str] = _chinese if language == "zh" else _english
    return write(facts, graded, rules)


def _strongest(graded: Graded) -> list[Contribution]:
    parts = [part for part in graded.grade.contributions if part.points >= 3]
    return sorted(parts, key=lambda part: -part.points)[:2]


def _chinese(facts: StoryFacts, graded: Graded, rules: Rules) -> str:
    snapshot, grade, burst = graded.snapshot, graded.grade, burst_of(graded.snapshot, rules)
    where = f"，涉及{'、'.join(facts.place_names[:3])}" if facts.place_names else ""
    pace = f"近一小时{snapshot.last_hour}篇（常态{burst.counts.usual:.1f}篇）"
    if burst.heat is not None:
        place = f"第{burst.heat.rank}位" if burst.heat.rank else ""
        pace += f"，热榜{place}热度为常态的{burst.heat.heat / burst.heat.usual:.1f}倍"
    level = _CHINESE_LEVELS.get(grade.level, "未定级")
    why = "、".join(_CHINESE_COMPONENTS[part.component] for part in _strongest(graded))
    return (
        f"{facts.headline}{where}。{pace}，共{facts.document_count}篇、转载{facts.copy_count}篇、"
        f"{facts.outlet_count}家来源。{_chinese_care(facts, snapshot)}"
        f"定为{level}，{grade.score:.1f}分" + (f"，主要因素：{why}。" if why else "。")
    )


def _chinese_care(facts: StoryFacts, snapshot: Snapshot) -> str:
    """Returns what is known of harm, and how sure it is."""
    harm = [f"{name}{number}人" for name, number in _harm(snapshot, _CHINESE_HARM)]
    said = f"据报{'、'.join(harm)}。" if harm else ""
    if facts.conflicts:
        said += "各方说法不一。"
    return said + ("尚未证实。" if snapshot.is_unconfirmed else "")


def _english(facts: StoryFacts, graded: Graded, rules: Rules) -> str:
    snapshot, grade, burst = graded.snapshot, graded.grade, burst_of(graded.snapshot, rules)
    where = f" ({', '.join(facts.place_names[:3])})" if facts.place_names else ""
    usual = f"{burst.counts.usual:.1f} are usual"
    pace = f"{snapshot.last_hour} documents in the last hour where {usual}"
    if burst.heat is not None:
        place = f" at place {burst.heat.rank}" if burst.heat.rank else ""
        times = burst.heat.heat / burst.heat.usual
        pace += f", on a board{place} with {times:.1f} times the usual heat"
    colour = COLOURS.get(grade.level)
    level = f"Level {grade.level.name} ({colour})" if colour else "No level"
    why = " and ".join(_ENGLISH_COMPONENTS[part.component] for part in _strongest(graded))
    return (
        f"{facts.headline}{where}: {pace}; {facts.document_count} documents, "
        f"{facts.copy_count} copies, {facts.outlet_count} outlets in all. "
        f"{_english_care(facts, snapshot)}"
        f"{level}, score {grade.score:.1f}" + (f", because of {why}." if why else ".")
    )


def _english_care(facts: StoryFacts, snapshot: Snapshot) -> str:
    """Returns what is known of harm, and how sure it is."""
    harm = [f"{number} {name}" for name, number in _harm(snapshot, _ENGLISH_HARM)]
    said = f"Reported: {', '.join(harm)}. " if harm else ""
    if facts.conflicts:
        said += "Sources contradict each other. "
    return said + ("It is unconfirmed. " if snapshot.is_unconfirmed else "")


def _harm(snapshot: Snapshot, names: Mapping[str, str]) -> list[tuple[str, int]]:
    numbers = ((name, getattr(snapshot, kind)) for kind, name in names.items())
    return [(name, number) for name, number in numbers if number]
