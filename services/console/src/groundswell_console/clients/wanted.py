"""What somebody searches for, in stories and in documents alike."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from groundswell_core.grades import Level


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """A query and the fields that narrow it; empty ones ask for anything."""

    query: str = ""
    place: str = ""
    category: str = ""  # or a sub-topic, such as accident/traffic
    minimum_level: Level = Level.UNSPECIFIED
    language: str = ""
    source: str = ""
    start_time: datetime | None = None
    end_time: datetime | None = None

    @property
    def is_open(self) -> bool:
        """Tells whether it asks for everything there is."""
        return self == Wanted()

    def fill(self, request: Any) -> Any:
        """Writes itself into a request of either search and returns it."""
        for name in ("query", "place", "category", "language", "source"):
            setattr(request, name, getattr(self, name))
        request.minimum_level = int(self.minimum_level)
        for name in ("start_time", "end_time"):
            if moment := getattr(self, name):
                getattr(request, name).FromDatetime(moment)
        return request
