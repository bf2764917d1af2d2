"""What the demo says while it runs: stories that rise, grades that change, alerts that arrive."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from groundswell_cli.resources import output
from groundswell_core.clock import Clock
from groundswell_core.grades import Level

_STEPS = (3, 5, 10, 20, 50, 100, 200)  # documents at which a graded story is told again


@dataclass(slots=True)
class Firsts:
    """Seconds from the start of the demo to the first of each; None: not yet."""

    ready: float | None = None
    graded: float | None = None
    watched: float | None = None
    received: float | None = None
    seen: set[str] = field(default_factory=set)  # alerts that the watch showed
    sent: set[str] = field(default_factory=set)  # alerts that the sink got

    @property
    def shared(self) -> set[str]:
        """Returns the alerts that both the watch and the sink have."""
        return self.seen & self.sent


class Narrator:
    """Turns changes into lines."""

    def __init__(self, tell: Callable[[str], None], clock: Clock) -> None:
        """Counts seconds from now."""
        self._tell = tell
        self._clock = clock
        self._began = clock.monotonic()
        self._levels: dict[str, int] = {}
        self._alerts: dict[str, tuple[int, int]] = {}  # name -> level, state
        self._sizes: dict[str, int] = {}
        self.firsts = Firsts()

    def seconds(self) -> float:
        """Returns how long the demo has run."""
        return self._clock.monotonic() - self._began

    def ready(self) -> None:
        """Notes that all is healthy."""
        self.firsts.ready = self.seconds()

    def story(self, story: Any) -> None:
        """Tells of a story whose level changed, or that grew past a step while it has one."""
        before = self._levels.get(story.name, int(Level.NONE))
        level = story.level or int(Level.NONE)
        self._levels[story.name] = level
        size = sum(story.document_count + story.copy_count >= step for step in _STEPS)
        has_grown = size > self._sizes.get(story.name, 0)
        self._sizes[story.name] = max(size, self._sizes.get(story.name, 0))
        if level != before:
            self._graded(story, before, level)
        elif has_grown and level > Level.NONE:
            self._say("story rises", story.headline, _size(story))

    def _graded(self, story: Any, before: int, level: int) -> None:
        if self.firsts.graded is None and level > Level.NONE:
            self.firsts.graded = self.seconds()
        change = f"{_word(before)} → {_word(level)}"
        self._say("grade", f"{change}  {story.headline}", _size(story))

    def alert(self, alert: Any) -> None:
        """Tells of a change of level or state that `groundswell alerts watch` shows too."""
        if self.firsts.watched is None:
            self.firsts.watched = self.seconds()
        self.firsts.seen.add(alert.name)
        now = (alert.grade.level, alert.state)
        if self._alerts.get(alert.name) == now:
            return
        self._alerts[alert.name] = now
        state = str(output.alert_state(alert))
        monitor = alert.monitor_display_name or alert.monitor
        what = f"{_word(alert.grade.level)} {state}  {alert.headline}"
        self._say("alert", what, f"{monitor}, {output.short(alert.name)}")

    def notification(self, body: dict[str, Any]) -> None:
        """Tells of a notification whose signature was good."""
        if self.firsts.received is None:
            self.firsts.received = self.seconds()
        names = [alert["name"] for alert in body["alerts"]]
        self.firsts.sent.update(names)
        told = ", ".join(map(output.short, names[:3]))
        self._say("webhook", body["title"], f"signature good, {body['reason']}, {told}")

    def _say(self, what: str, text: str, rest: str) -> None:
        self._tell(f"{what:<12}{text}  ({rest})")

    def summary(self) -> list[str]:
        """Returns what was measured, a line each."""
        firsts = self.firsts
        named = (
            ("all healthy", firsts.ready),
            ("first story with a grade above none", firsts.graded),
            ("first alert in the watch", firsts.watched),
            ("first alert at the webhook sink", firsts.received),
        )
        lines = [f"{name}: {_after(seconds)}" for name, seconds in named]
        return [*lines, f"alerts that both watch and sink have: {len(firsts.shared)}"]


def _after(seconds: float | None) -> str:
    return "not yet" if seconds is None else f"{seconds:.1f} s after the start"


def _word(level: int) -> str:
    return str(output.level_text(level))


def _size(story: Any) -> str:
    counted = (
        _counted(story.document_count, "document", "documents"),
        _counted(story.copy_count, "copy", "copies"),
        _counted(story.outlet_count, "outlet", "outlets"),
    )
    return f"{', '.join(counted)}, heat {output.heat(story)}"


def _counted(number: int, one: str, many: str) -> str:
    return f"{number} {one if number == 1 else many}"
