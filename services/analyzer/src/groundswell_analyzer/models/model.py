"""What the analyzer asks of a model, whoever made it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Protocol, TypeAlias

import numpy as np
from numpy.typing import NDArray

CLASSES = ("negative", "neutral", "positive")  # in the order of every row and column
Floats: TypeAlias = NDArray[np.float32]


class Reading(Protocol):
    """What a model may read of a document; a Draft of the annotate stages is one."""

    @property
    def language(self) -> str:
        """The BCP 47 primary language."""

    @property
    def title(self) -> str:
        """The key of the title."""

    @property
    def title_words(self) -> tuple[str, ...]:
        """The words and marks of the title's key, in order."""

    @property
    def text_words(self) -> tuple[str, ...]:
        """The words and marks of the text's lead, in order."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Card:
    """A model as it was made: card.yaml beside its weights."""

    name: str
    version: str  # what Sentiment.method says
    task: str = "sentiment"
    trained_on: str = ""
    licence: str = ""
    metrics: Mapping[str, float] = field(default_factory=dict)


class Model(Protocol):
    """Gives every document a probability of each class."""

    @property
    def card(self) -> Card:
        """The name, version, licence and figures of the model."""

    def classify(self, readings: Sequence[Reading]) -> Floats:
        """Returns a row a document: probabilities of CLASSES, or zeros where it knows nothing."""


def softmax(logits: Floats) -> Floats:
    """Returns the probabilities of each row of logits."""
    powers = np.exp(logits - logits.max(axis=1, keepdims=True))
    return np.asarray(powers / powers.sum(axis=1, keepdims=True), dtype=np.float32)
