"""The four services behind the console, each with the clients of its nouns."""

from __future__ import annotations

from dataclasses import dataclass

from groundswell_console.clients.alerts import Alerts
from groundswell_console.clients.backtests import Backtests
from groundswell_console.clients.incidents import Departments, Incidents
from groundswell_console.clients.monitors import Monitors
from groundswell_console.clients.peer import Peer
from groundswell_console.clients.sources import Sources
from groundswell_console.clients.stories import Documents, Stories
from groundswell_console.person import identify
from groundswell_core.clock import Clock
from groundswell_core.rpc import connect_peer
from groundswell_core.service import Service
from groundswell_core.settings import PeerSettings

SERVICES = ("collector", "analyzer", "notifier", "coordinator")


@dataclass(frozen=True, slots=True, kw_only=True)
class Peers:
    """Everything that pages ask for."""

    by_name: dict[str, Peer]
    sources: Sources
    documents: Documents
    stories: Stories
    monitors: Monitors
    backtests: Backtests
    alerts: Alerts
    incidents: Incidents
    departments: Departments


def clients(by_name: dict[str, Peer]) -> Peers:
    """Returns the clients over four services."""
    return Peers(
        by_name=by_name,
        sources=Sources(by_name["collector"]),
        documents=Documents(by_name["analyzer"]),
        stories=Stories(by_name["analyzer"]),
        monitors=Monitors(by_name["analyzer"]),
        backtests=Backtests(by_name["analyzer"]),
        alerts=Alerts(by_name["notifier"]),
        incidents=Incidents(by_name["coordinator"]),
        departments=Departments(by_name["coordinator"]),
    )


async def connect_peers(service: Service, settings: PeerSettings, clock: Clock) -> Peers:
    """Opens a channel to each service; calls carry the person who is logged in."""
    signer = service.signer()
    by_name: dict[str, Peer] = {}
    for name in SERVICES:
        channel = await service.enter(
            connect_peer(
                getattr(settings, name),
                audience=name,
                signer=signer,
                identify=identify,
                tls=service.settings.tls,
            )
        )
        by_name[name] = Peer(name, channel, clock)
    return clients(by_name)
