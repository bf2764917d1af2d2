"""Replayed scenarios of grading: read, written out as documents, played minute by minute, judged."""

from __future__ import annotations

import random
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import yaml

from groundswell_analyzer.annotate import annotate
from groundswell_analyzer.bursts import hour_of
from groundswell_analyzer.grading import Rules
from groundswell_analyzer.query import CompiledQueries
from groundswell_analyzer.stories.desk import Desk
from groundswell_analyzer.stories.grader import Grader
from groundswell_analyzer.stories.life import Life
from groundswell_analyzer.stories.member import Piece, piece_of
from groundswell_analyzer.stories.open_story import OpenStory
from groundswell_analyzer.stories.teller import size_of
from groundswell_analyzer.stories.usual import typical_of_monitors
from groundswell_analyzer.telling.told import Told, is_due, tell
from groundswell_core.analyses import ANALYSES
from groundswell_core.documents import Document, DocumentState
from groundswell_core.grades import Level
from groundswell_core.identity import document_id, revision_of
from groundswell_core.monitors import Monitor, MonitorState

FOLDER = Path(__file__).resolve().parents[2] / "services/analyzer/tests/grading/scenarios"
_MINUTE = timedelta(minutes=1)
_CURVES = {"even": 1.0, "rise": 0.5, "fall": 1.5}  # exponents of an even draw
_FLAP = 120  # minutes within which a level that falls and rises again was better held


@dataclass(frozen=True, slots=True)
class Step:
    """A level that is right from a minute on."""

    level: Level
    minute: float
    within: float
    falls: bool = False


@dataclass(frozen=True, slots=True)
class Written:
    """A document of a scenario as it is at a minute."""

    minute: float
    document: Document
    heats: tuple[tuple[float, int, float], ...] = ()  # minute, rank, heat
    change: int = 1


@dataclass(frozen=True, slots=True)
class Scenario:
    """A course of events, and the levels that it deserves."""

    name: str
    spec: Mapping[str, Any]
    steps: tuple[Step, ...]
    highest: tuple[Level, ...]
    last: Level

    @property
    def start(self) -> datetime:
        """Returns the first moment."""
        return datetime.fromisoformat(self.spec["start"])

    @property
    def monitor(self) -> Monitor:
        """Returns the monitor that watches."""
        asked = dict(self.spec["monitor"])
        state = MonitorState[asked.pop("state", "on").upper()]
        asked["languages"] = tuple(asked.get("languages", ()))
        return Monitor(name="monitors/scenario", alert_level=Level.IV, state=state, **asked)


@dataclass(slots=True)
class Played:
    """What grading made of a scenario: level and score of its story, minute by minute."""

    levels: list[tuple[int, Level]] = field(default_factory=list)  # where it changed
    scores: list[tuple[int, float]] = field(default_factory=list)
    story: OpenStory | None = None
    stories: int = 0
    alarms: int = 0  # how often it became one, alerted or not

    def highest(self) -> Level:
        """Returns the highest level."""
        return max((level for _, level in self.levels), default=Level.NONE)

    def last(self) -> Level:
        """Returns the level at the end."""
        return self.levels[-1][1] if self.levels else Level.NONE

    def flaps(self) -> int:
        """Returns how often a level rose again soon after it fell."""
        return sum(
            before > middle < after and end - start <= _FLAP
            for (_, before), (start, middle), (end, after) in zip(
                [(0, Level.NONE), *self.levels], self.levels, self.levels[1:], strict=False
            )
        )


@dataclass(frozen=True, slots=True)
class Verdict:
    """How right the levels were."""

    wrong: tuple[str, ...]
    late: tuple[float, ...]  # minutes, of each expected step; 0 when in time or early
    flaps: int

    @property
    def is_right(self) -> bool:
        """Tells whether every expected level came in its time, none went too far, none flapped."""
        return not self.wrong and self.flaps <= 1


def scenarios(folder: Path = FOLDER) -> list[Scenario]:
    """Returns every scenario of a folder, by name."""
    return [_read(file) for file in sorted(folder.glob("*.yaml"))]


def _read(file: Path) -> Scenario:
    spec = yaml.safe_load(file.read_text(encoding="utf-8"))
    expect = spec["expect"]
    steps = (Step(**{**step, "level": Level[step["level"]]}) for step in expect.get("steps", ()))
    highest = expect["highest"] if isinstance(expect["highest"], list) else [expect["highest"]]
    return Scenario(
        file.stem,
        spec,
        tuple(steps),
        tuple(Level[name] for name in highest),
        Level[expect["last"]],
    )


def written(scenario: Scenario) -> list[Written]:
    """Returns the documents of a scenario in the order of time, withdrawals and readings included."""
    dice = random.Random(scenario.spec["seed"])
    made: list[Written] = []
    waves: list[Mapping[str, Any]] = []
    for number, wave in enumerate(scenario.spec["waves"]):
        waves.append({**waves[wave["like"]], **wave} if "like" in wave else wave)
        copied = next((one for one in made if "copies_of" in wave), None)
        made += _wave(scenario, number, waves[-1], copied, dice)
    made += list(_withdrawals(scenario, made))
    made += _board(scenario)
    return sorted(made, key=lambda one: one.minute)


