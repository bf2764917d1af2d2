"""How much the word of an outlet counts, from a table that people can read and change."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import Annotated, NamedTuple

from pydantic import BaseModel, ConfigDict, Field

from groundswell_core.yaml_files import parse_yaml, read_yaml

Weight = Annotated[float, Field(ge=0, le=1)]
_MOST_KNOWN = 20_000  # answers kept; then the memory starts afresh


class _Part(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class OutletGroup(_Part):
    """Outlets that speak with one voice."""

    weight: Weight
    names: tuple[str, ...] = ()
    domains: tuple[str, ...] = ()


class WeightTable(_Part):
    """The table as it is written."""

    version: str = Field(min_length=1)
    outlets: tuple[OutletGroup, ...] = ()
    sources: dict[str, Weight] = {}
    kinds: dict[str, Weight] = {}


class Standing(NamedTuple):
    """What the table says of a document's outlet; weight None: nothing."""

    weight: float | None
    speaker: str  # the group's first name; empty: the outlet speaks for itself


class SourceWeights:
    """Finds what tables say of outlets; earlier tables go before later ones."""

    def __init__(self, *tables: WeightTable) -> None:
        """Takes the tables, the most important first."""
        self._names: dict[str, Standing] = {}
        self._domains: dict[str, Standing] = {}
        self._sources: dict[str, float] = {}
        self._kinds: dict[str, float] = {}
        self._known: dict[tuple[str, str], Standing | None] = {}
        for table in reversed(tables):
            self._add(table)

    def _add(self, table: WeightTable) -> None:
        for group in table.outlets:
            for name in group.names:
                self._names[_folded(name)] = Standing(group.weight, group.names[0])
            for domain in group.domains:
                speaker = group.names[0] if group.names else ""
                self._domains[_folded(domain)] = Standing(group.weight, speaker)
        self._sources |= table.sources
        self._kinds |= table.kinds

    def standing(self, outlet: str, url: str, source: str, kind: str) -> Standing:
        """Returns what is known of an outlet: by its name, the host, the source, or its kind."""
        host = host_of(url)
        try:
            named = self._known[outlet, host]
        except KeyError:
            named = self._named(outlet, host)
            if len(self._known) >= _MOST_KNOWN:
                self._known.clear()
            self._known[outlet, host] = named
        if named is not None:
            return named
        return Standing(self._sources.get(source, self._kinds.get(kind)), "")

    def _named(self, outlet: str, host: str) -> Standing | None:
        found = self._names.get(_folded(outlet))
        if found is not None:
            return found
        return next((self._domains[part] for part in _endings(host) if part in self._domains), None)

    def names(self) -> frozenset[str]:
        """Returns every name of an outlet, in lower case."""
        return frozenset(self._names)


def host_of(url: str) -> str:
    """Returns the host of an address in lower case; empty when it has none."""
    parts = url.split("/", 3)
    if len(parts) < 3 or not parts[0].endswith(":"):
        return ""
    return parts[2].rpartition("@")[2].partition(":")[0].lower()


def _endings(host: str) -> Iterator[str]:
    """Yields a host and its endings at dots, the longest first."""
    while host:
        yield host
        host = host.partition(".")[2]


def _folded(name: str) -> str:
    return " ".join(name.split()).casefold()


@cache
def shipped_weights() -> WeightTable:
    """Returns the table that ships with the package."""
    file = files("groundswell_analyzer.telling") / "source_weights.yaml"
    return parse_yaml(file.read_bytes(), Path("source_weights.yaml"), WeightTable)


def load_weights(file: Path | None = None) -> SourceWeights:
    """Returns the shipped table behind one of your own, when there is one."""
    own = () if file is None else (read_yaml(file, WeightTable),)
    return SourceWeights(*own, shipped_weights())
