"""The wiring.

alerts.v1 → Handler → Ledger → Outbox → incidents.v1
IncidentService, DepartmentService ↔ Ledger, DepartmentStore
"""

from __future__ import annotations

from groundswell.department.v1.department_service_pb2_grpc import (
    add_DepartmentServiceServicer_to_server,
)
from groundswell.incident.v1.incident_service_pb2_grpc import add_IncidentServiceServicer_to_server
from groundswell_coordinator import stores
from groundswell_coordinator.department_service import DepartmentService
from groundswell_coordinator.departments import DepartmentStore, read_departments
from groundswell_coordinator.handle import Handler
from groundswell_coordinator.ledger import Ledger
from groundswell_coordinator.publish import Outbox
from groundswell_coordinator.rules import read_rules
from groundswell_coordinator.service import IncidentService
from groundswell_coordinator.settings import Settings
from groundswell_core.consume import consume
from groundswell_core.kafka import Producer, Reader
from groundswell_core.mongo import connect
from groundswell_core.service import Service
from groundswell_core.topics import ALERTS, INCIDENTS

GROUP = "groundswell.coordinator"


async def app(settings: Settings, service: Service) -> None:
    """Builds everything, in order; the reverse order closes it."""
    clock = service.clock
    rules = read_rules(settings.coordinator.rules_file)
    seeds = read_departments(settings.coordinator.departments_file)

    database = await service.enter(connect(settings.mongo))
    await database.ensure(*stores.COLLECTIONS)
    ledger = Ledger(database.collection(stores.INCIDENTS.name))
    departments = DepartmentStore(database.collection(stores.DEPARTMENTS.name), clock)
    await departments.seed(seeds)

    producer = await service.enter(Producer(settings.kafka, [ALERTS, ALERTS.dlq, INCIDENTS]))
    outbox = Outbox(ledger, producer)
    handler = Handler(
        ledger=ledger, departments=departments, rules=rules, outbox=outbox, clock=clock
    )
    offsets = database.collection(stores.OFFSETS.name)
    reader = await service.enter(Reader(settings.kafka, [ALERTS], GROUP, offsets))

    service.spawn(
        "alerts",
        consume(
            reader,
            handler.handle,
            producer=producer,
            heartbeat=service.heartbeat("alerts"),
            stop=service.stopping,
        ),
    )
    service.spawn(
        "outbox",
        outbox.run(service, service.heartbeat("outbox"), settings.coordinator.publish_interval),
    )
    service.ready_checks.append(lambda: producer.is_ready)
    incidents = IncidentService(ledger=ledger, departments=departments, outbox=outbox, clock=clock)
    units = DepartmentService(departments, ledger)
    await service.serve(
        [
            (
                add_IncidentServiceServicer_to_server,
                incidents,
                "groundswell.incident.v1.IncidentService",
            ),
            (
                add_DepartmentServiceServicer_to_server,
                units,
                "groundswell.department.v1.DepartmentService",
            ),
        ]
    )
