"""Free ports on loopback."""

from __future__ import annotations

import random
import socket
from pathlib import Path

from groundswell_core.errors import Unavailable

# Below the kernel's usual range for outgoing connections (32768 and up), so that no
# connection takes the port of a server that is being restarted.
_LOWEST, _HIGHEST = 20_000, 32_000


def is_free(port: int) -> bool:
    """Tells whether a server could listen on this port of 127.0.0.1 now."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            return False
        return True


def free_port(taken: frozenset[int] = frozenset()) -> int:
    """Returns a port of 127.0.0.1 that nobody listens on and that is not among those taken."""
    for _ in range(1000):
        port = random.randint(_LOWEST, _HIGHEST)
        if port not in taken and is_free(port):
            return port
    raise Unavailable(
        "no free port between 20000 and 32000 on 127.0.0.1; stop a server that holds one"
    )


def remembered_port(file: Path, wanted: int = 0) -> int:
    """Returns the wanted port, else the one in the file while it is free, else a new one; remembers it."""
    port = wanted or _read(file)
    if not port or (not wanted and not is_free(port)):
        port = free_port()
    file.write_text(f"{port}\n", encoding="utf-8")
    return port


def _read(file: Path) -> int:
    try:
        return int(file.read_text(encoding="utf-8"))
    except (FileNotFoundError, ValueError):
        return 0
