"""How serious a story is for a monitor: a pure function of a snapshot, by readable rules.

- rules, rule_book: the numbers, by version; snapshot: the inputs
- components (burst, harm): what each adds to the score; limits: what holds a level down
- grade: score, level, hysteresis; alarm: whether it is worth one; graded: as stored
- explain, moves: why, and what would change it; alerts, facts, summary: what receivers are told
"""

from groundswell_analyzer.grading.burst import burst_of
from groundswell_analyzer.grading.explain import Stored, moves, recompute
from groundswell_analyzer.grading.grade import Standing, grade
from groundswell_analyzer.grading.rule_book import RuleBook, load_rules, read_rules
from groundswell_analyzer.grading.rules import Rules, parse_rules
from groundswell_analyzer.grading.snapshot import SNAPSHOT_FIELDS, Snapshot

__all__ = [
    "SNAPSHOT_FIELDS",
    "RuleBook",
    "Rules",
    "Snapshot",
    "Standing",
    "Stored",
    "burst_of",
    "grade",
    "load_rules",
    "moves",
    "parse_rules",
    "read_rules",
    "recompute",
]
