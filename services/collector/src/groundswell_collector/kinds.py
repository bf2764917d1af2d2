"""The installed kinds of source, as clients see them."""

from __future__ import annotations

from typing import Any

from pydantic.fields import FieldInfo

from groundswell.source.v1 import source_pb2
from groundswell_core.sources import InstalledKind


def kind_message(kind: InstalledKind) -> source_pb2.SourceKind:
    """Returns a kind with the fields of its config."""
    fields = kind.spec.config.model_fields
    return source_pb2.SourceKind(
        kind=kind.spec.kind,
        summary=kind.spec.summary,
        plugin=kind.plugin,
        version=kind.version,
        fields=[_field_message(name, field) for name, field in fields.items()],
    )


def _field_message(name: str, field: FieldInfo) -> source_pb2.SourceKindField:
    required = field.is_required()
    default = None if required else field.get_default(call_default_factory=True)
    return source_pb2.SourceKindField(
        field=name,
        type=_type_name(field.annotation),
        description=field.description or "",
        required=required,
        default_value="" if default is None else str(default),
    )


def _type_name(annotation: Any) -> str:
    return annotation.__name__ if isinstance(annotation, type) else str(annotation)
