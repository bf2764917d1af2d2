"""The wiring.

alerts.v1 → Handler → Dispatcher → AlertBook, RevisionLog, GroupStore
                                     RevisionLog → Follower → Watch → WatchAlerts
                                     GroupStore → Pipeline → NotificationLog → Delivery → receivers
"""

from __future__ import annotations

from datetime import timedelta

from groundswell.alert.v1.alert_service_pb2_grpc import add_AlertServiceServicer_to_server
from groundswell_core.consume import consume
from groundswell_core.kafka import Producer, Reader
from groundswell_core.mongo import connect
from groundswell_core.service import Service
from groundswell_core.topics import ALERTS
from groundswell_notifier import stores
from groundswell_notifier.book import AlertBook
from groundswell_notifier.delivery import Delivery
from groundswell_notifier.dispatch import Dispatcher
from groundswell_notifier.duty import Duty, keep_duty, keep_history, keep_routes, keep_sending
from groundswell_notifier.follower import Follower
from groundswell_notifier.gauges import keep_gauges
from groundswell_notifier.groups import GroupStore
from groundswell_notifier.handle import Handler
from groundswell_notifier.notification_log import NotificationLog
from groundswell_notifier.pipeline import Pipeline
from groundswell_notifier.resume_tokens import ResumeTokens
from groundswell_notifier.revisions import RevisionLog
from groundswell_notifier.routes import Routes
from groundswell_notifier.service import AlertService
from groundswell_notifier.settings import Settings
from groundswell_notifier.watch import Watch

GROUP = "groundswell.notifier"


async def app(settings: Settings, service: Service) -> None:
    """Builds everything, in order; the reverse order closes it."""
    clock = service.clock
    routes = Routes(settings.notifier)
    await service.enter(routes)

    database = await service.enter(connect(settings.mongo))
    await database.ensure(*stores.COLLECTIONS)
    book = AlertBook(database.collection(stores.ALERTS.name), clock)
    revisions = RevisionLog(database.collection(stores.ALERT_LOG.name), clock)
    await revisions.start()
    groups = GroupStore(database.collection(stores.ALERT_GROUPS.name))
    notifications = NotificationLog(database.collection(stores.NOTIFICATIONS.name), clock)

    dispatcher = Dispatcher(
        book=book,
        revisions=revisions,
        groups=groups,
        routes=routes,
        clock=clock,
        lifetime=timedelta(seconds=settings.notifier.alert_lifetime),
    )
    pipeline = Pipeline(
        book=book, groups=groups, notifications=notifications, routes=routes, clock=clock
    )
    delivery = Delivery(
        notifications=notifications,
        book=book,
        routes=routes,
        settings=settings.notifier,
        clock=clock,
    )
    duty = Duty(
        dispatcher=dispatcher,
        groups=groups,
        pipeline=pipeline,
        delivery=delivery,
        clock=clock,
        expiry_grace=settings.notifier.expiry_grace,
    )

    follower = Follower(revisions, settings.watch, clock)
    watch = Watch(
        revisions=revisions,
        book=book,
        follower=follower,
        tokens=ResumeTokens(service.signer().secret("watch")),
        settings=settings.watch,
        clock=clock,
    )

    producer = await service.enter(Producer(settings.kafka, [ALERTS, ALERTS.dlq]))
    reader = Reader(settings.kafka, [ALERTS], GROUP, database.collection(stores.OFFSETS.name))
    reader.on_assigned += [revisions.take_over, duty.take_over]
    await service.enter(reader)

    service.spawn("follower", follower.run(service, service.heartbeat("follower")))
    service.spawn(
        "alerts",
        consume(
            reader,
            Handler(dispatcher).handle,
            producer=producer,
            heartbeat=service.heartbeat("alerts"),
            stop=service.stopping,
        ),
    )
    service.spawn(
        "duty",
        keep_duty(
            duty, reader, service, service.heartbeat("duty"), settings.notifier.poll_interval
        ),
    )
    service.spawn(
        "sending",
        keep_sending(
            duty, reader, service, service.heartbeat("sending"), settings.notifier.poll_interval
        ),
    )
    service.spawn("routes", keep_routes(routes, duty, service, settings.notifier.reload_interval))
    service.spawn("gauges", keep_gauges(book, service))
    service.spawn("history", keep_history(revisions, service, settings.watch))
    service.ready_checks.append(lambda: producer.is_ready)
    alerts = AlertService(book=book, notifications=notifications, routes=routes, watch=watch)
    await service.serve(
        [(add_AlertServiceServicer_to_server, alerts, "groundswell.alert.v1.AlertService")]
    )
