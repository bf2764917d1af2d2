"""Real servers on loopback for one machine: MongoDB and a Kafka-wire broker, no containers.

Used by `groundswell up` and by the tests. Services never see this package: they see addresses.
"""

from __future__ import annotations

from groundswell_core.embedded.broker import EmbeddedBroker
from groundswell_core.embedded.child import Child
from groundswell_core.embedded.mongo import EmbeddedMongo
from groundswell_core.embedded.ports import free_port, is_free
from groundswell_core.embedded.secrets import read_or_create, write_private

__all__ = [
    "Child",
    "EmbeddedBroker",
    "EmbeddedMongo",
    "free_port",
    "is_free",
    "read_or_create",
    "write_private",
]
