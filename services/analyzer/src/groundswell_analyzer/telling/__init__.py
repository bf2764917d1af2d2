"""What is told of a story: pure functions over its documents.

- voices: who tells it in words of their own; weights: how much their word counts
"""

from groundswell_analyzer.telling.report import Report, Said
from groundswell_analyzer.telling.voices import independent_voices, voices
from groundswell_analyzer.telling.weights import SourceWeights, load_weights

__all__ = ["Report", "Said", "SourceWeights", "independent_voices", "load_weights", "voices"]
