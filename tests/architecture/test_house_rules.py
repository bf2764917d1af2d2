"""The rules that no other tool knows hold for the whole tree."""

import importlib.util
import sys
from pathlib import Path

ROOT = Path(__file__).parents[2]


def house_rules():
    """Loads the script as a module."""
    spec = importlib.util.spec_from_file_location("house_rules", ROOT / "scripts/house_rules.py")
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module  # dataclasses look their module up
    spec.loader.exec_module(module)
    return module


def test_every_house_rule_is_kept():
    assert house_rules().problems() == []


def test_a_long_file_a_machine_path_and_a_sleeping_test_are_found(tmp_path, monkeypatch):
    rules = house_rules()
    monkeypatch.setattr(rules, "ROOT", tmp_path)
    (tmp_path / "tests").mkdir()
    (tmp_path / "long.py").write_text("x = 1\n" * 301)
    (tmp_path / "tests/test_x.py").write_text("import time\ntime." + "sleep(1)\n")
    (tmp_path / "notes.md").write_text("see /wo" + "rk/main\n")
    assert len(list(rules.long_files(["long.py"], {}))) == 1
    assert "sleeping-test" in next(rules.broken_lines("tests/test_x.py", {}))
    assert "machine-path" in next(rules.broken_lines("notes.md", {}))


def test_an_allowance_that_nobody_needs_is_an_error(tmp_path, monkeypatch):
    rules = house_rules()
    monkeypatch.setattr(rules, "ROOT", tmp_path)
    (tmp_path / "short.py").write_text("x = 1\n")
    assert list(rules.long_files(["short.py"], {"short.py": "it was long once"}))
