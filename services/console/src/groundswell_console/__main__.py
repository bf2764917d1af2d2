"""Starts the console: python -m groundswell_console [settings | reset-password NAME]."""

from __future__ import annotations

import asyncio
import sys

from groundswell_console.settings import Settings
from groundswell_core.errors import AlreadyExists, GroundswellError
from groundswell_core.service import run
from groundswell_core.settings import load_settings, settings_table


def main() -> int:
    """Runs the console, or the command that the first argument names."""
    arguments = sys.argv[1:]
    if arguments == ["settings"]:
        print(settings_table(Settings))  # noqa: T201 - the command's answer
        return 0
    if arguments[:1] == ["reset-password"] and len(arguments) == 2:
        return _reset_password(arguments[1])
    from groundswell_console.app import app

    return run(Settings, app, "console")


def _reset_password(name: str) -> int:
    try:
        password = asyncio.run(_new_password(load_settings(Settings), name))
    except GroundswellError as error:
        print(error.message, file=sys.stderr)  # noqa: T201 - a command speaks to its terminal
        return 1
    print(password)  # noqa: T201 - the command's answer
    return 0


async def _new_password(settings: Settings, name: str) -> str:
    """Returns a one-time password; a missing account is made, as an administrator."""
    from groundswell_console.accounts import ACCOUNTS, Account, Accounts
    from groundswell_console.passwords import Passwords
    from groundswell_core.clock import SystemClock
    from groundswell_core.mongo import connect
    from groundswell_core.tokens import Role

    async with connect(settings.mongo) as database:
        await database.ensure(ACCOUNTS)
        accounts = Accounts(database, Passwords(1), SystemClock())
        try:
            return await accounts.create(Account(name=name, display_name="", role=Role.ADMIN))
        except AlreadyExists:
            return await accounts.reset_password(name)


if __name__ == "__main__":
    sys.exit(main())
