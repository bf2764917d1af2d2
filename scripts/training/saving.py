"""Writes a model's folder, the same bytes for the same model."""

from __future__ import annotations

import zipfile
from collections.abc import Mapping
from io import BytesIO
from pathlib import Path
from typing import Any

import numpy as np
import yaml

from groundswell_analyzer.models.folder import CARD, FORMAT
from groundswell_analyzer.models.grams import Grams
from groundswell_analyzer.models.kernel import Kernel
from groundswell_analyzer.models.lexicon import Lexicon
from groundswell_analyzer.models.mixture import Mixture
from groundswell_analyzer.models.model import Floats

Arrays = dict[str, Any]


def save_model(folder: Path, card: Mapping[str, Any], mixtures: Mapping[str, Mixture]) -> None:
    """Writes card.yaml, and weights for each language that has some."""
    folder.mkdir(parents=True, exist_ok=True)
    languages = {language: _part(folder, language, one) for language, one in mixtures.items()}
    whole = {"format": FORMAT, **card, "languages": languages}
    text = yaml.safe_dump(whole, allow_unicode=True, sort_keys=False, width=100)
    (folder / CARD).write_text(text, encoding="utf-8")


def _part(folder: Path, language: str, mixture: Mixture) -> dict[str, Any]:
    arrays: Arrays = {}
    for part in mixture.parts:
        arrays |= _arrays(part)
    if arrays:
        _write(folder / f"{language}.npz", arrays)
    return {
        **({"weights": f"{language}.npz"} if arrays else {}),
        "lexicon": any(isinstance(part, Lexicon) for part in mixture.parts),
        "table": _rounded(mixture.table),
        "bias": _rounded(mixture.bias),
    }


def _arrays(part: object) -> Arrays:
    if isinstance(part, Kernel):
        vocabulary = "\n".join(part.vectors.words).encode("utf-8")
        return {
            "vocabulary": np.frombuffer(vocabulary, np.uint8),
            "vectors": part.vectors.rows,
            "examples": np.round(part.examples * 127).astype(np.int8),
            "weights": part.weights.astype(np.float32),
            "bias": part.bias,
        }
    if isinstance(part, Grams):
        return {
            "runs": part.runs.astype(np.float16),
            "words": part.words.astype(np.float16),
            "gram_bias": part.bias,
        }
    return {}


def _write(file: Path, arrays: Arrays) -> None:
    """Writes arrays as numpy would, but for the time of day that it writes into the archive."""
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED, compresslevel=9) as archive:
        for name, array in arrays.items():
            data = BytesIO()
            np.lib.format.write_array(data, np.ascontiguousarray(array), allow_pickle=False)
            archive.writestr(zipfile.ZipInfo(f"{name}.npy"), data.getvalue(), zipfile.ZIP_DEFLATED)


def _rounded(values: Floats) -> list[Any]:
    return [
        [round(float(cell), 4) for cell in row] if np.ndim(row) else round(float(row), 4)
        for row in values
    ]