def _wave(
    scenario: Scenario,
    number: int,
    wave: Mapping[str, Any],
    copied: Written | None,
    dice: random.Random,
) -> Iterator[Written]:
    start, end = wave["minutes"]
    outlets = wave["outlets"]
    names = outlets if isinstance(outlets, list) else [f"媒体{one}" for one in range(outlets)]
    for index in range(wave["count"]):
        share = (index + dice.random()) / wave["count"]
        minute = start + (end - start) * share ** _CURVES[wave["curve"]]
        if copied is not None:
            title, text = copied.document.title, copied.document.text
        else:
            copies = wave.get("copies", False)
            title = wave["titles"][0] if copies else dice.choice(wave["titles"])
            language = wave.get("language", "zh")
            sentences = (
                wave["sentences"] if copies else _own_words(wave["sentences"], language, dice)
            )
            text = (" " if language == "en" else "").join(sentences)
        # Every outlet is heard once before any is heard again.
        outlet = names[index % len(names)]
        yield Written(
            minute, _document(scenario, f"{number}-{index}", minute, outlet, title, text, wave)
        )


# What every reporter adds of his own: without it all would be near-copies of each other.
_OWN = {
    "zh": (
        ("清晨", "上午", "中午", "午后", "傍晚", "入夜后", "昨夜", "今日", "稍早", "半小时前"),
        ("一名出租车司机", "一位退休教师", "两名快递员", "附近店主", "一位大学生", "值班保安", "一名护士",
         "几位老人", "一名电工", "早点摊主", "一位工程师", "志愿者"),
        ("在街角", "在电话里", "在医院门口", "在地铁站", "在菜市场", "在办公楼前", "在河边", "在广场",
         "在小区里", "在车站", "在桥头", "在超市"),
        ("对本报记者讲述了经过。", "拍下了一段视频。", "说自己一夜没睡。", "向记者展示了照片。",
         "回忆了当时的情形。", "表示还在等消息。", "说从没见过这样的事。", "给家人打了电话。",
         "提醒邻居注意。", "希望早日查明。"),
    ),
    "en": (
        ("This morning ", "Earlier ", "By noon ", "Overnight ", "Hours later ", "On the phone ", "In the evening "),
        ("a taxi driver", "a retired teacher", "two couriers", "a shopkeeper", "a student", "a nurse",
         "an electrician", "an engineer", "a volunteer", "a gardener"),
        (" near the station", " at the market", " outside the town hall", " by the river", " in the square",
         " at the bus stop", " on the bridge"),
        (" described the scene.", " showed a photograph.", " had not slept.", " called relatives.",
         " was waiting for news.", " recalled what happened.", " asked for answers."),
    ),
}  # fmt: skip


def _own_words(sentences: list[str], language: str, dice: random.Random) -> list[str]:
    own = ["".join(map(dice.choice, _OWN[language])) for _ in range(4)]
    chosen = dice.sample(sentences, 3)
    return [chosen[0], own[0], chosen[1], own[1], own[2], chosen[2], own[3]]


def _document(
    scenario: Scenario,
    key: str,
    minute: float,
    outlet: str,
    title: str,
    text: str,
    wave: Mapping[str, Any],
) -> Document:
    moment = scenario.start + minute * _MINUTE
    return Document(
        name="documents/" + document_id(f"sources/{outlet}", key),
        source=f"sources/{outlet}",
        source_kind=wave.get("kind", "feed"),
        source_weight=wave.get("weight", 0.5),
        outlet=outlet,
        key=key,
        title=title,
        text=text,
        language=wave.get("language", "zh"),
        url=f"http://{key}.example/",
        revision=revision_of(title, text),
        publish_time=moment,
        collect_time=moment,
        exercise=scenario.spec.get("exercise", False),
    )


def _withdrawals(scenario: Scenario, made: list[Written]) -> Iterator[Written]:
    for one in scenario.spec.get("withdraw", ()):
        for entry in made:
            if entry.document.outlet in one["outlets"] and entry.minute <= one["minute"]:
                gone = replace(entry.document, state=DocumentState.WITHDRAWN, revision="withdrawn")
                yield Written(one["minute"], gone, change=2)


def _board(scenario: Scenario) -> Iterator[Written]:
    board = scenario.spec.get("board")
    if board is None:
        return
    first = board["readings"][0][0]
    wave = {"kind": "hotlist", "weight": 0.5}
    entry = _document(scenario, "board", first, "热搜榜", board["title"], "", wave)
    for number, (minute, _, _) in enumerate(board["readings"], 1):
        seen = tuple((at, rank, heat) for at, rank, heat in board["readings"] if at <= minute)
        yield Written(minute, entry, seen, number)


