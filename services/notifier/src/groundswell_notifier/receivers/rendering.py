"""What a person reads: what, where, how fast, how serious and why, how much we see, and a link."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime

from groundswell_core.alerts import Alert, AlertState
from groundswell_core.grades import Level
from groundswell_notifier.held import level_of
from groundswell_notifier.notification_log import Sending

FULL_ALERTS = 3  # told with all that is known
SHORT_ALERTS = 10  # told in one line; the rest by number
_TITLE_LENGTH = 160
_LINE_LENGTH = 400


@dataclass(frozen=True, slots=True, kw_only=True)
class Message:
    """A notification for people, plain text."""

    title: str
    text: str
    link: str


_WORDS: Mapping[str, Mapping[str, str]] = {
    "zh": {
        "exercise": "【演练】",
        "resolved": "【已解除】",
        "level": "【{level}级·{colour}】",
        "no_level": "【未定级】",
        "more": "等 {count} 条",
        "monitor": "监测方案：{value}",
        "place": "地点：{value}",
        "speed": "态势：{documents} 篇报道，{copies} 次转载，{outlets} 家媒体，自 {start} 起",
        "why": "定级依据：{reasons}（得分 {score:.0f}，规则 {rule}）",
        "coverage": "覆盖：应报信源 {expected} 个，已报 {reported} 个",
        "silent": "；未报：{names}",
        "source": "原文：{value}",
        "link": "详情：{value}",
        "rest": "另有 {count} 条，见详情",
        "join": "；",
        "and": "、",
    },
    "en": {
        "exercise": "[DRILL] ",
        "resolved": "[Resolved] ",
        "level": "[Level {level}, {colour}] ",
        "no_level": "[No level] ",
        "more": " and {count} in all",
        "monitor": "Monitor: {value}",
        "place": "Where: {value}",
        "speed": "How fast: {documents} documents, {copies} copies, {outlets} outlets since {start}",
        "why": "Why: {reasons} (score {score:.0f}, rules {rule})",
        "coverage": "Coverage: {reported} of {expected} expected sources reported",
        "silent": "; silent: {names}",
        "source": "Source: {value}",
        "link": "More: {value}",
        "rest": "{count} more, see the link",
        "join": "; ",
        "and": ", ",
    },
}
_COLOURS: Mapping[str, Mapping[Level, str]] = {
    "zh": {Level.I: "红色", Level.II: "橙色", Level.III: "黄色", Level.IV: "蓝色"},
    "en": {Level.I: "red", Level.II: "orange", Level.III: "yellow", Level.IV: "blue"},
}
# Chats take these for mentions, links and emphasis; their wide twins read the same and do nothing.
_HARMLESS = str.maketrans("@<>[]*`", "＠＜＞［］＊｀")


def plain(text: str, length: int = _LINE_LENGTH) -> str:
    """Returns text on one line without control, bidirectional and invisible characters."""
    kept = (" " if char.isspace() else char for char in text if _is_shown(char))
    line = " ".join("".join(kept).split())
    return line if len(line) <= length else line[: length - 1] + "…"


def _is_shown(char: str) -> bool:
    return char.isspace() or unicodedata.category(char) not in {"Cc", "Cf", "Cs", "Co", "Cn"}


def harmless(text: str) -> str:
    """Returns text that mentions nobody and marks nothing up in a chat."""
    return text.translate(_HARMLESS)


def render(sending: Sending, language: str, public_url: str) -> Message:
    """Returns a notification in one language."""
    words = _WORDS[language]
    alerts = sorted(sending.contents, key=_order)
    link = f"{public_url.rstrip('/')}/{alerts[0].story}" if public_url and alerts else ""
    lines = [line for alert in alerts[:FULL_ALERTS] for line in _full(alert, language)]
    short = alerts[FULL_ALERTS : FULL_ALERTS + SHORT_ALERTS]
    lines.extend(_title(alert, language) for alert in short)
    total = sending.firing_count + sending.resolved_count
    if (rest := total - len(alerts[:FULL_ALERTS]) - len(short)) > 0:
        lines.append(words["rest"].format(count=rest))
    if link:
        lines.append(words["link"].format(value=link))
    return Message(
        title=_headline(sending, alerts, language, total), text="\n".join(lines).strip(), link=link
    )


def _order(alert: Alert) -> tuple[bool, int]:
    return alert.state is not AlertState.FIRING, -int(level_of(alert))


def _headline(sending: Sending, alerts: list[Alert], language: str, total: int) -> str:
    words = _WORDS[language]
    first = _title(alerts[0], language) if alerts else ""
    mark = words["exercise"] if sending.notification.exercise else ""
    more = words["more"].format(count=total) if total > 1 else ""
    return plain(f"{mark}{first}", _TITLE_LENGTH) + more


def _title(alert: Alert, language: str) -> str:
    words, level = _WORDS[language], level_of(alert)
    colour = _COLOURS[language].get(level, "")
    graded = words["level"].format(level=level.name, colour=colour) if colour else words["no_level"]
    mark = words["resolved"] if alert.state is AlertState.RESOLVED else ""
    return plain(f"{mark}{graded}{alert.headline or alert.name}", _TITLE_LENGTH)


def _full(alert: Alert, language: str) -> Iterator[str]:
    words = _WORDS[language]
    yield _title(alert, language)
    if alert.summary:
        yield plain(alert.summary)
    yield words["monitor"].format(value=plain(alert.monitor_display_name or alert.monitor))
    if not alert.summary and (place := alert.labels.get("place")):
        yield words["place"].format(value=plain(place))
    yield words["speed"].format(
        documents=alert.document_count,
        copies=alert.copy_count,
        outlets=alert.outlet_count,
        start=_time(alert.start_time or alert.publish_time),
    )
    yield from _why(alert, words)
    yield from _coverage(alert, words)
    if alert.url:
        yield words["source"].format(value=plain(alert.url, 1000))
    yield ""


def _why(alert: Alert, words: Mapping[str, str]) -> Iterator[str]:
    if alert.grade and alert.grade.contributions:
        weightiest = sorted(alert.grade.contributions, key=lambda part: -part.points)[:3]
        reasons = words["join"].join(
            plain(part.reason or part.component, 120) for part in weightiest
        )
        yield words["why"].format(
            reasons=reasons, score=alert.grade.score, rule=plain(alert.grade.rule_version, 40)
        )


def _coverage(alert: Alert, words: Mapping[str, str]) -> Iterator[str]:
    if alert.coverage and alert.coverage.expected:
        line = words["coverage"].format(
            expected=alert.coverage.expected, reported=alert.coverage.reported
        )
        silent = [
            plain(source.display_name or source.source, 60)
            for source in alert.coverage.silent_sources[:5]
        ]
        yield line + (words["silent"].format(names=words["and"].join(silent)) if silent else "")


def _time(moment: datetime | None) -> str:
    return moment.astimezone(UTC).strftime("%Y-%m-%d %H:%M UTC") if moment else "?"
