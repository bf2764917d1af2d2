"""What the coordinator counts."""

from __future__ import annotations

from prometheus_client import Counter

OPENED = Counter("groundswell_coordinator_opened_total", "Incidents opened.", ["by"])
COMMANDS = Counter("groundswell_coordinator_commands_total", "Commands carried out.", ["command"])
