"""What the shipped model learns from: boards of hot topics (MIT), our labels of some, our own examples."""

from __future__ import annotations

from collections.abc import Iterator
from hashlib import sha256
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from pyarrow import parquet

HERE = Path(__file__).parent
FILES = ("heat/weibo_hot_hourly.parquet", "boards/topics.parquet")
LABELS = {"-": 0, "=": 1, "+": 2}  # places in models.CLASSES
Labelled = tuple[list[tuple[str, str]], NDArray[np.int64]]


def topics(data: Path) -> dict[str, str]:
    """Returns every title of the boards with its longest description, in the files' order."""
    heat, boards = (data / name for name in FILES)
    rows = parquet.read_table(heat, columns=["title", "description"]).to_pydict()
    found: dict[str, str] = {}
    for title, description in zip(rows["title"], rows["description"], strict=True):
        text = (description or "").strip()
        if title and len(text) >= len(found.get(title, "")):
            found[title] = text
    for title in parquet.read_table(boards, columns=["title"]).column("title").to_pylist():
        found.setdefault(title, "")
    return found


def labelled(found: dict[str, str]) -> Labelled:
    """Returns the topics that we labelled, with their classes: labels_zh.txt holds no text."""
    named = {digest(title): title for title in found}
    pairs = [(named[key], label) for label, key in _lines("labels_zh.txt") if key in named]
    return [(title, found[title]) for title, _ in pairs], _classes(label for _, label in pairs)


def examples(language: str) -> Labelled:
    """Returns our own made-up titles and texts of a language, with their classes."""
    lines = list(_lines(f"examples_{language}.txt"))
    parts = [line.partition("\t") for _, line in lines]
    return [(title, text) for title, _, text in parts], _classes(label for label, _ in lines)


def digest(title: str) -> str:
    """Returns the key of a title in labels_zh.txt."""
    return sha256(title.encode()).hexdigest()[:12]


def _lines(name: str) -> Iterator[tuple[str, str]]:
    for line in (HERE / name).read_text(encoding="utf-8").splitlines():
        if line and line[0] in LABELS:
            yield line[0], line[2:]


def _classes(labels: Iterator[str]) -> NDArray[np.int64]:
    return np.array([LABELS[label] for label in labels], np.int64)
