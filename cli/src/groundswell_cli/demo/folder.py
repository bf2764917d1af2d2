"""The demo's own state folder: made anew for each run, with the demo's addresses written in."""

from __future__ import annotations

import secrets
import shutil
import string
from pathlib import Path

from groundswell_cli.state import StateFolder
from groundswell_core.embedded.secrets import private_folder, read_or_create
from groundswell_core.errors import FailedPrecondition, InvalidInput

_MARK = "this-is-a-demo"  # only a folder with this file in it is ever emptied


def fresh_folder(path: Path) -> StateFolder:
    """Returns an empty state folder; raises FailedPrecondition rather than empty a real one."""
    folder = StateFolder(path)
    if folder.holder() is not None:
        raise FailedPrecondition(
            f"a demo runs on {folder.path} already; stop it with Ctrl-C there, or with "
            f"`groundswell down --state {path}`",
            reason="ALREADY_RUNNING",
        )
    if folder.path.is_dir() and any(folder.path.iterdir()):
        if not (folder.path / _MARK).exists():
            raise FailedPrecondition(
                f"{folder.path} holds something else than a demo; name another folder with --state",
                reason="NOT_A_DEMO",
            )
        shutil.rmtree(folder.path)
    private_folder(folder.path)
    (folder.path / _MARK).touch()
    folder.prepare()
    return folder


def webhook_secret(folder: StateFolder) -> Path:
    """Returns the file of the secret that the sink's webhooks are signed with."""
    file = folder.path / "webhook-secret"
    read_or_create(file, lambda: secrets.token_urlsafe(32))
    return file


def write_config(folder: StateFolder, config: Path, site: str) -> Path:
    """Writes the demo's YAML files with the site's address in them; returns their folder."""
    files = sorted(config.glob("*.yaml"))
    if not files:
        raise InvalidInput(
            f"{config} holds no YAML files; run the demo in the repository, or name its folder "
            "config/demo with --config",
            reason="NO_CONFIG",
        )
    made = private_folder(folder.path / "config")
    values = {"site": site, "secret_file": str(webhook_secret(folder))}
    for file in files:
        text = string.Template(file.read_text(encoding="utf-8")).safe_substitute(values)
        (made / file.name).write_text(text, encoding="utf-8")
    return made
