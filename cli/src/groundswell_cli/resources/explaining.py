"""`groundswell monitors explain`: why a story has, or had, its level, and what would change it."""

from __future__ import annotations

from typing import Annotated, Any

import typer
from rich.text import Text

from groundswell.monitor.v1 import monitor_service_pb2 as pb
from groundswell.monitor.v1 import monitor_service_pb2_grpc as grpc_pb
from groundswell_cli.options import DEFAULT_STATE, JsonOption, StateOption
from groundswell_cli.resources import output, stories
from groundswell_cli.resources.connection import Peer, full_name, send
from groundswell_cli.resources.times import moment

ANALYZER = Peer("analyzer", grpc_pb.MonitorServiceStub)


def explain(
    story: stories.StoryArgument,
    monitor: Annotated[
        str, typer.Option(help="For this monitor; left out: for each that matches.")
    ] = "",
    at: Annotated[str, typer.Option(help="The grade that held then: 2026-11-20T08:00, 6h.")] = "",
    numbers: Annotated[
        bool, typer.Option("--numbers", help="Also the calculation and every input.")
    ] = False,
    as_json: JsonOption = False,
    state: StateOption = DEFAULT_STATE,
) -> None:
    """Say why a story has its level, and what would change it.

    Example: groundswell monitors explain 3f2a9c01bd --at 6h --numbers
    """
    found = stories.read(state, story)
    names = [full_name(monitor, "monitors")] if monitor else [one.monitor for one in found.grades]
    if not names:
        print("no monitor matches this story")
    for name in names:
        request = pb.ExplainGradeRequest(story=found.name, monitor=name)
        if at:
            request.grade_time.FromDatetime(moment(at))
        answer = send(state, ANALYZER, "ExplainGrade", request)
        if as_json:
            output.print_json([answer])
        else:
            _print_explanation(found.headline, name, answer, numbers=numbers)


def _print_explanation(headline: str, monitor: str, answer: Any, *, numbers: bool) -> None:
    grade = answer.grade
    line = Text.assemble(
        output.level_text(grade.level),
        f"  {headline}\n{output.short(monitor)}: score {grade.score:.1f}, ",
        f"{grade.support} documents, rules {grade.rule_version}",
    )
    output.terminal().print(line)
    rows = [[part.component, f"{part.points:.2f}", part.reason] for part in grade.contributions]
    output.print_table(("component", ">points", "why"), rows, empty="")
    if numbers:
        _print_numbers(answer)
    # The moves name limits too, where they stand in the way.
    for sentence in dict.fromkeys((*grade.limits, *answer.moves)):
        print(f"- {sentence}")
    if answer.HasField("recomputed") and not answer.agrees:
        print("- computed again it comes out differently: please report this")
    print()


def _print_numbers(answer: Any) -> None:
    for part in answer.grade.contributions:
        print(f"{part.component}: {part.formula}")
    levels = ", ".join(
        f"{output.level_text(one.level).plain} from {one.minimum_score:g}"
        for one in answer.thresholds
    )
    print(f"levels: {levels}")
    rows = [[one.name, one.value or "not known", one.meaning] for one in answer.inputs]
    output.print_table(("input", ">value", "meaning"), rows, empty="")
