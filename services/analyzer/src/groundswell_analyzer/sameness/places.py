"""Whether two texts can speak of the same place."""

from __future__ import annotations

from collections.abc import Collection


def places_agree(left: Collection[str], right: Collection[str]) -> bool:
    """Tells whether one text names a place that the other names or lies in, as far as both name any."""
    return not left or not right or any(_touch(one, other) for one in left for other in right)


def _touch(one: str, other: str) -> bool:
    return one == other or one.startswith(f"{other}-") or other.startswith(f"{one}-")