class Player:
    """Plays one scenario through annotation, stories and grading, minute by minute."""

    def __init__(self, scenario: Scenario, rules: Rules) -> None:
        """Takes the rules that grade."""
        self._scenario = scenario
        self._monitor = scenario.monitor
        self._queries = CompiledQueries([self._monitor])
        self._desk = Desk()
        self._life = Life(rest_after=6 * 3600, forget_after=72 * 3600)
        self.grader = Grader(
            rules,
            working=lambda name: self._monitor if name == self._monitor.name else None,
            coverage=lambda: None,
            hold=timedelta(minutes=5),
        )
        self._courses: dict[str, Played] = {}
        self._learn_past()

    def _learn_past(self) -> None:
        past, start = self._scenario.spec["past"], self._scenario.start
        for hours in range(24 * past["days"], 0, -1):
            hour = hour_of(start - timedelta(hours=hours))
            self.grader.hours.note(self._monitor.name, hour, past["usual"])
            peaks = past.get("peaks", {}).get(hour.hour, [0.0])
            for number, peak in enumerate(peaks):
                series = f"past-{hour}-{number}"
                self.grader.snapshots.learn_peak(self._monitor.name, series, hour, peak)

    def play(self, minutes: int | None = None) -> Played:
        """Returns the course of the story that got furthest; minutes: played no further."""
        waiting = written(self._scenario)
        for minute in range((minutes or 60 * self._scenario.spec["hours"]) + 1):
            now = self._scenario.start + minute * _MINUTE
            while waiting and waiting[0].minute <= minute:
                self._take(waiting.pop(0))
            self._look(minute, now)
        courses = [one for one in self._courses.values() if one.story is not None]
        best = max(courses, key=lambda one: (one.highest(), len(one.story.members)))  # type: ignore[union-attr]
        best.stories = len(courses)
        return best

    def _take(self, entry: Written) -> None:
        piece = self._piece(entry)
        placement = self._desk.place(piece)
        story = self._desk.stories[placement.story]
        self.grader.learn_heats(story, [placement.document])

    def _piece(self, entry: Written) -> Piece:
        (analysis,) = annotate([entry.document], self._queries, entry.document.collect_time)
        record = {
            "_id": entry.document.name.removeprefix("documents/"),
            "analysis": ANALYSES.to_record(analysis),
            "change": entry.change,
            "revision": entry.document.revision,
            "event_time": entry.document.publish_time,
            "pending": True,
            "exercise": entry.document.exercise,
            "story": "",
            "observations": [
                {"time": self._scenario.start + at * _MINUTE, "rank": rank, "heat": heat}
                for at, rank, heat in entry.heats
            ],
        }
        return piece_of(record)

    def _look(self, minute: int, now: datetime) -> None:
        if minute % 60 == 0:
            for name, typical in typical_of_monitors(
                self._desk.stories, hour_of(now - _MINUTE)
            ).items():
                self.grader.hours.note(name, hour_of(now - _MINUTE), typical)
        self._life.settle(self._desk, now)
        for kept, joined in list(self._life.pairs_to_merge(self._desk)):
            self._life.join(self._desk, kept, joined, now)
        for story in list(self._desk.stories.values()):
            self._life.wake(story, now)
            self._tell(story)
            self.grader.grade(story, now, now)
            self._note(minute, story)

    def _tell(self, story: OpenStory) -> None:
        told, size = story.told or Told(), size_of(story)
        if is_due(told, size):
            story.told = tell(told, list(story.members.values()), size)

    def _note(self, minute: int, story: OpenStory) -> None:
        graded = story.grades.get(self._monitor.name)
        if graded is None:
            return
        course = self._courses.setdefault(story.id, Played())
        course.story, course.alarms = story, graded.alarm.count
        course.scores.append((minute, graded.grade.score))
        if graded.grade.level is not course.last():
            course.levels.append((minute, graded.grade.level))


def judge(scenario: Scenario, played: Played) -> Verdict:
    """Returns how right the levels of a scenario were."""
    wrong: list[str] = []
    late: list[float] = []
    after = 0
    for step in scenario.steps:
        at = _reached(played, step, after)
        if at is None:
            wrong.append(f"{step.level.name} never came")
            continue
        after = at
        late.append(max(at - step.minute, 0.0))
        if abs(at - step.minute) > step.within:
            wrong.append(f"{step.level.name} at {at}, not {step.minute:g} ± {step.within:g}")
    if played.highest() not in scenario.highest:
        wrong.append(f"highest was {played.highest().name}")
    if played.last() is not scenario.last:
        wrong.append(f"ended at {played.last().name}")
    return Verdict(tuple(wrong), tuple(late), played.flaps())


def _reached(played: Played, step: Step, after: int) -> int | None:
    """Returns the minute in which a level was first held, or come down to."""
    for minute, level in played.levels:
        if minute >= after and (level <= step.level if step.falls else level >= step.level):
            return minute
    return None
