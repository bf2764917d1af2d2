"""Snapshots, standings and rules of every kind, for properties that hold for all of them."""

from __future__ import annotations

from copy import deepcopy
from datetime import UTC, datetime, timedelta
from typing import Any

import yaml
from hypothesis import strategies as st

from groundswell_analyzer.grading import Rules, Snapshot, Standing
from groundswell_analyzer.grading.rule_book import SHIPPED, shipped_texts
from groundswell_core.grades import Level

NOW = datetime(2026, 1, 5, 8, 0, tzinfo=UTC)

counts = st.integers(min_value=0, max_value=5000) | st.integers(min_value=0, max_value=40)
heats = st.none() | st.floats(min_value=0, max_value=1e8)
shares = st.floats(min_value=0, max_value=1)
harms = st.none() | st.integers(min_value=0, max_value=200)
ranks = st.none() | st.integers(min_value=1, max_value=100)

snapshots = st.builds(
    Snapshot,
    time=st.just(NOW),
    last_ten_minutes=counts,
    last_hour=counts,
    quiet_minutes=st.just(0.0) | st.floats(min_value=0, max_value=500),
    usual_hour=st.floats(min_value=0, max_value=500),
    usual_spread=st.floats(min_value=0, max_value=200),
    alarm_threshold=st.floats(min_value=0, max_value=30),
    heat=heats,
    usual_heat=st.none() | st.floats(min_value=1, max_value=1e7),
    heat_spread=st.none() | st.floats(min_value=0, max_value=3),
    warning_chance=st.none() | shares,
    rank=ranks,
    best_rank=ranks,
    voices=st.integers(min_value=0, max_value=30),
    outlets=st.integers(min_value=0, max_value=300),
    source_kinds=st.integers(min_value=0, max_value=8),
    places=st.integers(min_value=0, max_value=30),
    languages=st.integers(min_value=1, max_value=5),
    negative=shares,
    source_weight=shares,
    category=st.sampled_from(["", "accident", "natural_disaster", "sport"]),
    topic=st.sampled_from(["", "accident/traffic"]),
    dead=harms,
    missing=harms,
    injured=harms,
    is_unconfirmed=st.booleans(),
    support=st.integers(min_value=0, max_value=300),
    minimum_support=st.integers(min_value=1, max_value=20),
)
standings = st.builds(
    Standing,
    st.sampled_from([level for level in Level if level]),
    st.none() | st.integers(min_value=0, max_value=60).map(lambda m: NOW - timedelta(minutes=m)),
)


SHIPPED_RULES: dict[str, Any] = yaml.safe_load(shipped_texts()[SHIPPED])


@st.composite
def rule_sets(draw: st.DrawFn) -> Rules:
    """Draws rules that pass every check, with other numbers than those that ship."""
    whole = deepcopy(SHIPPED_RULES)
    parts = draw(st.lists(st.integers(0, 100), min_size=5, max_size=5).filter(any))
    total = sum(parts)
    whole["weights"] = {
        name: part / total for name, part in zip(whole["weights"], parts, strict=True)
    }
    bounds = draw(st.lists(st.integers(1, 100), min_size=4, max_size=4, unique=True).map(sorted))
    whole["levels"] = dict(zip(("IV", "III", "II", "I"), bounds, strict=True))
    whole["hysteresis"] = {"margin": draw(st.integers(0, 20)), "minutes": draw(st.integers(0, 60))}
    whole["burst"] |= {"full": draw(st.floats(0.5, 50)), "ten_minutes": draw(st.floats(1, 6))}
    whole["spread"] |= {"full": draw(st.floats(1.5, 100))}
    whole["limits"] |= {"unconfirmed": draw(st.sampled_from(["I", "II", "III", "IV"]))}
    whole["version"] = "drawn"
    return Rules.model_validate(whole)
