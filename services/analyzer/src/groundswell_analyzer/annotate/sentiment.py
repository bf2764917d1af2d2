"""Stage sentiment: the stance towards what is reported, by the current model and its shadows."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from groundswell_analyzer.annotate.draft import Draft, Tools
from groundswell_analyzer.models import Model, Models, load_models
from groundswell_core.analyses import Sentiment, SentimentClass

_LABELS = (SentimentClass.NEGATIVE, SentimentClass.NEUTRAL, SentimentClass.POSITIVE)


_models: list[Models] = []  # those that the settings name, set once when a process starts


def use_models(models: Models) -> None:
    """Asks these models from now on instead of the one that ships."""
    _models[:] = [models]


def models_in_use() -> Models:
    """Returns the models that this process asks."""
    return _models[0] if _models else load_models()


def sentiment_version() -> str:
    """Returns the version of the model whose answers count."""
    return models_in_use().current.card.version


def score_sentiment(drafts: Sequence[Draft], tools: Tools) -> list[Draft]:
    """Gives every document the current model's answer, and beside it what the shadows say."""
    return answer(drafts, models_in_use())


def answer(drafts: Sequence[Draft], models: Models) -> list[Draft]:
    """Gives every document the current model's answer, and beside it what the shadows say."""
    current = sentiments_of(models.current, drafts)
    shadows = list(zip(*(sentiments_of(model, drafts) for model in models.shadows), strict=True))
    beside = shadows or [()] * len(drafts)
    return [
        draft.learned(sentiment=sentiment, shadow_sentiments=others)
        for draft, sentiment, others in zip(drafts, current, beside, strict=True)
    ]


def sentiments_of(model: Model, drafts: Sequence[Draft]) -> list[Sentiment]:
    """Returns a model's answer to each document.

    Score is P(positive) - P(negative); confidence is how far the best class is above chance.
    """
    rows = np.round(model.classify(drafts).astype(float), 4)
    labels = rows.argmax(axis=1).tolist()
    version = model.card.version
    return [
        _sentiment(row, _LABELS[label], version) if any(row) else Sentiment(method=version)
        for row, label in zip(rows.tolist(), labels, strict=True)
    ]


def _sentiment(row: Sequence[float], label: SentimentClass, method: str) -> Sentiment:
    negative, neutral, positive = row
    return Sentiment(
        score=round(positive - negative, 4),
        confidence=round(max(0.0, (max(row) - 1 / 3) * 1.5), 4),
        method=method,
        label=label,
        negative=negative,
        neutral=neutral,
        positive=positive,
    )
