"""What is usual, what bursts, what will come: pure functions over counts, without clock or store.

- baselines: what is usual in an hour, of a monitor, story or kind of source; of a board's entry
- counts: how a count varies, and how many deviations one lies above the usual
- detector: one series of counts, scored as it comes
- budget: the threshold that rings so often a day as the user wants
- outlook: the next 1, 6, 24 hours, with an interval and the chance to pass a count
- heat: the chance that a board's entry passes a heat within a day
- states: where bursts begin and end
"""

from groundswell_analyzer.bursts.baselines import (
    MOST_HOURS,
    HeatBaselines,
    HourBaselines,
    Usual,
    baseline_record,
    hour_number,
    hour_of,
    robust,
    typical_of,
    usual_of,
)
from groundswell_analyzer.bursts.budget import AlarmBudget, Prior
from groundswell_analyzer.bursts.counts import CountModel
from groundswell_analyzer.bursts.detector import BurstDetector
from groundswell_analyzer.bursts.heat import BoardLook, chance_to_pass
from groundswell_analyzer.bursts.outlook import HORIZONS, Outlook, forecast
from groundswell_analyzer.bursts.states import Burst, bursts_of, states

__all__ = [
    "HORIZONS",
    "MOST_HOURS",
    "AlarmBudget",
    "BoardLook",
    "Burst",
    "BurstDetector",
    "CountModel",
    "HeatBaselines",
    "HourBaselines",
    "Outlook",
    "Prior",
    "Usual",
    "baseline_record",
    "bursts_of",
    "chance_to_pass",
    "forecast",
    "hour_number",
    "hour_of",
    "robust",
    "states",
    "typical_of",
    "usual_of",
]
