"""Wires the console together.

browser → Guard (person, language, form) → pages → clients → collector · analyzer · notifier · coordinator
                                             ↑
notifier.WatchAlerts → Hub (one follower) → a bounded queue for each open page
MongoDB: accounts and sessions, nothing else
"""

from __future__ import annotations

from groundswell_console.accounts import ACCOUNTS, Accounts
from groundswell_console.attempts import FailedLogins
from groundswell_console.context import Console
from groundswell_console.cookies import Cookies
from groundswell_console.live import Hub
from groundswell_console.passwords import Passwords
from groundswell_console.peers import connect_peers
from groundswell_console.remember import LastGood
from groundswell_console.render import Renderer
from groundswell_console.sessions import SESSIONS, Sessions
from groundswell_console.settings import Settings
from groundswell_console.web import build, health_routes, listen, serve
from groundswell_core.log import get_logger
from groundswell_core.mongo import connect
from groundswell_core.service import Service

log = get_logger(__name__)


async def app(settings: Settings, service: Service) -> None:
    """Opens the store and the channels, then serves pages."""
    own = settings.console
    sock = listen(own)
    database = await service.enter(connect(settings.mongo))
    await database.ensure(ACCOUNTS, SESSIONS)
    clock = service.clock
    accounts = Accounts(database, Passwords(own.hashing_at_once), clock)
    if await accounts.create_first(own.first_password_file):
        log.info("first account made", account="admin", password_file=str(own.first_password_file))
    peers = await connect_peers(service, settings.peers, clock)
    hub = Hub(peers.alerts, clock, limit=own.streams)
    console = Console(
        settings=own,
        peers=peers,
        accounts=accounts,
        sessions=Sessions(
            database,
            clock,
            idle=own.session_idle,
            lifetime=own.session_lifetime,
            secret=service.signer().secret("console forms"),
        ),
        failed_logins=FailedLogins(own.failed_logins, clock),
        hub=hub,
        last_good=LastGood(clock),
        renderer=Renderer(),
        cookies=Cookies(own.is_secure),
        clock=clock,
        stopping=service.stopping,
    )
    heartbeat = service.heartbeat("alerts")
    service.spawn("alerts", hub.follow(service.stopping, heartbeat))
    web = build(console, health_routes(database, heartbeat))
    service.spawn("web", serve(web, own, sock, service.stopping))
    log.info("serving pages", address=f"http://{own.host}:{sock.getsockname()[1]}")
