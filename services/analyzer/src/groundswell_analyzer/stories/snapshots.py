"""What graders see of a story: its counts beside what is usual for a monitor and on its board."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from weakref import WeakKeyDictionary

from groundswell_analyzer.bursts import (
    AlarmBudget,
    BoardLook,
    HeatBaselines,
    HourBaselines,
    Usual,
    chance_to_pass,
    hour_number,
    hour_of,
)
from groundswell_analyzer.bursts.budget import EPISODE
from groundswell_analyzer.grading.burst import deviations_of
from groundswell_analyzer.grading.harm import KINDS, Claimed, agreed
from groundswell_analyzer.grading.rules import Rules
from groundswell_analyzer.grading.snapshot import Snapshot
from groundswell_analyzer.stories.member import minute_of, minute_time
from groundswell_analyzer.stories.open_story import OpenStory, most_frequent
from groundswell_analyzer.stories.past import COLLECTED, kind_name, main_kind, own_usual
from groundswell_core.analyses import ClaimQualifier
from groundswell_core.monitors import Monitor

DEFAULT_SUPPORT = 3
DEFAULT_ALARMS = 5.0  # a day
_PEAKS_MOST = 30  # of an hour, that are kept
_HOURS_OF_PEAKS = 3


class Snapshots:
    """Knows what is usual, and sees every story beside it."""

    def __init__(self, rules: Rules) -> None:
        """Starts without history: then the rules' own numbers hold."""
        self._rules = rules
        self.hours = HourBaselines()
        self.heats = HeatBaselines()
        self._usual: dict[str, tuple[datetime, Usual | None]] = {}  # of the present hour
        self._own: WeakKeyDictionary[OpenStory, tuple[int, Usual | None]]
        self._own = WeakKeyDictionary()  # of the present hour
        self._budgets: dict[str, AlarmBudget] = {}
        self._thresholds: dict[str, tuple[tuple[float, int], float]] = {}  # of the present episode
        self._peaks: dict[str, dict[datetime, dict[str, float]]] = {}
        self._chances: WeakKeyDictionary[OpenStory, tuple[int | None, int, float]]
        self._chances = WeakKeyDictionary()

    def of(self, monitor: Monitor, story: OpenStory, event_now: datetime) -> Snapshot:
        """Returns a story as a monitor sees it at a moment."""
        tally, minute = story.tally, minute_of(event_now)
        heat = story.heats.now(minute)
        usual_heat = self.heats.usual(heat.source)
        usual_hour = self._usual_hour(monitor.name, story, event_now)
        harm = harm_of(story, self._rules)
        return Snapshot(
            # MongoDB keeps milliseconds: a stored grade must be computed again from the same time.
            time=event_now.replace(microsecond=event_now.microsecond // 1000 * 1000),
            last_ten_minutes=story.count_since(minute - 9),
            last_hour=story.count_since(minute - 59),
            quiet_minutes=_quiet_minutes(story, event_now),
            usual_hour=usual_hour.value,
            usual_spread=usual_hour.spread,
            alarm_threshold=self._threshold(monitor, event_now),
            heat=heat.heat,
            usual_heat=usual_heat.value if usual_heat else None,
            heat_spread=usual_heat.spread if usual_heat else None,
            warning_chance=self._chance(story, usual_heat) if heat.heat else None,
            rank=heat.rank,
            best_rank=story.heats.best_rank,
            voices=len(tally.voices),
            outlets=len(tally.outlets),
            source_kinds=len(tally.source_kinds),
            places=len(tally.places),
            negative=story.negative_share(),
            source_weight=story.mean_weight(),
            category=story.category(),
            topic=most_frequent(tally.topics),
            dead=harm.get("dead"),
            missing=harm.get("missing"),
            injured=harm.get("injured"),
            is_unconfirmed=story.told is not None and story.told.is_unconfirmed,
            support=story.support(monitor.name),
            minimum_support=monitor.minimum_support or DEFAULT_SUPPORT,
        )

    def learn(self, monitor: str, story: OpenStory, snapshot: Snapshot) -> None:
        """Learns how unusual a monitor's stories get, which its alarm budget goes by."""
        self.learn_peak(monitor, story.id, snapshot.time, deviations_of(snapshot, self._rules))

    def learn_peak(self, monitor: str, series: str, moment: datetime, peak: float) -> None:
        """Learns how unusual a series was at a moment; moments never go back by more than an hour."""
        self._budgets.setdefault(monitor, AlarmBudget()).learn_one(series, moment, peak)
        hours = self._peaks.setdefault(monitor, {})
        known = hours.setdefault(hour_of(moment), {})
        known[series] = max(known.get(series, peak), peak)
        if len(hours) > _HOURS_OF_PEAKS:
            del hours[min(hours)]

    def peaks(self, monitor: str, hour: datetime) -> dict[str, float]:
        """Returns how unusual the most unusual stories of an hour were."""
        known = self._peaks.get(monitor, {}).get(hour, {})
        highest = sorted(known, key=lambda series: -known[series])[:_PEAKS_MOST]
        return {series: known[series] for series in highest}

    def _threshold(self, monitor: Monitor, now: datetime) -> float:
        """Returns the alarm threshold that held when the present episode began.

        A great event makes many stories unusual at once; it may not make itself look usual.
        """
        wanted = monitor.alarms_per_day or DEFAULT_ALARMS
        stamp = (wanted, int(now.timestamp() // EPISODE.total_seconds()))
        known = self._thresholds.get(monitor.name)
        if known is None or known[0] != stamp:
            budget = self._budgets.setdefault(monitor.name, AlarmBudget())
            known = (stamp, budget.threshold(wanted))
            self._thresholds[monitor.name] = known
        return known[1]

    def learn_heats(self, story: OpenStory, identifiers: Iterable[str]) -> None:
        """Learns the usual heat of boards from the newest entries of documents."""
        for identifier in identifiers:
            member = story.members.get(identifier)
            if member is not None and member.heats and (heat := member.heats[-1][1]):
                self.heats.note(member.source, heat)

    def learn_past(self, monitor: str, hours: Mapping[datetime, float]) -> None:
        """Learns past hours of a monitor all at once."""
        for hour in sorted(hours):
            self.hours.note(monitor, hour, hours[hour])
        self._usual.pop(monitor, None)

    def forget(self, monitor: str) -> None:
        """Forgets all that was learned of a monitor."""
        self.hours.forget(monitor)
        for known in (self._usual, self._budgets, self._peaks, self._thresholds):
            known.pop(monitor, None)

    def _usual_hour(self, monitor: str, story: OpenStory, event_now: datetime) -> Usual:
        """Returns the greatest of what is usual: for the monitor, its kind of source, the story."""
        hour = hour_of(event_now)
        candidates = (
            self._known_hour(monitor, hour),
            self._known_hour(kind_name(main_kind(story)), hour),
            self._own_hour(story, event_now),
        )
        prior = Usual(self._rules.burst.usual_hour, 1.0)
        return max(filter(None, candidates), key=lambda one: one.value, default=prior)

    def _own_hour(self, story: OpenStory, event_now: datetime) -> Usual | None:
        """Returns what is usual for a story by its own past, which changes once an hour."""
        hour, known = hour_number(event_now), self._own.get(story)
        if known is None or known[0] != hour:
            known = (hour, own_usual(story, event_now, self.hours.known(COLLECTED)))
            self._own[story] = known
        return known[1]

    def _known_hour(self, name: str, hour: datetime) -> Usual | None:
        """Returns what is usual; eight weeks of hours are looked through once an hour."""
        known = self._usual.get(name)
        if known is None or known[0] != hour:
            known = self._usual[name] = (hour, self.hours.usual(name, hour))
        return known[1]

    def _chance(self, story: OpenStory, usual: Usual | None) -> float:
        """Returns the chance of great heat within a day; computed once for each look at its board."""
        series, board = story.heats, self._rules.burst.board
        stamp = series.latest_minute, len(series.heats)
        known = self._chances.get(story)
        if known is None or known[:2] != stamp:
            level = board.warning_times * (usual.value if usual else board.usual_heat)
            looks = [
                BoardLook(time=minute_time(one), heat=heat, rank=series.ranks.get(one))
                for one, heat in series.heats.items()
            ]
            known = (*stamp, chance_to_pass(looks, level))
            self._chances[story] = known
        return known[2]


def harm_of(story: OpenStory, rules: Rules) -> dict[str, int]:
    """Returns the numbers of dead, missing and injured that independent voices agree on."""
    claims = (
        Claimed(member.speaker, member.source_weight / 1000, KINDS[claim.kind], int(claim.value))
        for member in story.claiming()
        for claim in sorted(member.claims, key=lambda one: -one.value)
        if claim.kind in KINDS and claim.qualifier is not ClaimQualifier.AT_MOST
    )
    return dict(agreed(claims, rules.harm))


def _quiet_minutes(story: OpenStory, event_now: datetime) -> float:
    if story.update_time is None:
        return 0.0
    return max((event_now - story.update_time).total_seconds(), 0.0) / 60
