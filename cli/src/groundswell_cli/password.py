"""The first administrator's one-time password, which the console leaves in the state folder."""

from __future__ import annotations

from collections.abc import Callable

from groundswell_cli.state import StateFolder


def announce_password(state: StateFolder, tell: Callable[[str], None], *, hide: bool) -> None:
    """Shows the password once, later only where it is; hide: only where it is, for logs."""
    file = state.first_password
    if not file.exists():
        return
    marker = file.with_name("first-password-shown")
    seen = marker.exists() and marker.stat().st_mtime >= file.stat().st_mtime
    if hide or seen:
        tell(f"first sign-in: name admin, one-time password in {file}")
        return
    tell(f"first sign-in: name admin, one-time password {file.read_text().strip()}")
    tell(f"the password is shown once; it is kept in {file} until you choose your own")
    marker.touch(mode=0o600)
