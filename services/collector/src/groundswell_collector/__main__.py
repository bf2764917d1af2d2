"""Starts the collector: `python -m groundswell_collector`; `settings` and `plugins` print tables."""

from __future__ import annotations

import sys

from groundswell_collector.app import app
from groundswell_collector.settings import Settings
from groundswell_core.errors import GroundswellError
from groundswell_core.service import run
from groundswell_core.settings import load_settings, settings_table
from groundswell_core.sources import load_kinds

USAGE = "usage: python -m groundswell_collector [settings | plugins]"


def plugins_table(settings: Settings) -> str:
    """Returns every loaded kind of source: kind, plugin, version, summary."""
    kinds = load_kinds(settings.plugins.names())
    rows = ["| kind | plugin | version | summary |", "|---|---|---|---|"]
    for name, kind in sorted(kinds.items()):
        rows.append(f"| `{name}` | {kind.plugin} | {kind.version} | {kind.spec.summary} |")
    return "\n".join(rows)


def main(arguments: list[str] | None = None) -> int:
    """Runs the collector, or prints a table; returns the exit code."""
    given = sys.argv[1:] if arguments is None else arguments
    if not given:
        return run(Settings, app, "collector")
    try:
        tables = {
            "settings": lambda: settings_table(Settings),
            "plugins": lambda: plugins_table(load_settings(Settings)),
        }
        print(tables[given[0]]())  # noqa: T201 - a person asked for it
    except KeyError:
        print(USAGE, file=sys.stderr)  # noqa: T201 - the same
        return 2
    except GroundswellError as error:
        print(error, file=sys.stderr)  # noqa: T201 - the same
        return 2
    return 0


if __name__ == "__main__":
    sys.exit(main())
