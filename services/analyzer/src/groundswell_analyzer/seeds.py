"""Monitors to begin with, from a YAML file; a bad file leaves the stored ones in force."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, StringConstraints

from groundswell_analyzer.metrics import SEED_ERRORS
from groundswell_analyzer.monitors import MonitorStore
from groundswell_analyzer.query import parse
from groundswell_core.errors import InvalidInput
from groundswell_core.grades import Level
from groundswell_core.log import get_logger
from groundswell_core.monitors import Monitor, MonitorState
from groundswell_core.names import parse_name
from groundswell_core.yaml_files import read_yaml

log = get_logger(__name__)

Text = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1)]


def _named(collection: str) -> BeforeValidator:
    def check(value: Any) -> str:
        try:
            parse_name(str(value), collection)
        except InvalidInput as error:
            raise ValueError(error.message) from None
        return str(value)

    return BeforeValidator(check)


def _check_query(value: Any) -> str:
    errors = parse(str(value)).errors
    if errors:
        first = errors[0]
        raise ValueError(f"does not parse at character {first.position + 1}: {first.message}")
    return str(value)


def _word(value: Any) -> Any:
    # YAML reads a bare on or off as true or false.
    return {True: "on", False: "off"}.get(value, value) if isinstance(value, bool) else value


class MonitorEntry(BaseModel):
    """One monitor of the file; keys as in monitor.proto."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    name: Annotated[str, _named("monitors")]
    query: Annotated[str, BeforeValidator(_check_query)]
    display_name: Text | None = None
    languages: tuple[Text, ...] = ()
    sources: tuple[Annotated[str, _named("sources")], ...] = ()
    department: Annotated[str, _named("departments")] | None = None
    labels: dict[Text, Text] = Field(default_factory=dict)
    minimum_support: int | None = Field(None, ge=1)
    alert_level: Literal["I", "II", "III", "IV"] = "IV"
    alarms_per_day: float | None = Field(None, gt=0, le=10_000)
    alert_score: float | None = Field(None, ge=0, le=100)
    state: Annotated[Literal["on", "shadow", "off"], BeforeValidator(_word)] = "on"
    exercise: bool = False

    def monitor(self) -> Monitor:
        """Returns the entry as a monitor."""
        return Monitor(
            name=self.name,
            display_name=self.display_name or self.name.removeprefix("monitors/"),
            query=self.query,
            languages=self.languages,
            sources=self.sources,
            department=self.department or "",
            labels=self.labels,
            minimum_support=self.minimum_support,
            alarms_per_day=self.alarms_per_day,
            alert_score=self.alert_score,
            alert_level=Level[self.alert_level],
            state=MonitorState[self.state.upper()],
            exercise=self.exercise,
        )


class MonitorsFile(BaseModel):
    """The whole file."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    monitors: tuple[MonitorEntry, ...] = ()


def read_monitors(path: Path) -> tuple[Monitor, ...]:
    """Returns the monitors of a file; raises InvalidInput with file, line, key and cure."""
    monitors = tuple(entry.monitor() for entry in read_yaml(path, MonitorsFile).monitors)
    names = [monitor.name for monitor in monitors]
    twice = sorted({name for name in names if names.count(name) > 1})
    if twice:
        raise InvalidInput(
            f"{path.name}: {twice[0]} stands twice; give each monitor its own name",
            reason="BAD_FILE",
        )
    return monitors


async def seed(path: Path | None, store: MonitorStore) -> None:
    """Stores the monitors of a file whose names were never used, or says why it is not used."""
    if path is None:
        return
    try:
        monitors = read_monitors(path)
    except InvalidInput as error:
        SEED_ERRORS.set(len(error.message.splitlines()))
        log.error(  # noqa: TRY400 - the message names every mistake; a traceback would hide them
            "the file of monitors is not used: the stored monitors stay",
            file=str(path),
            error=error.message,
        )
        return
    SEED_ERRORS.set(0)
    made = await store.seed(monitors)
    log.info("monitors seeded", file=path.name, made=made, known=len(monitors) - made)
