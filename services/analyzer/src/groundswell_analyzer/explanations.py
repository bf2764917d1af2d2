"""Why a story has, or had, its level: found on record, computed again, with what would move it."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any, cast

from groundswell.grade.v1 import grade_pb2
from groundswell.monitor.v1 import monitor_service_pb2 as pb
from groundswell_analyzer.grading import RuleBook, moves, recompute
from groundswell_analyzer.grading.explain import thresholds
from groundswell_analyzer.grading.graded import Graded
from groundswell_analyzer.grading.snapshot import inputs_of
from groundswell_core.errors import NotFound
from groundswell_core.grades import GRADES
from groundswell_core.mongo import Database
from groundswell_core.monitors import Monitor, MonitorState
from groundswell_core.names import parse_name


class Explanations:
    """Explains the newest grade of a story, or the one that held at a time."""

    def __init__(self, database: Database, rules: RuleBook) -> None:
        """Takes the rules of every version that graded anything here."""
        self._stories = database.collection("stories")
        self._grades = database.collection("grades")
        self._rules = rules

    async def explain(self, request: Any, monitor: Monitor) -> Any:
        """Answers an ExplainGradeRequest; raises NotFound when there was no grade then."""
        graded = await self._find(request)
        stored, version = graded.stored(), graded.grade.rule_version
        rules = await self._rules.of(version)
        if rules is None:
            why = f"It was graded by rules {version}, which are not known here any more."
            return pb.ExplainGradeResponse(grade=GRADES.to_proto(stored.grade), moves=[why])
        again = recompute(stored, rules)
        return pb.ExplainGradeResponse(
            grade=GRADES.to_proto(stored.grade),
            recomputed=GRADES.to_proto(again),
            agrees=stored.grade == again,
            moves=[*self._remarks(graded, monitor), *moves(stored, rules)],
            inputs=[
                grade_pb2.GradeInput(name=name, value=value, meaning=meaning)
                for name, value, meaning in inputs_of(stored.snapshot)
            ],
            thresholds=[
                grade_pb2.LevelThreshold(level=cast("Any", level), minimum_score=score)
                for level, score in thresholds(rules)
            ],
        )

    def _remarks(self, graded: Graded, monitor: Monitor) -> Iterator[str]:
        version = graded.grade.rule_version
        if version != self._rules.rules.version:
            now = self._rules.rules.version
            yield f"It was graded by rules {version}; the rules are now {now}."
        if monitor.state is MonitorState.SHADOW and graded.alarm.is_on:
            yield "The monitor is in shadow: this would be an alert, and nobody is told."

    async def _find(self, request: Any) -> Graded:
        identifier = parse_name(request.story, "stories")
        moment = _moment(request)
        graded = await self._newest(identifier, request.monitor)
        if graded is not None and moment is not None and _is_after(graded, moment):
            graded = await self._past(identifier, request.monitor, moment)
        if graded is None:
            when = f" at {moment.isoformat(timespec='seconds')}" if moment else ""
            raise NotFound(
                f"{request.story} has no grade for {request.monitor}{when}",
                reason="GRADE_NOT_FOUND",
                story=request.story,
                monitor=request.monitor,
            )
        return graded

    async def _newest(self, story: str, monitor: str) -> Graded | None:
        record = await self._stories.find_one({"_id": story}, fields=["grades"])
        found = (one for one in (record or {}).get("grades", ()) if one["monitor"] == monitor)
        return next(map(Graded.from_record, found), None)

    async def _past(self, story: str, monitor: str, moment: datetime) -> Graded | None:
        where = {"story": story, "monitor": monitor, "grade_time": {"$lte": moment}}
        record = await self._grades.find_one(where, sort=[("grade_time", -1)])
        return Graded.from_record(record) if record else None


def _moment(request: Any) -> datetime | None:
    if not request.HasField("grade_time"):
        return None
    moment: datetime = request.grade_time.ToDatetime(tzinfo=UTC)
    return moment


def _is_after(graded: Graded, moment: datetime) -> bool:
    made = graded.grade.grade_time
    return made is not None and made > moment
