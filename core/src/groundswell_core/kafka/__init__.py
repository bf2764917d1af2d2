"""Kafka: the only package that imports the client library.

A record is committed after its durable effect. A bad record goes to the dead letters, of which
there is a limit; a bad moment pauses; anything else stops the process (see consume.py).
"""

from groundswell_core.kafka.connection import ensure_topics
from groundswell_core.kafka.producer import MAXIMUM_BYTES, Producer
from groundswell_core.kafka.reader import Reader

__all__ = ["MAXIMUM_BYTES", "Producer", "Reader", "ensure_topics"]
