"""python -m groundswell_analyzer [settings]: runs the role of GROUNDSWELL_ANALYZER__ROLE."""

from __future__ import annotations

import sys

from groundswell_analyzer.app import app
from groundswell_analyzer.settings import Settings
from groundswell_core.service import run
from groundswell_core.settings import settings_table


def main() -> int:
    """Runs the service; prints its settings for the argument "settings"."""
    if sys.argv[1:] == ["settings"]:
        print(settings_table(Settings))  # noqa: T201 - asked for by a person at a terminal
        return 0
    return run(Settings, app, "analyzer")


if __name__ == "__main__":
    sys.exit(main())
