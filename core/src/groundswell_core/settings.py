"""Settings that every service shares: read once, validated whole, handed down in parts.

Environment: GROUNDSWELL_<SECTION>__<FIELD>, such as GROUNDSWELL_MONGO__URL. A file of that name in
the folder GROUNDSWELL_SECRETS_DIR gives its value too, so that secrets need not be in the environment.
"""

from __future__ import annotations

import os
import re
from pathlib import Path
from typing import Annotated, Any, TypeVar

from pydantic import BaseModel, ConfigDict, Field, SecretStr, ValidationError
from pydantic_core import PydanticUndefined
from pydantic_settings import (
    BaseSettings,
    NestedSecretsSettingsSource,
    PydanticBaseSettingsSource,
    SettingsConfigDict,
    SettingsError,
)

from groundswell_core.errors import InvalidInput

Port = Annotated[int, Field(ge=0, le=65535)]
Seconds = Annotated[float, Field(gt=0)]


class Section(BaseModel):
    """A frozen group of settings; unknown names are refused."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class KafkaSettings(Section):
    """How to reach Kafka."""

    bootstrap_servers: str = Field("127.0.0.1:9092", description="host:port, comma-separated")
    idempotent: bool = Field(
        default=True, description="idempotent producer; off only for the embedded broker"
    )
    replication_factor: int = Field(1, ge=1, le=7, description="copies of topics that we create")
    partitions: int = Field(4, ge=1, le=256, description="partitions of documents and analyses")
    acknowledge_timeout: Seconds = Field(60.0, description="seconds without an ack until not ready")
    stall_timeout: Seconds = Field(180.0, description="seconds without progress until exit")
    session_timeout: Seconds = Field(
        30.0, description="seconds until a silent consumer is replaced"
    )
    username: str = Field("", description="SASL/SCRAM-SHA-512 user; empty: no authentication")
    password: SecretStr = Field(SecretStr(""), description="SASL password")
    ca_file: Path | None = Field(None, description="CA certificate: turns TLS on")


class MongoSettings(Section):
    """How to reach MongoDB."""

    url: SecretStr = Field(
        SecretStr("mongodb://127.0.0.1:27017/?replicaSet=rs0"), description="connection string"
    )
    database: str = Field("groundswell", min_length=1, description="database name")
    timeout: Seconds = Field(5.0, description="seconds for one operation")


class RpcSettings(Section):
    """The service's own gRPC server."""

    host: str = Field("127.0.0.1", description="address to listen on")
    port: Port = Field(50051, description="port; 0 picks a free one")
    reflection: bool = Field(default=False, description="server reflection; off in production")
    maximum_concurrent_calls: int = Field(1000, ge=1, description="calls at once, streams included")
    default_timeout: Seconds = Field(5.0, description="seconds for a unary call without a deadline")
    write_timeout: Seconds = Field(
        10.0, description="seconds that a stream may go unread before it is cut off"
    )
    stop_grace: Seconds = Field(5.0, description="seconds that running calls get at the end")


class MetricsSettings(Section):
    """The Prometheus endpoint, /metrics."""

    host: str = Field("127.0.0.1", description="address to listen on")
    port: Port = Field(9464, description="port; 0 picks a free one")


class AuthSettings(Section):
    """Who may call, and how this service proves who it is."""

    key_file: Path | None = Field(None, description="private Ed25519 JWK of this service")
    trust_file: Path | None = Field(None, description="JWKS of every caller that is trusted")
    token_lifetime: Seconds = Field(300.0, description="seconds that a token of ours is good")


class TlsSettings(Section):
    """mTLS between services; on when all three are given."""

    certificate_file: Path | None = Field(None, description="PEM certificate of this service")
    key_file: Path | None = Field(None, description="PEM private key")
    ca_file: Path | None = Field(None, description="PEM of the CA that signs every service")


class PeerSettings(Section):
    """Where the other services listen, host:port."""

    collector: str = Field("127.0.0.1:50051", description="collector")
    analyzer: str = Field("127.0.0.1:50052", description="analyzer")
    notifier: str = Field("127.0.0.1:50053", description="notifier")
    coordinator: str = Field("127.0.0.1:50054", description="coordinator")


class LogSettings(Section):
    """What is logged, and how."""

    level: str = Field("INFO", pattern="^(DEBUG|INFO|WARNING|ERROR)$", description="lowest level")
    json_lines: bool | None = Field(None, description="JSON lines; unset: unless a terminal")


