"""The command `groundswell`: registers every group of commands and says errors in one way."""

from __future__ import annotations

import sys

import typer

from groundswell_cli import demo, doctor, down, resources, status, up
from groundswell_core.errors import GroundswellError

# One line for a new group of commands: a module with register(app).
COMMANDS = (up, demo, down, status, doctor, resources)


def build() -> typer.Typer:
    """Returns the command with all its groups."""
    app = typer.Typer(
        name="groundswell",
        help="Tells a duty team, minutes after public opinion starts to swell, what is said, "
        "how serious it is, and who must act.",
        no_args_is_help=True,
        pretty_exceptions_enable=False,
        context_settings={"help_option_names": ["-h", "--help"]},
    )
    for module in COMMANDS:
        module.register(app)
    return app


app = build()


def main() -> None:
    """Runs the command; a failure that we know is one message and exit code 1."""
    try:
        app()
    except GroundswellError as error:
        print(f"groundswell: {error.message}", file=sys.stderr)
        sys.exit(1)


if __name__ == "__main__":
    main()
