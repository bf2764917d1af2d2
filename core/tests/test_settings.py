"""Settings: where they come from, and that every mistake names its variable."""

from __future__ import annotations

from pathlib import Path

import pytest
from pydantic import Field, SecretStr

from groundswell_core.errors import InvalidInput
from groundswell_core.settings import (
    KafkaSettings,
    Section,
    ServiceSettings,
    load_settings,
    read_secret,
    setting_names,
    settings_table,
)


class GreetingSettings(Section):
    """A section of a service's own."""

    word: str = Field(description="what to say")
    times: int = Field(3, ge=1, description="how often")


class Settings(ServiceSettings):
    """Settings with a section that must be given."""

    greeting: GreetingSettings


@pytest.fixture
def give(monkeypatch: pytest.MonkeyPatch):
    def set_variables(**variables: str) -> None:
        for name, value in variables.items():
            monkeypatch.setenv(f"GROUNDSWELL_{name}", value)

    return set_variables


def test_a_nested_variable_changes_one_field_and_leaves_its_neighbours(give) -> None:
    give(GREETING__WORD="hello", RPC__REFLECTION="true", KAFKA__SESSION_TIMEOUT="7")
    settings = load_settings(Settings)
    assert (settings.rpc.reflection, settings.rpc.port) == (True, 50051)
    assert settings.kafka == KafkaSettings(session_timeout=7.0)


def test_every_mistake_is_named_with_its_variable_and_no_value_is_shown(give) -> None:
    give(
        KAFKA__PARTITIONS="many",
        KAFKA__PASSWRD="canary",
        MONGO__TIMEOUT="-1",
        RPC__PORT="70000",
        LOG__LEVEL="LOUD",
        GREETING__TIMES="0",
    )
    with pytest.raises(InvalidInput) as caught:
        load_settings(Settings)
    assert caught.value.reason == "BAD_SETTINGS"
    assert "canary" not in caught.value.message
    for name in (
        "KAFKA__PARTITIONS: Input should be a valid integer",
        "KAFKA__PASSWRD: Extra inputs are not permitted",
        "MONGO__TIMEOUT: Input should be greater than 0",
        "RPC__PORT: Input should be less than or equal to 65535",
        "LOG__LEVEL: String should match",
        "GREETING__TIMES: Input should be greater",
        "GREETING__WORD: Field required",
    ):
        assert f"GROUNDSWELL_{name}" in caught.value.message


def test_a_section_that_is_no_json_is_named(give) -> None:
    give(GREETING__WORD="a", KAFKA="canary")
    with pytest.raises(InvalidInput, match="GROUNDSWELL_KAFKA is a group") as caught:
        load_settings(Settings)
    assert "canary" not in caught.value.message


def test_a_folder_of_secrets_that_is_missing_is_named(give, tmp_path: Path) -> None:
    give(GREETING__WORD="a", SECRETS_DIR=str(tmp_path / "nowhere"))
    with pytest.raises(InvalidInput, match="GROUNDSWELL_SECRETS_DIR"):
        load_settings(Settings)


def test_settings_cannot_be_changed_afterwards(give) -> None:
    give(GREETING__WORD="a")
    settings = load_settings(Settings)
    with pytest.raises(ValueError, match="frozen"):
        settings.kafka.partitions = 5


def test_the_table_shows_every_variable_its_default_and_its_meaning() -> None:
    table = settings_table(Settings)
    assert set(setting_names(Settings)) >= {"GROUNDSWELL_GREETING__WORD", "GROUNDSWELL_RPC__PORT"}
    assert all(f"| `{name}` |" in table for name in setting_names(Settings))
    assert "| `GROUNDSWELL_GREETING__WORD` |  | what to say |" in table
    assert "| `GROUNDSWELL_RPC__PORT` | `50051` |" in table
    assert "Undefined" not in table


def test_every_setting_says_what_it_means() -> None:
    unexplained = [n for n, field in setting_names(Settings).items() if not field.description]
    assert not unexplained


@pytest.mark.parametrize(
    ("variable", "value"), [("GROUNDSWELL_X", None), ("GROUNDSWELL_X", "  ")], ids=["no", "empty"]
)
def test_a_secret_that_is_not_there_is_named(
    variable: str, value: str | None, monkeypatch: pytest.MonkeyPatch
) -> None:
    if value is not None:
        monkeypatch.setenv(variable, value)
    with pytest.raises(InvalidInput, match="the variable GROUNDSWELL_X"):
        read_secret(None, variable)


def test_a_secret_file_is_read_without_its_line_end(tmp_path: Path) -> None:
    (tmp_path / "key").write_text("canary\n")
    assert read_secret(tmp_path / "key", None) == SecretStr("canary")
    with pytest.raises(InvalidInput, match="missing"):
        read_secret(tmp_path / "missing", None)
    (tmp_path / "binary").write_bytes(b"\xff\xfe")
    with pytest.raises(InvalidInput, match="cannot be read"):
        read_secret(tmp_path / "binary", None)
