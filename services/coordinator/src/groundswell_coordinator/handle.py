"""Kafka in: records of groundswell.alerts.v1."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from groundswell_coordinator.changes import Act
from groundswell_coordinator.departments import DepartmentStore
from groundswell_coordinator.ledger import Ledger
from groundswell_coordinator.metrics import OPENED
from groundswell_coordinator.opening import Case, joined, opened
from groundswell_coordinator.publish import Outbox
from groundswell_coordinator.rules import Rule, lead_of, rule_for
from groundswell_core.alerts import ALERTS, Alert, AlertState
from groundswell_core.clock import Clock, milliseconds
from groundswell_core.departments import Department
from groundswell_core.errors import InvalidInput
from groundswell_core.log import get_logger
from groundswell_core.names import parse_name
from groundswell_core.topics import Record

log = get_logger(__name__)

_ACTOR = "coordinator"
_Key = tuple[str, bool]  # story, exercise: a drill never touches what is real


class Handler:
    """Opens incidents and keeps them up to date."""

    def __init__(
        self,
        *,
        ledger: Ledger,
        departments: DepartmentStore,
        rules: Sequence[Rule],
        outbox: Outbox,
        clock: Clock,
    ) -> None:
        """Takes the stores and the rules in force."""
        self._ledger = ledger
        self._departments = departments
        self._rules = rules
        self._outbox = outbox
        self._clock = clock

    async def handle(self, records: Sequence[Record]) -> None:
        """Takes in a batch; durable when it returns."""
        alerts = [_checked(ALERTS.from_bytes(record.value)) for record in records]
        known = await self._known({alert.story for alert in alerts if alert.story})
        after = dict(known)
        departments = await self._departments.by_name()
        for alert in alerts:
            key = (alert.story, alert.exercise)
            if (case := self.handle_alert(alert, after.get(key), departments)) is not None:
                after[key] = case
        changes = [
            (known.get(key), case) for key, case in after.items() if case is not known.get(key)
        ]
        await self._ledger.store(changes)
        self._tell(changes)

    async def _known(self, stories: set[str]) -> dict[_Key, Case]:
        cases = await self._ledger.of_stories(sorted(stories)) if stories else []
        return {
            (story, case.incident.exercise): case
            for case in cases
            for story in case.incident.stories
            if story in stories
        }

    def handle_alert(
        self, alert: Alert, case: Case | None, departments: Mapping[str, Department]
    ) -> Case | None:
        """Returns the incident that an alert opens or changes; None when it does neither."""
        act = Act(_ACTOR, milliseconds(self._clock.now()))
        rule = rule_for(self._rules, alert)
        if case is not None:
            return joined(case, alert, rule, act)
        if rule is None or alert.state is not AlertState.FIRING:
            return None
        return opened(alert, rule, lead_of(rule, alert, departments), act)

    def _tell(self, changes: Sequence[tuple[Case | None, Case]]) -> None:
        for before, after in changes:
            if before is None:
                OPENED.labels("rule").inc()
                log.info(
                    "incident opened",
                    incident=after.incident.name,
                    department=after.incident.department,
                    level=after.incident.level.name,
                )
        if changes:
            self._outbox.wake()


def _checked(alert: Alert) -> Alert:
    parse_name(alert.name, "alerts")
    if not alert.version or not alert.story:
        raise InvalidInput(
            f"{alert.name} has no version or no story; its sender must give both",
            reason="BAD_ALERT",
        )
    return alert
