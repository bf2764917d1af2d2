"""Which models there are, which one counts, and which run beside it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from groundswell_analyzer.models.folder import CARD, load_model
from groundswell_analyzer.models.mixture import ByLanguage
from groundswell_analyzer.models.model import Model
from groundswell_core.errors import InvalidInput

SHIPPED = Path(__file__).parent / "data"
CURRENT = "news"  # unless the settings say otherwise


@dataclass(frozen=True, slots=True)
class Models:
    """The model whose answers count, and those whose answers are only kept."""

    current: Model
    shadows: tuple[Model, ...] = ()


def shipped() -> dict[str, Path]:
    """Returns the folders of the models that come with the package, by name."""
    return {card.parent.name: card.parent for card in sorted(SHIPPED.glob(f"*/{CARD}"))}


@cache
def load_models(current: str = CURRENT, shadows: Sequence[str] = ()) -> Models:
    """Returns the models of these names or folders, loaded once a process.

    Raises InvalidInput naming the one that is missing, broken, or has another's version.
    """
    models = Models(_load(current), tuple(map(_load, shadows)))
    versions = [model.card.version for model in (models.current, *models.shadows)]
    for version in versions:
        if versions.count(version) > 1:
            raise InvalidInput(
                f'two models are of version "{version}": their answers could not be told apart; '
                "give one of them another version in its card.yaml",
                reason="MODEL_VERSION_TWICE",
                version=version,
            )
    return models


def _load(name: str) -> ByLanguage:
    folders = shipped()
    if name not in folders and not Path(name).is_dir():
        raise InvalidInput(
            f'there is no model "{name}": name a folder with a {CARD}, '
            f"or one of {', '.join(folders)}",
            reason="MODEL_MISSING",
            model=name,
        )
    return load_model(folders.get(name) or Path(name))
