"""What is learned of each document by itself: pure functions over a batch, in one list of stages."""

from groundswell_analyzer.annotate.draft import Draft, Stage, Tools
from groundswell_analyzer.annotate.stages import LAST_STAGE, STAGES, annotate, pipeline_version
from groundswell_analyzer.annotate.worker import Annotator

__all__ = [
    "LAST_STAGE",
    "STAGES",
    "Annotator",
    "Draft",
    "Stage",
    "Tools",
    "annotate",
    "pipeline_version",
]
