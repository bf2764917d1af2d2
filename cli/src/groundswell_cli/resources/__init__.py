"""Commands over the running services, one module a noun."""

from __future__ import annotations

import typer

from groundswell_cli.resources import (
    alerts,
    departments,
    documents,
    incidents,
    models,
    monitors,
    routes,
    sources,
    stories,
)

# In the order that the help shows: from what comes in to who acts on it.
NOUNS = (sources, documents, monitors, stories, alerts, routes, incidents, departments, models)


def register(app: typer.Typer) -> None:
    """Adds a group of commands for each noun."""
    for noun in NOUNS:
        noun.register(app)
