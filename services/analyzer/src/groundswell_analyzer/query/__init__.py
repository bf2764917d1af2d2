"""The boolean query language of monitors and searches; see docs/query.md."""

from groundswell_analyzer.query.compiled import CompiledQueries, search_terms
from groundswell_analyzer.query.errors import QueryError
from groundswell_analyzer.query.keys import key
from groundswell_analyzer.query.matching import matches
from groundswell_analyzer.query.parser import Parsed, parse, parse_or_raise
from groundswell_analyzer.query.searchable import (
    Searchable,
    primary_language,
    searchable,
    searchable_analysis,
)
from groundswell_analyzer.query.tree import Node, normal_form

__all__ = [
    "CompiledQueries",
    "Node",
    "Parsed",
    "QueryError",
    "Searchable",
    "key",
    "matches",
    "normal_form",
    "parse",
    "parse_or_raise",
    "primary_language",
    "search_terms",
    "searchable",
    "searchable_analysis",
]
