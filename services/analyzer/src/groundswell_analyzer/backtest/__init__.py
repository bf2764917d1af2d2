"""Stored documents replayed through a monitor in virtual time: what would have fired, and when."""

from groundswell_analyzer.backtest.replay import Replay
from groundswell_analyzer.backtest.report import report
from groundswell_analyzer.backtest.trace import Trace

__all__ = ["Replay", "Trace", "report"]
