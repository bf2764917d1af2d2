"""The one-pass clustering of short texts: no clock, no store, only words."""

from groundswell_analyzer.stories.cluster.clusterer import Clusterer
from groundswell_analyzer.stories.cluster.stream import StreamClusterer

__all__ = ["Clusterer", "StreamClusterer"]
