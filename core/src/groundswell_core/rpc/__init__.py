"""gRPC: one way to serve, one way to call.

Server: identity and policy first, then deadlines, then errors of the tree as statuses.
Client: token, trace context and a deadline on every call; UNAVAILABLE is retried by the channel.
"""

from groundswell_core.rpc.client import connect_peer
from groundswell_core.rpc.failures import DOMAIN, translate, translated
from groundswell_core.rpc.guard import caller
from groundswell_core.rpc.server import MAXIMUM_RECEIVED, READY, RpcServer, serve

__all__ = [
    "DOMAIN",
    "MAXIMUM_RECEIVED",
    "READY",
    "RpcServer",
    "caller",
    "connect_peer",
    "serve",
    "translate",
    "translated",
]
