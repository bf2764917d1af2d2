"""What the analyzer's server answers about models."""

from __future__ import annotations

from typing import Any

from groundswell.analysis.v1 import analysis_pb2
from groundswell.model.v1 import model_service_pb2 as pb
from groundswell.model.v1 import model_service_pb2_grpc as grpc_pb

FIRE = "居民楼突发大火"


class Models(grpc_pb.ModelServiceServicer):
    """Serves two models that differ on one document in ten."""

    def __init__(self, backend: Any) -> None:
        self.backend = backend

    async def ListModels(self, request: Any, context: Any) -> Any:
        current = pb.Model(
            name="models/news",
            task="sentiment",
            version="news-1",
            role=pb.MODEL_ROLE_CURRENT,
            licence="Apache-2.0",
            metrics={"zh_held_out_accuracy": 0.753},
        )
        shadow = pb.Model(name="models/lexicon", version="lexicon-2", role=pb.MODEL_ROLE_SHADOW)
        return pb.ListModelsResponse(models=[current, shadow])

    async def CompareModels(self, request: Any, context: Any) -> Any:
        self.backend.requests.append(request)
        negative, neutral = (
            analysis_pb2.SENTIMENT_CLASS_NEGATIVE,
            analysis_pb2.SENTIMENT_CLASS_NEUTRAL,
        )
        first = analysis_pb2.Sentiment(score=-0.81, label=negative)
        second = analysis_pb2.Sentiment(score=-0.1, label=neutral)
        return pb.CompareModelsResponse(
            first="news-1",
            second="lexicon-2",
            document_count=10,
            agreement=0.9,
            confusion=[
                pb.ConfusionCell(first=negative, second=negative, count=9),
                pb.ConfusionCell(first=negative, second=neutral, count=1),
            ],
            mean_shift=0.071,
            changed=[
                pb.ChangedDocument(document="documents/d1", title=FIRE, first=first, second=second)
            ],
        )
