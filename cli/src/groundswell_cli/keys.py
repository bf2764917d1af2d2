"""Keys of the processes and the file that says whom to trust, made once for a state folder."""

from __future__ import annotations

import json
from typing import Any

from groundswell_cli.state import StateFolder
from groundswell_core.embedded.secrets import read_or_create
from groundswell_core.tokens import Role, TokenSigner, generate_key, public_entry, write_trust

# process -> (holder of the key, the highest role that it may claim for a person, if any).
# The console reads as itself and signs for the person who is logged in.
HOLDERS: dict[str, tuple[str, Role | None]] = {
    "collector": ("collector", None),
    "analyzer-annotate": ("analyzer", None),
    "analyzer-stories": ("analyzer", None),
    "notifier": ("notifier", None),
    "coordinator": ("coordinator", None),
    "console": ("console", Role.ADMIN),
    "operator": ("operator", Role.ADMIN),
}


def make_keys(state: StateFolder) -> None:
    """Makes every key that is missing and writes the trust file."""
    entries = [
        public_entry(_key(state, process), holder, service=process != "operator", people=people)
        for process, (holder, people) in HOLDERS.items()
    ]
    write_trust(state.trust, entries)


def operator_signer(state: StateFolder) -> TokenSigner:
    """Returns the signer of whoever may read the state folder: an administrator."""
    return TokenSigner.from_file(state.key("operator"), "operator")


def _key(state: StateFolder, process: str) -> dict[str, Any]:
    text = read_or_create(state.key(process), lambda: json.dumps(generate_key()))
    return dict(json.loads(text))
