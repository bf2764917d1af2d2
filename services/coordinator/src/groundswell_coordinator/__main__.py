"""`python -m groundswell_coordinator`: runs the coordinator; `settings` prints its settings."""

from __future__ import annotations

import sys

from groundswell_coordinator.app import app
from groundswell_coordinator.settings import Settings
from groundswell_core.service import run
from groundswell_core.settings import settings_table


def main() -> int:
    """Runs the service, or a command, and returns the exit code."""
    match sys.argv[1:]:
        case []:
            return run(Settings, app, "coordinator")
        case ["settings"]:
            print(settings_table(Settings))  # noqa: T201 - a command speaks to its terminal
            return 0
        case _:
            print("usage: groundswell-coordinator [settings]")  # noqa: T201
            return 2


if __name__ == "__main__":
    sys.exit(main())
