"""Replays scenarios with expected level and time: level right, minutes late, flapping.

The scenarios are services/analyzer/tests/grading/scenarios/*.yaml, judged before anything was tuned.
"""

from __future__ import annotations

import statistics
import sys
from pathlib import Path

from harness.evaluation import PICTURES, Row, show
from harness.figures import write_figures
from harness.scenarios import Played, Player, Scenario, judge, scenarios

from groundswell_analyzer.grading import load_rules, read_rules
from groundswell_core.grades import Level


def main() -> None:
    """Prints expected and got for each scenario and writes build/bench/grade.json."""
    rules = read_rules(Path(sys.argv[1]))[0] if len(sys.argv) > 1 else load_rules()
    rows, late, right, flaps = [], [], 0, []
    known = scenarios()
    for scenario in known:
        played = Player(scenario, rules).play()
        verdict = judge(scenario, played)
        rows.append(_row(scenario, played, verdict.wrong))
        late += verdict.late
        flaps.append(verdict.flaps)
        right += verdict.is_right
        _draw(scenario, played)
    show(f"grade: replayed scenarios, rules {rules.version}", rows)
    figures = {
        "level_right": right,
        "of": len(known),
        "minutes_late_median": statistics.median(late),
        "minutes_late_most": max(late),
        "most_flaps": max(flaps),
    }
    print(figures)
    write_figures("grade", len(known), figures)


def _row(scenario: Scenario, played: Played, wrong: tuple[str, ...]) -> Row:
    expected = ", ".join(
        f"{'↓' if step.falls else ''}{step.level.name} {step.minute:g}±{step.within:g}"
        for step in scenario.steps
    )
    most = "/".join(level.name for level in scenario.highest)
    got = ", ".join(f"{level.name} {minute}" for minute, level in played.levels)
    best = max(score for _, score in played.scores)
    figures = {
        "expected (level, minute)": f"{expected or '–'}; most {most}",
        "got": got or "NONE",
        "best score": f"{best:.0f}",
        "flaps": played.flaps(),
        "stories": played.stories,
        "verdict": "; ".join(wrong) or "right",
    }
    return Row(scenario.name, "report", len(played.story.members) if played.story else 0, figures)


def _draw(scenario: Scenario, played: Played) -> None:
    """Draws score and level over time."""
    import matplotlib as mpl

    mpl.use("Agg")
    import matplotlib.pyplot as plt

    figure, axes = plt.subplots(figsize=(8, 3))
    axes.plot(*zip(*played.scores, strict=True), label="score")
    rules = load_rules()
    bounds = {level: rules.threshold(level) for level in Level}
    steps = [(0, Level.NONE), *played.levels, (played.scores[-1][0], played.last())]
    axes.step(
        [m for m, _ in steps],
        [bounds[level] for _, level in steps],
        where="post",
        label="level held",
    )
    axes.set(title=scenario.name, xlabel="minute", ylim=(0, 100))
    axes.legend()
    PICTURES.mkdir(parents=True, exist_ok=True)
    figure.savefig(PICTURES / f"grade_{scenario.name}.png", dpi=80)
    plt.close(figure)


if __name__ == "__main__":
    main()
