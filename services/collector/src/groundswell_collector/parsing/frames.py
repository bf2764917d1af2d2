"""The wire between the collector and its parsing children: lengths, JSON, raw bytes; never pickle."""

from __future__ import annotations

import struct

# A request: the length of its JSON, the length of the body; then both. An answer has no body.
HEADER = struct.Struct("!II")
