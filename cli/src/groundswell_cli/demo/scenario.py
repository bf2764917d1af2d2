"""Hours that the team wrote, for machines without the recording: the same for the same seed."""

from __future__ import annotations

import random
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

from pydantic import BaseModel, ConfigDict, Field

from groundswell_cli.demo.tracks import Track, rising
from groundswell_core.yaml_files import read_yaml


class _Part(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Headline(_Part):
    """One topic of the story that swells."""

    minute: float = Field(ge=0)  # after the start
    peak: float = Field(gt=0)  # heat
    title: str
    text: str = ""
    category: str = "社会"


class Background(_Part):
    """What is on the boards every day: each subject in some of the forms."""

    titles: int = Field(ge=1)
    subjects: dict[str, tuple[str, ...]]  # category -> subjects
    forms: tuple[str, ...]  # with {subject}


class Scenario(_Part):
    """The whole file."""

    seed: int
    start: datetime
    hours: float = Field(gt=0)
    background: Background
    stories: tuple[Headline, ...] = Field(min_length=1)


def read_scenario(file: Path) -> tuple[datetime, list[Track]]:
    """Returns when a scenario begins, and its topics."""
    scenario = read_yaml(file, Scenario)
    start = scenario.start.astimezone(UTC)
    return start, [*_background(scenario, start), *_swelling(scenario, start)]


def _background(scenario: Scenario, start: datetime) -> Iterator[Track]:
    chance = random.Random(scenario.seed)
    background = scenario.background
    pool = [
        (category, form.format(subject=subject))
        for category, subjects in sorted(background.subjects.items())
        for subject in subjects
        for form in background.forms
    ]
    chance.shuffle(pool)
    for category, title in pool[: background.titles]:
        # Some are there before the start: a board is never empty.
        at = start + timedelta(hours=chance.uniform(-4.0, scenario.hours))
        rise = timedelta(minutes=chance.uniform(30, 120))
        fade = timedelta(hours=chance.uniform(2, 6))
        peak = chance.lognormvariate(12.6, 0.6)
        yield Track(
            title=title, category=category, points=rising(title, at, peak, rise=rise, fade=fade)
        )


def _swelling(scenario: Scenario, start: datetime) -> Iterator[Track]:
    chance = random.Random(scenario.seed + 1)
    for one in scenario.stories:
        points = rising(
            one.title,
            start + timedelta(minutes=one.minute),
            one.peak,
            rise=timedelta(minutes=chance.uniform(25, 45)),
            fade=timedelta(hours=chance.uniform(4, 8)),
        )
        yield Track(title=one.title, category=one.category, text=one.text, points=points)
