"""`groundswell up` with stand-ins for the services; the servers, the supervisor and the rest are real."""

import asyncio
import sys
from dataclasses import replace
from pathlib import Path

from rich.console import Console

from groundswell_cli.environment import user_environment
from groundswell_cli.services import SERVICES
from groundswell_cli.session import Session
from groundswell_cli.settings import UpSettings
from groundswell_cli.state import StateFolder
from groundswell_cli.suite import Plan
from groundswell_cli.view import View
from groundswell_core.errors import GroundswellError
from groundswell_core.settings import load_settings

STANDINS = tuple(
    replace(
        spec, module="groundswell_standin", variables={**spec.variables, "STANDIN_NAME": spec.name}
    )
    for spec in SERVICES
)


def main(folder: Path, config: Path) -> None:
    state = StateFolder(folder)
    state.prepare()
    plan = Plan(
        state=state,
        settings=load_settings(UpSettings),
        user=user_environment(),
        config=config,
        services=STANDINS,
    )
    with state.hold():
        console = Console()
        asyncio.run(Session(plan, View(console, live=console.is_terminal), quiet=False).run())


if __name__ == "__main__":
    try:
        main(Path(sys.argv[1]), Path(sys.argv[2]))
    except GroundswellError as error:
        sys.exit(error.message)
