"""`python -m groundswell_notifier`: runs the notifier; `settings` and `routes` are its commands."""

from __future__ import annotations

import sys

from groundswell_core.errors import InvalidInput
from groundswell_core.service import run
from groundswell_core.settings import load_settings, settings_table
from groundswell_notifier import routes_command
from groundswell_notifier.app import app
from groundswell_notifier.settings import Settings


def main() -> int:
    """Runs the service, or a command, and returns the exit code."""
    match sys.argv[1:]:
        case []:
            return run(Settings, app, "notifier")
        case ["settings"]:
            print(settings_table(Settings))  # noqa: T201 - a command speaks to its terminal
            return 0
        case ["routes", *arguments]:
            return _routes(arguments)
        case _:
            print("usage: groundswell-notifier [settings | routes test | routes check]")  # noqa: T201
            return 2


def _routes(arguments: list[str]) -> int:
    try:
        settings = load_settings(Settings)
    except InvalidInput as error:
        print(error.message, file=sys.stderr)  # noqa: T201 - a command speaks to its terminal
        return 2
    return routes_command.main(arguments, settings)


if __name__ == "__main__":
    sys.exit(main())
