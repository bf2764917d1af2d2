"""Which services there are, in the order they start, and the environment that each is given."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from groundswell_cli.environment import KAFKA, MONGO, names
from groundswell_cli.state import StateFolder
from groundswell_core.settings import KafkaSettings, MongoSettings


@dataclass(frozen=True, slots=True, kw_only=True)
class ServiceSpec:
    """One process of the suite."""

    name: str
    module: str
    peer: str = ""  # the name under which others call it; empty: nobody does
    variables: Mapping[str, str] = field(default_factory=dict)
    config: Mapping[str, str] = field(default_factory=dict)  # variable -> file in the config folder

    @property
    def is_console(self) -> bool:
        """Tells whether it speaks HTTP instead of gRPC."""
        return self.name == "console"


SERVICES = (
    ServiceSpec(
        name="collector",
        module="groundswell_collector",
        peer="collector",
        config={"GROUNDSWELL_COLLECTOR__SOURCES_FILE": "sources.yaml"},
    ),
    ServiceSpec(
        name="analyzer-annotate",
        module="groundswell_analyzer",
        variables={"GROUNDSWELL_ANALYZER__ROLE": "annotate"},
        config={"GROUNDSWELL_ANALYZER__MONITORS_FILE": "monitors.yaml"},
    ),
    ServiceSpec(
        name="analyzer-stories",
        module="groundswell_analyzer",
        peer="analyzer",
        variables={"GROUNDSWELL_ANALYZER__ROLE": "stories"},
        config={"GROUNDSWELL_ANALYZER__MONITORS_FILE": "monitors.yaml"},
    ),
    ServiceSpec(
        name="notifier",
        module="groundswell_notifier",
        peer="notifier",
        config={"GROUNDSWELL_NOTIFIER__ROUTES_FILE": "routes.yaml"},
    ),
    ServiceSpec(
        name="coordinator",
        module="groundswell_coordinator",
        peer="coordinator",
        config={
            "GROUNDSWELL_COORDINATOR__RULES_FILE": "incidents.yaml",
            "GROUNDSWELL_COORDINATOR__DEPARTMENTS_FILE": "departments.yaml",
        },
    ),
    ServiceSpec(name="console", module="groundswell_console"),
)


def purposes(services: tuple[ServiceSpec, ...] = SERVICES) -> list[str]:
    """Returns what each port that has to be allocated is for."""
    return [purpose for spec in services for purpose in (spec.name, f"{spec.name}-metrics")]


def addresses(
    ports: Mapping[str, int], services: tuple[ServiceSpec, ...] = SERVICES
) -> dict[str, str]:
    """Returns where each service that others call listens."""
    return {spec.peer: f"127.0.0.1:{ports[spec.name]}" for spec in services if spec.peer}


@dataclass(frozen=True, slots=True, kw_only=True)
class Wiring:
    """What is the same for all services of a run."""

    state: StateFolder
    user: Mapping[str, str]  # the user's own environment
    ports: Mapping[str, int]
    config: Path  # folder of the YAML files
    kafka: KafkaSettings | None  # embedded; None: the user's own servers
    mongo: MongoSettings | None


def environment_of(spec: ServiceSpec, wiring: Wiring) -> dict[str, str]:
    """Returns the whole environment of one service; the only place where passwords travel."""
    return {
        **wiring.user,
        "PYTHONUNBUFFERED": "1",
        **_servers(wiring),
        **_addresses(spec, wiring),
        **_identity(spec, wiring.state),
        **_config_files(spec, wiring),
        **spec.variables,
    }


def _servers(wiring: Wiring) -> dict[str, str]:
    variables = {}
    if wiring.kafka is not None:
        variables[KAFKA] = wiring.kafka.bootstrap_servers
        variables["GROUNDSWELL_KAFKA__IDEMPOTENT"] = str(wiring.kafka.idempotent).lower()
        variables["GROUNDSWELL_KAFKA__SESSION_TIMEOUT"] = f"{wiring.kafka.session_timeout:g}"
    if wiring.mongo is not None:
        variables[MONGO] = wiring.mongo.url.get_secret_value()
    return variables


def _addresses(spec: ServiceSpec, wiring: Wiring) -> dict[str, str]:
    peers = addresses(wiring.ports)
    variables = {f"GROUNDSWELL_PEERS__{peer.upper()}": at for peer, at in peers.items()}
    own = "CONSOLE" if spec.is_console else "RPC"
    return {
        **variables,
        f"GROUNDSWELL_{own}__HOST": "127.0.0.1",
        f"GROUNDSWELL_{own}__PORT": str(wiring.ports[spec.name]),
        "GROUNDSWELL_METRICS__HOST": "127.0.0.1",
        "GROUNDSWELL_METRICS__PORT": str(wiring.ports[f"{spec.name}-metrics"]),
    }


def _identity(spec: ServiceSpec, state: StateFolder) -> dict[str, str]:
    variables = {
        "GROUNDSWELL_AUTH__KEY_FILE": str(state.key(spec.name)),
        "GROUNDSWELL_AUTH__TRUST_FILE": str(state.trust),
    }
    if spec.is_console:
        variables["GROUNDSWELL_CONSOLE__FIRST_PASSWORD_FILE"] = str(state.first_password)
    return variables


def _config_files(spec: ServiceSpec, wiring: Wiring) -> dict[str, str]:
    found = {variable: wiring.config.absolute() / name for variable, name in spec.config.items()}
    return {
        variable: str(file)
        for variable, file in found.items()
        if file.is_file() and not names(wiring.user, variable)
    }
