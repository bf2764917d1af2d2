"""Logging: one configuration, JSON unless a terminal, secrets redacted everywhere."""

from __future__ import annotations

import json as standard_json
import logging
import re
import sys
from collections.abc import Mapping, MutableMapping
from datetime import datetime
from typing import Any

import orjson
import structlog

_NAMES = r"(?:api[_-]?key|token|secret|password|passwd|signature|sig|cookie|authorization)"
# userinfo of any URL, bearer tokens, and values of parameters, fields and headers that name a secret
_SECRETS = (
    (re.compile(r"(?<=://)(?:[^/\s:@]*:[^/\s]*|[^/\s?#]+)(?=@)"), "***"),
    (re.compile(r"(?i)\b(bearer|basic)\s+[a-z0-9._~+/=-]{8,}"), r"\1 ***"),
    (re.compile(rf"(?i)({_NAMES}=)[^&\s\"']+"), r"\1***"),
    (re.compile(rf"(?i)({_NAMES}[\"']\s*:\s*[\"'])[^\"']+"), r"\1***"),
    (re.compile(r"(?i)\b((?:set-)?cookie|x-api-key|proxy-authorization): *[^\r\n]+"), r"\1: ***"),
)
_SECRET_KEY = re.compile(rf"(?i){_NAMES}$")
_PLAIN = (bool, int, float, datetime, type(None))


def redact(text: str) -> str:
    """Returns text without credentials in URLs, bearer tokens and secret parameters."""
    for pattern, replacement in _SECRETS:
        text = pattern.sub(replacement, text)
    return text


def _redact_value(value: Any) -> Any:
    if isinstance(value, _PLAIN):
        return value
    if isinstance(value, Mapping):
        return {str(key): _redact_item(str(key), item) for key, item in value.items()}
    if isinstance(value, (list, tuple, set, frozenset)):
        return [_redact_value(item) for item in value]
    # Whatever else is logged, an exception above all, shows its text.
    return redact(str(value))


def _redact_item(key: str, value: Any) -> Any:
    if isinstance(value, (str, bytes)) and value and _SECRET_KEY.search(key):
        return "***"
    return _redact_value(value)


def _redact_event(_: Any, __: str, event: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    return {key: _redact_item(key, value) for key, value in event.items()}


def _to_json(event: Any, **_: Any) -> str:
    try:
        return orjson.dumps(event, default=str).decode()
    except TypeError:  # lone surrogates, numbers over 64 bits: slower, but no line is lost
        return standard_json.dumps(event, default=str)


def configure_logging(service: str, *, level: str = "INFO", json: bool | None = None) -> None:
    """Sends structlog's and the standard library's records to stdout; JSON unless a terminal."""
    as_json = not sys.stdout.isatty() if json is None else json
    shared: list[Any] = [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_log_level,
        structlog.stdlib.ExtraAdder(),
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        structlog.processors.StackInfoRenderer(),
    ]
    render: list[Any] = [
        structlog.stdlib.ProcessorFormatter.remove_processors_meta,
        structlog.processors.format_exc_info,
        _redact_event,
        structlog.processors.JSONRenderer(serializer=_to_json)
        if as_json
        else structlog.dev.ConsoleRenderer(),
    ]
    handler = logging.StreamHandler(sys.stdout)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(foreign_pre_chain=shared, processors=render)
    )
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(level)
    # aiokafka tells of every metadata hiccup; ours say what matters.
    for name in ("aiokafka", "asyncio", "apprise"):
        logging.getLogger(name).setLevel("WARNING" if level != "DEBUG" else level)
    # At DEBUG it logs whole commands, the texts of documents included: never.
    for name in ("pymongo", "motor"):
        logging.getLogger(name).setLevel("WARNING")
    structlog.configure(
        processors=[*shared, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        wrapper_class=structlog.stdlib.BoundLogger,
        logger_factory=structlog.stdlib.LoggerFactory(),
        cache_logger_on_first_use=False,
    )
    structlog.contextvars.bind_contextvars(service=service)


def get_logger(name: str) -> structlog.stdlib.BoundLogger:
    """Returns the logger of a module."""
    logger: structlog.stdlib.BoundLogger = structlog.stdlib.get_logger(name)
    return logger
