"""What the analyzer's servers answer to searches and backtests."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

from groundswell.analysis.v1 import (
    analysis_pb2,
    document_service_pb2,
    document_service_pb2_grpc,
)
from groundswell.document.v1 import document_pb2
from groundswell.grade.v1 import grade_pb2
from groundswell.monitor.v1 import backtest_pb2, monitor_service_pb2

BACKTEST = "backtests/00aa"
START = datetime(2026, 11, 1, tzinfo=UTC)


class Documents(document_service_pb2_grpc.DocumentServiceServicer):
    """Serves one document."""

    def __init__(self, backend: Any) -> None:
        self.backend = backend
        document = document_pb2.Document(
            name="documents/d1", title="宜宾地震", text="已致3人死亡。", outlet="新华社"
        )
        self.analysis = analysis_pb2.Analysis(
            name="analyses/d1",
            document=document,
            category="natural_disaster",
            topics=["natural_disaster/earthquake"],
            places=[analysis_pb2.Place(code="CN-51", display_name="四川")],
            claims=[analysis_pb2.Claim(kind="dead", value=3, unit="person", text="已致3人死亡")],
        )

    async def SearchDocuments(self, request: Any, context: Any) -> Any:
        self.backend.requests.append(request)
        return document_service_pb2.SearchDocumentsResponse(analyses=[self.analysis])

    async def GetDocument(self, request: Any, context: Any) -> Any:
        return document_service_pb2.GetDocumentResponse(analysis=self.analysis)


class Backtests:
    """Answers the calls of a backtest that is done when it is looked at twice."""

    def __init__(self, backend: Any) -> None:
        self.backend = backend
        self.looks = 0
        self.error = ""

    async def start(self, request: Any) -> Any:
        self.backend.requests.append(request)
        running = backtest_pb2.Backtest(name=BACKTEST, state=backtest_pb2.BACKTEST_STATE_RUNNING)
        return monitor_service_pb2.BacktestMonitorResponse(backtest=running)

    async def get(self, request: Any) -> Any:
        self.looks += 1
        found = sample_backtest()
        if self.looks < 2:
            found.state = backtest_pb2.BACKTEST_STATE_RUNNING
        elif self.error:
            found.state, found.error = backtest_pb2.BACKTEST_STATE_FAILED, self.error
        return monitor_service_pb2.GetBacktestResponse(backtest=found)


def sample_backtest() -> Any:
    """Returns a finished backtest of two days, with one alarm and one expected alarm missed."""
    made = backtest_pb2.Backtest(
        name=BACKTEST,
        state=backtest_pb2.BACKTEST_STATE_DONE,
        progress=1.0,
        rule_version="2026-2",
        document_count=1200,
        matched_count=340,
        story_count=12,
        speed=9000.0,
        alarms_per_day=0.5,
        wanted_alarms_per_day=0.25,
        suggested_score=61.3,
    )
    made.monitor.name, made.monitor.query = "monitors/quakes", "地震"
    made.start_time.FromDatetime(START)
    made.end_time.FromDatetime(START + timedelta(days=2))
    for number, count in enumerate((1, 0)):
        made.days.add(level_iii=count).start_time.FromDatetime(START + timedelta(days=number))
    alarm = made.alarms.add(
        headline="宜宾地震", level=grade_pb2.LEVEL_III, highest_level=grade_pb2.LEVEL_II,
        highest_score=61.2, document_count=40,
    )  # fmt: skip
    alarm.fire_time.FromDatetime(START + timedelta(hours=3))
    alarm.lead.FromTimedelta(timedelta(hours=2))
    for score in (0.0, 50.0, 70.0):
        made.thresholds.add(score=score, alarms_per_day=0.5 if score < 60 else 0.0)
    outcome = made.outcomes.add()
    outcome.expected.label = "塌方"
    return made
