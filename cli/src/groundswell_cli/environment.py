"""The user's environment: the one place of the command that reads it, to hand it on to the services."""

from __future__ import annotations

import os
from collections.abc import Mapping

KAFKA = "GROUNDSWELL_KAFKA__BOOTSTRAP_SERVERS"
MONGO = "GROUNDSWELL_MONGO__URL"


def user_environment() -> dict[str, str]:
    """Returns a copy of the environment that the command was started with."""
    return dict(os.environ)


def names(environment: Mapping[str, str], variable: str) -> bool:
    """Tells whether the user has set a variable, in whatever case the settings would accept."""
    return any(name.upper() == variable and value for name, value in environment.items())
