"""Mistakes in a query as values: where, how long, what is wrong and the cure."""

from __future__ import annotations

from dataclasses import dataclass

MAXIMUM_LENGTH = 2_000  # characters of a query
MAXIMUM_TERMS = 200  # words, phrases and filters
MAXIMUM_DEPTH = 50  # parentheses and NOTs inside each other
MAXIMUM_ERRORS = 20  # reported at once
MAXIMUM_DISTANCE = 100  # of NEAR/n


@dataclass(frozen=True, slots=True, order=True)
class QueryError:
    """One mistake; positions count Unicode code points from 0."""

    position: int
    length: int  # at least 1
    message: str
