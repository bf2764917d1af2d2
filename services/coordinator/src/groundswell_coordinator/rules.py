"""Which alerts open an incident, and who leads it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

from pydantic import BaseModel, ConfigDict, Field, model_validator

from groundswell_core.alerts import Alert
from groundswell_core.departments import Department
from groundswell_core.labels import matches, parse_matchers
from groundswell_core.yaml_files import Matchers, read_yaml


class _Part(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", arbitrary_types_allowed=True)


class Rule(_Part):
    """Alerts that match open an incident; department: who leads, whatever the labels say."""

    name: str = Field(pattern=r"^[a-z0-9][a-z0-9-]{0,62}$")
    matchers: Matchers
    department: str = Field("", pattern=r"^(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?)?$")


class RulesFile(_Part):
    """The whole file; the first rule that matches decides."""

    rules: tuple[Rule, ...]

    @model_validator(mode="after")
    def _told_apart(self) -> RulesFile:
        names = [rule.name for rule in self.rules]
        if twice := sorted({name for name in names if names.count(name) > 1}):
            raise ValueError(f"rules named twice: {', '.join(twice)}")
        return self


SERIOUS = RulesFile(rules=(Rule(name="serious", matchers=parse_matchers('level=~"I|II"')),))


def read_rules(path: Path | None) -> tuple[Rule, ...]:
    """Returns the rules of a file; without one, that levels I and II open an incident."""
    file = SERIOUS if path is None else read_yaml(path, RulesFile)
    return file.rules


def rule_for(rules: Sequence[Rule], alert: Alert) -> Rule | None:
    """Returns the first rule that an alert matches."""
    return next((rule for rule in rules if matches(rule.matchers, alert.labels)), None)


def lead_of(rule: Rule, alert: Alert, departments: Mapping[str, Department]) -> str:
    """Returns the name of the department that leads: the rule's, the label's, the category's."""
    for identifier in (rule.department, alert.labels.get("department", "")):
        if (name := f"departments/{identifier}") in departments:
            return name
    category = alert.labels.get("category", "")
    leaders = (name for name, one in departments.items() if category in one.categories)
    return min(leaders, default="") if category else ""
