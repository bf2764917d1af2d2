"""Writes docs/settings.md and docs/cli.md from the code; with --check it only tells what is stale."""

from __future__ import annotations

import importlib
import os
import sys
from collections.abc import Iterator
from pathlib import Path

import click
import typer.main
from pydantic import BaseModel

from groundswell_core.settings import ServiceSettings, setting_names, settings_table

ROOT = Path(__file__).parent.parent
SERVICES = ("collector", "analyzer", "notifier", "coordinator", "console", "cli")
MADE_BY = "<!-- written by `make docs`; do not edit -->"
INTRODUCTION = """\
Read once from the environment at start and validated whole; a bad value stops the service and names the variable.
A file named like a variable in the folder GROUNDSWELL_SECRETS_DIR gives its value too; the environment wins.
`python -m groundswell_<service> settings` prints a service's own table."""


def settings_of(service: str) -> type[BaseModel]:
    """Returns the settings class of a service."""
    module = importlib.import_module(f"groundswell_{service}.settings")
    kinds = [
        item
        for item in vars(module).values()
        if isinstance(item, type)
        and issubclass(item, ServiceSettings)
        and item.__module__ == module.__name__
    ]
    if len(kinds) != 1:
        raise SystemExit(f"groundswell_{service}.settings must define one settings class")
    return kinds[0]


def own_rows(service: str) -> str:
    """Returns the table of the settings that only this service has."""
    shared = setting_names(ServiceSettings)
    lines = settings_table(settings_of(service)).splitlines()
    own = [line for line in lines[2:] if line.split("`")[1] not in shared]
    return "\n".join([*lines[:2], *own]) if own else "No settings of its own."


def settings_page() -> str:
    """Returns the page of every setting."""
    parts = [
        MADE_BY,
        "# Settings",
        INTRODUCTION,
        "## Every service",
        settings_table(ServiceSettings),
    ]
    for service in SERVICES:
        parts += [f"## {service}", own_rows(service)]
    return "\n\n".join(parts) + "\n"


def commands(command: click.Command, path: str) -> Iterator[tuple[str, click.Command]]:
    """Yields a command and everything below it."""
    yield path, command
    for name, child in sorted(getattr(command, "commands", {}).items()):
        if not child.hidden:
            yield from commands(child, f"{path} {name}")


def option_row(option: click.Parameter) -> str:
    """Returns one table row for an option or argument."""
    names = ", ".join(f"`{name}`" for name in [*option.opts, *option.secondary_opts])
    if isinstance(option, click.Argument) or getattr(option, "param_type_name", "") == "argument":
        names = f"`{(option.metavar or option.name or '').upper()}`"
    text = str(getattr(option, "help", "") or "").replace("|", "\\|").replace("\n", " ")
    return f"| {names} | {text} |"


def cli_page() -> str:
    """Returns the page of every command."""
    app = importlib.import_module("groundswell_cli.__main__").app
    parts = [MADE_BY, "# The groundswell command"]
    for path, command in commands(typer.main.get_command(app), "groundswell"):
        text = (command.help or "").split("\f")[0].strip()
        parts += [f"## {path}", text or "(no help)"]
        shown = [item for item in command.params if not getattr(item, "hidden", False)]
        if shown:
            rows = [option_row(item) for item in shown]
            parts.append("\n".join(["| option | meaning |", "|---|---|", *rows]))
    return "\n\n".join(parts) + "\n"


def main(arguments: list[str]) -> int:
    """Writes or checks the pages; returns the exit code."""
    for name in [name for name in os.environ if name.startswith("GROUNDSWELL_")]:
        del os.environ[name]  # defaults are what the page shows
    pages = {"docs/settings.md": settings_page(), "docs/cli.md": cli_page()}
    stale = []
    for name, text in pages.items():
        path = ROOT / name
        if path.exists() and path.read_text(encoding="utf-8") == text:
            continue
        stale.append(name)
        if "--check" not in arguments:
            path.write_text(text, encoding="utf-8")
    if stale and "--check" in arguments:
        print(f"stale: {', '.join(stale)}; run: make docs")
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
