"""A model's folder: card.yaml says what it is and names its parts; *.npz hold their weights."""

from __future__ import annotations

import zipfile
from collections.abc import Mapping, Sequence
from dataclasses import fields
from pathlib import Path
from typing import Any

import numpy as np
import yaml

from groundswell_analyzer.models.grams import Buckets, Grams
from groundswell_analyzer.models.kernel import Kernel
from groundswell_analyzer.models.lexicon import lexicon
from groundswell_analyzer.models.mixture import ByLanguage, Mixture, Part
from groundswell_analyzer.models.model import CLASSES, Card, Floats
from groundswell_analyzer.models.vectors import Vectors
from groundswell_core.errors import InvalidInput

FORMAT = 1  # of the folder; a folder of another one was made by another release
CARD = "card.yaml"
_CURE = "make it anew with this release's `make models`, or take it out of the settings"
Arrays = Mapping[str, Any]


def load_model(folder: Path) -> ByLanguage:
    """Returns the model of a folder; raises InvalidInput naming the file that is wrong, and the cure."""
    card = _read_card(folder / CARD)
    try:
        known = {field.name: card[field.name] for field in fields(Card) if field.name in card}
        mixtures = {
            language: _mixture(folder, part) for language, part in card["languages"].items()
        }
        return ByLanguage(Card(**known), mixtures)
    except (KeyError, TypeError, AttributeError) as error:
        raise _broken(folder / CARD, f"{type(error).__name__}: {error}") from error


def _read_card(file: Path) -> dict[str, Any]:
    try:
        card = yaml.safe_load(file.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, yaml.YAMLError) as error:
        raise _broken(file, str(error)) from error
    if not isinstance(card, dict) or card.get("format") != FORMAT:
        found = card.get("format") if isinstance(card, dict) else None
        raise _broken(file, f"its format is {found}, this release reads {FORMAT}")
    return card


def _mixture(folder: Path, part: Mapping[str, Any]) -> Mixture:
    parts: list[Part] = []
    if "weights" in part:
        file = folder / str(part["weights"])
        parts = parts_of(_arrays(file), file)
    if part.get("lexicon"):
        parts.append(lexicon())
    table, bias = np.asarray(part["table"], np.float32), np.asarray(part["bias"], np.float32)
    _shaped(folder / CARD, "table", table, (len(CLASSES) * len(parts), len(CLASSES)))
    _shaped(folder / CARD, "bias", bias, (len(CLASSES),))
    return Mixture(parts, table, bias)


def _arrays(file: Path) -> Arrays:
    try:
        # Opened here: numpy leaves a file open that it cannot read.
        with file.open("rb") as opened, np.load(opened, allow_pickle=False) as archive:
            return {name: archive[name] for name in archive.files}
    except (OSError, ValueError, EOFError, zipfile.BadZipFile) as error:
        raise _broken(file, str(error)) from error


def parts_of(arrays: Arrays, file: Path) -> list[Part]:
    """Returns the parts whose weights a file holds: grams, kernel, or both in this order."""
    parts: list[Part] = []
    if "runs" in arrays:
        parts.append(_grams(arrays, file))
    if "examples" in arrays:
        parts.append(_kernel(arrays, file))
    return parts


def _grams(arrays: Arrays, file: Path) -> Grams:
    count = len(arrays["runs"])
    if count & (count - 1):
        raise _broken(file, f"runs has {count} rows, which is no power of two")
    runs, words = _floats(arrays, "runs"), _floats(arrays, "words")
    bias = _floats(arrays, "gram_bias")
    _shaped(file, "runs", runs, (count, len(CLASSES)))
    _shaped(file, "words", words, (count, len(CLASSES)))
    _shaped(file, "gram_bias", bias, (len(CLASSES),))
    return Grams(runs, words, bias, Buckets(count))


def _kernel(arrays: Arrays, file: Path) -> Kernel:
    vocabulary = bytes(arrays["vocabulary"]).decode("utf-8").split("\n")
    rows = arrays["vectors"]
    _shaped(file, "vectors", rows, (len(vocabulary), rows.shape[-1]))
    vectors = Vectors(vocabulary, rows)
    examples = _floats(arrays, "examples") / np.float32(127)
    weights, bias = _floats(arrays, "weights"), _floats(arrays, "bias")
    _shaped(file, "examples", examples, (len(weights), 2 * vectors.width))
    _shaped(file, "weights", weights, (len(examples), len(CLASSES)))
    _shaped(file, "bias", bias, (len(CLASSES),))
    return Kernel(vectors, examples, weights, bias)


def _floats(arrays: Arrays, name: str) -> Floats:
    return np.asarray(arrays[name], np.float32)


def _shaped(file: Path, name: str, array: Any, shape: Sequence[int]) -> None:
    if array.shape != tuple(shape):
        raise _broken(file, f"{name} has the shape {array.shape}, not {tuple(shape)}")


def _broken(file: Path, why: str) -> InvalidInput:
    return InvalidInput(
        f"the model file {file} cannot be used: {why}; {_CURE}", reason="MODEL_BROKEN", file=file
    )