class TraceSettings(Section):
    """OpenTelemetry; off without an endpoint."""

    endpoint: str = Field("", description="OTLP/HTTP endpoint such as http://collector:4318")


class ServiceSettings(BaseSettings):
    """The sections of every service; each service adds its own."""

    model_config = SettingsConfigDict(
        env_prefix="GROUNDSWELL_",
        env_nested_delimiter="__",
        frozen=True,
        extra="ignore",
        nested_model_default_partial_update=True,
    )

    kafka: KafkaSettings = KafkaSettings()
    mongo: MongoSettings = MongoSettings()
    rpc: RpcSettings = RpcSettings()
    metrics: MetricsSettings = MetricsSettings()
    auth: AuthSettings = AuthSettings()
    tls: TlsSettings = TlsSettings()
    peers: PeerSettings = PeerSettings()
    log: LogSettings = LogSettings()
    trace: TraceSettings = TraceSettings()

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,
        file_secret_settings: PydanticBaseSettingsSource,
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """Returns where values come from, the strongest first: arguments, environment, files."""
        files = NestedSecretsSettingsSource(
            file_secret_settings,
            secrets_dir=os.environ.get("GROUNDSWELL_SECRETS_DIR"),
            secrets_dir_missing="error",
            secrets_prefix="GROUNDSWELL_",
            secrets_nested_delimiter="__",
        )
        return init_settings, env_settings, files


S = TypeVar("S", bound=BaseSettings)


def load_settings(kind: type[S]) -> S:
    """Reads settings from the environment; raises InvalidInput naming each bad variable and its rule."""
    try:
        return kind()
    except ValidationError as error:
        raise InvalidInput(_explain(error), reason="BAD_SETTINGS") from None
    except SettingsError as error:
        raise InvalidInput(_explain_source(error), reason="BAD_SETTINGS") from None


def _explain_source(error: SettingsError) -> str:
    """Explains what is wrong before any value is looked at; the value itself stays unsaid."""
    if field := re.search(r'field "(\w+)"', str(error)):
        name = f"GROUNDSWELL_{field[1].upper()}"
        return f"{name} is a group of settings: set {name}__<FIELD>, or JSON of all its fields"
    return f"GROUNDSWELL_SECRETS_DIR cannot be used: {error}"


def _explain(error: ValidationError) -> str:
    lines = [f"{error.error_count()} setting(s) cannot be used:"]
    for item in error.errors(include_input=False, include_url=False):
        name = "GROUNDSWELL_" + "__".join(str(part).upper() for part in item["loc"])
        lines.append(f"  {name}: {item['msg']}")
    return "\n".join(lines)


def read_secret(file: Path | None, variable: str | None) -> SecretStr:
    """Returns the secret that YAML names by file or by variable; no error shows its value."""
    named = f"the file {file}" if file else f"the variable {variable}"
    try:
        value = file.read_text(encoding="utf-8") if file else os.environ[variable or ""]
    except (OSError, UnicodeDecodeError, KeyError):
        raise InvalidInput(
            f"{named} holds a secret that is needed and cannot be read; make it, readable to "
            "this service alone",
            reason="BAD_SETTINGS",
        ) from None
    if not value.strip():
        raise InvalidInput(f"{named} is empty; put the secret there", reason="BAD_SETTINGS")
    return SecretStr(value.strip())


def setting_names(kind: type[BaseModel], prefix: str = "GROUNDSWELL_") -> dict[str, Any]:
    """Returns every environment name of a settings class with its field, nested sections included."""
    names: dict[str, Any] = {}
    for name, field in kind.model_fields.items():
        inner = field.annotation
        if isinstance(inner, type) and issubclass(inner, BaseModel):
            names |= setting_names(inner, f"{prefix}{name.upper()}__")
        else:
            names[prefix + name.upper()] = field
    return names


def settings_table(kind: type[BaseModel]) -> str:
    """Returns every setting as a Markdown table: name, default, meaning with its unit."""
    rows = ["| variable | default | meaning |", "|---|---|---|"]
    for name, field in setting_names(kind).items():
        default = field.get_default(call_default_factory=True)
        default = "" if default in (None, PydanticUndefined) else str(default)
        shown = f"`{default}`" if default else ""
        rows.append(f"| `{name}` | {shown} | {field.description or ''} |")
    return "\n".join(rows)
