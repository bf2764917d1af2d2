"""Searching stored documents and stories: an index of grams finds candidates, the query decides."""

from groundswell_analyzer.search.conditions import is_exact, where
from groundswell_analyzer.search.grams import document_grams, grams, story_grams

__all__ = ["document_grams", "grams", "is_exact", "story_grams", "where"]
