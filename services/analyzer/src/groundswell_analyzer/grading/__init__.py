"""How serious a story is for a monitor: a pure function of a snapshot, by readable rules."""

from groundswell_analyzer.grading.burst import Counts, Heat, burst
from groundswell_analyzer.grading.explain import Stored, moves, recompute
from groundswell_analyzer.grading.grade import Standing, grade
from groundswell_analyzer.grading.rules import Rules, load_rules
from groundswell_analyzer.grading.snapshot import SNAPSHOT_FIELDS, Snapshot

__all__ = [
    "SNAPSHOT_FIELDS",
    "Counts",
    "Heat",
    "Rules",
    "Snapshot",
    "Standing",
    "Stored",
    "burst",
    "grade",
    "load_rules",
    "moves",
    "recompute",
]
