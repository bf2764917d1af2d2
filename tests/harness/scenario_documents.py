"""Scenarios of grading as they are written, and the documents that they stand for."""

from __future__ import annotations

import random
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import yaml

from groundswell_core.documents import Document, DocumentState
from groundswell_core.grades import Level
from groundswell_core.identity import document_id, revision_of
from groundswell_core.monitors import Monitor, MonitorState

FOLDER = Path(__file__).resolve().parents[2] / "services/analyzer/tests/grading/scenarios"
MINUTE = timedelta(minutes=1)
_CURVES = {"even": 1.0, "rise": 0.5, "fall": 1.5}  # exponents of an even draw


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
    moment = scenario.start + minute * MINUTE
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
