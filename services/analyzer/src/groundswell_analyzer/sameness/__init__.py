"""Whether two short texts tell of the same event: what they share, what parts them, and a score."""

from groundswell_analyzer.sameness.features import compare
from groundswell_analyzer.sameness.rarity import Rarity
from groundswell_analyzer.sameness.reading import Reading, read
from groundswell_analyzer.sameness.sheet import Sheet, load_sheet

__all__ = ["Rarity", "Reading", "Sheet", "compare", "load_sheet", "read"]
