"""Secrets may come from mounted files instead of the environment."""

from groundswell_core.settings import ServiceSettings


def test_a_file_named_like_a_variable_gives_its_value(tmp_path, monkeypatch):
    (tmp_path / "GROUNDSWELL_MONGO__URL").write_text("mongodb://one:secret@host/\n")
    monkeypatch.setenv("GROUNDSWELL_SECRETS_DIR", str(tmp_path))
    assert ServiceSettings().mongo.url.get_secret_value() == "mongodb://one:secret@host/"


def test_the_environment_wins_over_a_file_and_leaves_its_neighbours(tmp_path, monkeypatch):
    (tmp_path / "GROUNDSWELL_MONGO__URL").write_text("mongodb://from-file/")
    (tmp_path / "GROUNDSWELL_MONGO__DATABASE").write_text("from_file")
    monkeypatch.setenv("GROUNDSWELL_SECRETS_DIR", str(tmp_path))
    monkeypatch.setenv("GROUNDSWELL_MONGO__DATABASE", "from_environment")
    settings = ServiceSettings().mongo
    assert settings.database == "from_environment"
    assert settings.url.get_secret_value() == "mongodb://from-file/"
