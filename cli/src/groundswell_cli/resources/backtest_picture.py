"""A backtest as a picture: alarms of each day, how early they came, what other thresholds give."""

from __future__ import annotations

from datetime import UTC
from pathlib import Path
from typing import Any

from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from matplotlib.font_manager import FontProperties

_FONTS = Path("/usr/share/fonts")
_COLOURS = {
    "I": ("level_i", "#d32f2f"),
    "II": ("level_ii", "#ef8a17"),
    "III": ("level_iii", "#e8c51c"),
    "IV": ("level_iv", "#3b7dd8"),
}
_INK, _PALE = "#1d2733", "#8a97a6"


def draw(backtest: Any, file: Path) -> None:
    """Draws a finished backtest into a PNG file of 1,200 by 1,150 points."""
    figure = Figure(figsize=(12, 11.5), dpi=100, layout="constrained")
    FigureCanvasAgg(figure)
    days, leads, thresholds = figure.subplots(3, 1)
    font = _font()
    title = f"{backtest.monitor.display_name or backtest.monitor.name}: {backtest.monitor.query}"
    figure.suptitle(title[:90], fontproperties=font, fontsize=15, color=_INK, x=0.02, ha="left")
    _draw_days(days, backtest)
    _draw_leads(leads, backtest)
    _draw_thresholds(thresholds, backtest)
    for axes in (days, leads, thresholds):
        _calm(axes)
    figure.savefig(file, format="png")


def _draw_days(axes: Any, backtest: Any) -> None:
    names = [day.start_time.ToDatetime(tzinfo=UTC).strftime("%m-%d") for day in backtest.days]
    places, base = range(len(names)), [0] * len(names)
    for level, (field, colour) in _COLOURS.items():
        heights = [getattr(day, field) for day in backtest.days]
        axes.bar(places, heights, bottom=base, color=colour, label=f"level {level}", width=0.7)
        base = [low + height for low, height in zip(base, heights, strict=True)]
    every = max(len(names) // 14, 1)
    axes.set_xticks(list(places)[::every], names[::every])
    axes.axhline(backtest.wanted_alarms_per_day, color=_PALE, linestyle="--", linewidth=1)
    axes.set_title(
        f"Alarms a day: {backtest.alarms_per_day:.2f}; "
        f"{backtest.wanted_alarms_per_day:g} wanted (dashed)",
        loc="left",
    )
    axes.legend(frameon=False, ncols=4, loc="upper right")


def _draw_leads(axes: Any, backtest: Any) -> None:
    alarms = [alarm for alarm in backtest.alarms if alarm.HasField("lead")]
    hours = [alarm.lead.ToTimedelta().total_seconds() / 3600 for alarm in alarms]
    scores = [alarm.highest_score for alarm in alarms]
    axes.scatter(hours, scores, s=28, color=[_colour(alarm) for alarm in alarms], alpha=0.85)
    axes.axvline(0, color=_PALE, linewidth=1)
    axes.set_title("How early: each alarm's hours before its story's peak", loc="left")
    axes.set_xlabel("hours before the peak (left of 0: after it)")
    axes.set_ylabel("highest score")


def _colour(alarm: Any) -> str:
    colours = [colour for _, colour in reversed(_COLOURS.values())]
    return colours[min(max(int(alarm.highest_level) - 2, 0), 3)]


def _draw_thresholds(axes: Any, backtest: Any) -> None:
    scores = [point.score for point in backtest.thresholds]
    axes.step(
        scores,
        [point.alarms_per_day for point in backtest.thresholds],
        where="post",
        color="#3b7dd8",
        label="alarms a day",
    )
    if backtest.outcomes:
        missed = [point.missed for point in backtest.thresholds]
        axes.step(scores, missed, where="post", color="#d32f2f", label="expected ones missed")
    if backtest.HasField("suggested_score"):
        score = backtest.suggested_score
        axes.axvline(
            score, color=_INK, linestyle="--", linewidth=1, label=f"suggested: {score:.1f}"
        )
    axes.set_title("What other thresholds would have given", loc="left")
    axes.set_xlabel("lowest score that alerts")
    axes.legend(frameon=False)


def _calm(axes: Any) -> None:
    for side in ("top", "right"):
        axes.spines[side].set_visible(False)
    axes.tick_params(colors=_INK)
    axes.grid(axis="y", color="#e5e9ee", linewidth=0.8)
    axes.set_axisbelow(True)


def _font() -> FontProperties:
    """Returns a font that has Chinese characters, where the system has one."""
    found = sorted(_FONTS.rglob("NotoSansCJK-Regular*")) if _FONTS.is_dir() else []
    return FontProperties(fname=str(found[0])) if found else FontProperties()
