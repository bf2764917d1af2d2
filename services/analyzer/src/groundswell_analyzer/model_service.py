"""ModelService: the models in use, and how two of them differ on stored documents."""
# ruff: noqa: N802 - RPCs keep the names of their proto

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

from groundswell.analysis.v1 import analysis_pb2
from groundswell.model.v1 import model_service_pb2 as pb
from groundswell.model.v1 import model_service_pb2_grpc as grpc_pb
from groundswell_analyzer.clock import EventClock
from groundswell_analyzer.models import Model, Models
from groundswell_analyzer.models.comparison import Changed, Comparison
from groundswell_core.analyses import SENTIMENTS, SentimentClass
from groundswell_core.errors import InvalidInput
from groundswell_core.mongo import Collection

DAY = timedelta(days=1)
DEFAULT_LIMIT, MOST = 10_000, 100_000  # documents looked at
_FIELDS = (
    "analysis.sentiment",
    "analysis.shadow_sentiments",
    "analysis.document.name",
    "analysis.document.title",
)


class ModelService(grpc_pb.ModelServiceServicer):
    """Answers calls about models."""

    def __init__(self, models: Models, documents: Collection, events: EventClock) -> None:
        """Takes the models that the settings name."""
        self._models = models
        self._documents = documents
        self._events = events

    async def ListModels(self, request: Any, context: Any) -> Any:
        """Lists the current model, then those in shadow."""
        roles = [(self._models.current, pb.MODEL_ROLE_CURRENT)]
        roles += [(model, pb.MODEL_ROLE_SHADOW) for model in self._models.shadows]
        listed = [_listed(model, role) for model, role in roles]
        return pb.ListModelsResponse(
            models=[one for one in listed if request.task in {"", one.task}]
        )

    async def CompareModels(self, request: Any, context: Any) -> Any:
        """Compares what two models said of the same documents of a span of time."""
        comparison = Comparison(
            request.first or self._models.current.card.version, request.second or self._shadow()
        )
        records = await self._documents.find(
            {"event_time": self._span(request)},
            sort=[("event_time", -1), ("_id", 1)],
            limit=min(max(request.limit, 0) or DEFAULT_LIMIT, MOST),
            fields=_FIELDS,
        )
        for record in records:
            comparison.add(record["analysis"])
        return _compared(comparison)

    def _shadow(self) -> str:
        if len(self._models.shadows) != 1:
            raise InvalidInput(
                f"{len(self._models.shadows)} models run in shadow: name the second version to "
                "compare; GROUNDSWELL_ANALYZER__SHADOW_MODELS puts models in shadow",
                reason="MODEL_NOT_NAMED",
            )
        return self._models.shadows[0].card.version

    def _span(self, request: Any) -> dict[str, datetime]:
        end = _time(request, "end_time") or self._events.now() + timedelta(microseconds=1)
        start = _time(request, "start_time") or end - DAY
        if start >= end:
            raise InvalidInput("start_time is not before end_time", reason="BAD_TIME_SPAN")
        return {"$gte": start, "$lt": end}


def _time(request: Any, name: str) -> datetime | None:
    return getattr(request, name).ToDatetime(tzinfo=UTC) if request.HasField(name) else None


def _listed(model: Model, role: Any) -> Any:
    card = model.card
    return pb.Model(
        name=f"models/{card.name}",
        task=card.task,
        version=card.version,
        role=role,
        trained_on=card.trained_on,
        licence=card.licence,
        metrics=dict(card.metrics),
    )


def _compared(found: Comparison) -> Any:
    return pb.CompareModelsResponse(
        first=found.first,
        second=found.second,
        document_count=found.count,
        agreement=found.agreement,
        confusion=[
            pb.ConfusionCell(first=_enum(first), second=_enum(second), count=count)
            for (first, second), count in sorted(found.cells.items())
        ],
        mean_shift=found.mean_shift,
        changed=map(_shown, found.changed),
    )


def _shown(changed: Changed) -> Any:
    return pb.ChangedDocument(
        document=changed.document,
        title=changed.title,
        first=SENTIMENTS.to_proto(changed.first),
        second=SENTIMENTS.to_proto(changed.second),
    )


def _enum(label: SentimentClass) -> Any:
    return analysis_pb2.SentimentClass.Value(f"SENTIMENT_CLASS_{label.name}")
