"""Log lines: valid JSON whatever is logged, and no secret in any of them."""

from __future__ import annotations

import json
import logging
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
import structlog
from hypothesis import given
from hypothesis import strategies as st
from pydantic import SecretStr

from groundswell_core.log import configure_logging, get_logger, redact

SECRET = "canary-7f3a"
TEXTS = {
    "userinfo": f"mongodb://user:{SECRET}@host:27017/db",
    "password with an at sign": f"mongodb://user:a@{SECRET}@host/db",
    "password alone": f"redis://:{SECRET}@host",
    "user alone": f"https://{SECRET}@host/path",
    "bearer": f"Authorization: Bearer {SECRET}abc.def",
    "basic": f"authorization: basic {SECRET}==",
    "query": f"https://host/hook?api_key={SECRET}&x=1",
    "apikey": f"apikey={SECRET}",
    "access token": f"a&access_token={SECRET}",
    "environment": f"GROUNDSWELL_KAFKA__PASSWORD={SECRET}",
    "signature": f"/x?X-Amz-Signature={SECRET}",
    "json": f'{{"password": "{SECRET}", "x": 1}}',
    "repr": f"{{'api_key': '{SECRET}'}}",
    "cookie": f"Cookie: session={SECRET}; theme=dark",
    "header": f"X-API-Key: {SECRET}",
}


@dataclass
class Holder:
    url: str


@pytest.fixture(autouse=True)
def restored() -> Iterator[None]:
    root = logging.getLogger()
    handlers, level = root.handlers[:], root.level
    yield
    root.handlers[:] = handlers
    root.setLevel(level)
    structlog.reset_defaults()
    structlog.contextvars.clear_contextvars()


def lines(capsys: pytest.CaptureFixture[str]) -> list[dict[str, Any]]:
    """Returns what was printed, line by line."""
    return [json.loads(line) for line in capsys.readouterr().out.splitlines()]


@pytest.mark.parametrize("name", TEXTS)
def test_a_secret_in_a_text_is_not_shown(name: str) -> None:
    assert SECRET not in redact(TEXTS[name])


@pytest.mark.parametrize(
    "text",
    ["http://host:80/a?b=c", "mail a@b.example to c", "a token expired", "basic needs", "sig"],
)
def test_texts_without_secrets_stay_as_they_are(text: str) -> None:
    assert redact(text) == text


@given(st.text(max_size=200))
def test_redaction_takes_any_text(text: str) -> None:
    redact(text)


@pytest.mark.parametrize("name", TEXTS)
@pytest.mark.parametrize("json_lines", [True, False], ids=["json", "terminal"])
def test_no_form_of_a_log_call_shows_a_secret(
    name: str, json_lines: bool, capsys: pytest.CaptureFixture[str]
) -> None:
    configure_logging("test", level="DEBUG", json=json_lines)
    log, text = get_logger("x"), TEXTS[name]
    try:
        int(text)
    except ValueError as error:
        log.exception("broken", error=error)
        logging.getLogger("library").exception("broken", extra={"error": error})
    log.info("said", text=text, nested={"list": [text, {"deep": (text,)}]}, raw=text.encode())
    log.info(text, holder=Holder(text), secret_value=SecretStr(SECRET), some={text})
    logging.getLogger("library").warning("said %s", text, extra={"more": text})
    output = capsys.readouterr().out
    assert output.count("\n") >= 5
    assert SECRET not in output


def test_a_field_named_like_a_secret_is_not_shown(capsys: pytest.CaptureFixture[str]) -> None:
    configure_logging("test", json=True)
    get_logger("x").info("said", password=SECRET, headers={"Authorization": SECRET, "n": 1})
    (line,) = lines(capsys)
    assert line["password"] == "***"
    assert line["headers"] == {"Authorization": "***", "n": 1}


@pytest.mark.parametrize(
    "value",
    ["\ud800", 2**70, float("nan"), b"\xff", {1: "a"}, {"a"}, object, Path("x"), None, "a\nb",
     datetime(2026, 1, 5, tzinfo=UTC), Holder("x")],
    ids=repr,
)  # fmt: skip
def test_whatever_is_logged_is_one_line_of_json(
    value: Any, capsys: pytest.CaptureFixture[str]
) -> None:
    configure_logging("test", json=True)
    get_logger("x").info("said", value=value)
    (line,) = lines(capsys)
    assert (line["event"], line["level"], line["service"]) == ("said", "info", "test")
    assert "value" in line
    assert line["timestamp"].endswith("Z")


def test_lines_below_the_level_and_chatter_of_libraries_are_left_out(
    capsys: pytest.CaptureFixture[str],
) -> None:
    configure_logging("test", level="INFO", json=True)
    get_logger("x").debug("unsaid")
    logging.getLogger("aiokafka.conn").info("unsaid")
    logging.getLogger("aiokafka.conn").warning("said")
    assert [line["event"] for line in lines(capsys)] == ["said"]


def test_a_terminal_gets_no_json(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sys.stdout.isatty", lambda: True, raising=False)
    configure_logging("test")
    get_logger("x").info("said")
    assert not capsys.readouterr().out.startswith("{")


def test_a_secret_setting_is_never_printed(capsys: pytest.CaptureFixture[str]) -> None:
    from groundswell_core.settings import KafkaSettings, MongoSettings, settings_table

    configure_logging("test", json=True)
    mongo = MongoSettings(url=SecretStr(f"mongodb://u:{SECRET}@host"))
    kafka = KafkaSettings(password=SecretStr(SECRET))
    get_logger("x").info("settings", mongo=mongo, kafka=kafka, dumped=mongo.model_dump())
    assert SECRET not in capsys.readouterr().out
    assert SECRET not in f"{mongo} {mongo!r} {kafka!r} {settings_table(MongoSettings)}"
