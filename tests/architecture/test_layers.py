"""Dependencies point one way, and the drivers stay behind their one file."""

import shutil
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[2]
LINT = Path(sys.executable).with_name("lint-imports")


def lint(folder):
    """Runs import-linter with the configuration of a folder."""
    return subprocess.run(
        [LINT, "--no-cache", "--config", folder / "pyproject.toml"],
        cwd=folder,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )


def test_every_layer_rule_is_kept():
    done = lint(ROOT)
    assert done.returncode == 0, done.stdout
    assert "0 broken" in done.stdout


def test_a_service_that_imports_another_breaks_the_rule(tmp_path):
    config = (ROOT / "pyproject.toml").read_text(encoding="utf-8")
    start = config.index("[tool.importlinter]")
    (tmp_path / "pyproject.toml").write_text(config[start:])
    shutil.copytree(
        ROOT / "services/coordinator/src/groundswell_coordinator",
        tmp_path / "groundswell_coordinator",
        ignore=shutil.ignore_patterns("__pycache__"),
    )
    (tmp_path / "groundswell_coordinator/shortcut.py").write_text(
        "import groundswell_notifier\nimport pymongo\n"
    )
    done = lint(tmp_path)
    assert done.returncode == 1
    assert "groundswell_coordinator is not allowed to import groundswell_notifier" in done.stdout
    assert "groundswell_coordinator.shortcut -> pymongo" in done.stdout
