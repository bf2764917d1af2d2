"""Each service installs alone, into a fresh environment, from pinned requirements."""

import re
import shlex
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
UV = Path(sys.executable).with_name("uv")
SERVICES = ("collector", "analyzer", "notifier", "coordinator", "console")
pytestmark = pytest.mark.slow


def run(*command, cwd=ROOT):
    """Runs a program and returns its output; a failure shows it."""
    done = subprocess.run(
        command, cwd=cwd, capture_output=True, text=True, timeout=170, check=False
    )
    assert done.returncode == 0, f"{shlex.join(map(str, command))}\n{done.stdout}{done.stderr}"
    return done.stdout


@pytest.fixture
def fresh(tmp_path):
    """Gives the Python of an empty environment."""
    run(UV, "venv", "-q", "--python", sys.executable, tmp_path / "venv")
    return tmp_path / "venv/bin/python"


def install(python, *arguments):
    """Installs into an environment, from what setup has fetched if it is enough."""
    command = (UV, "pip", "install", "-q", "--python", python, *arguments)
    offline = subprocess.run(
        [*command, "--offline"], cwd=ROOT, capture_output=True, timeout=170, check=False
    )
    if offline.returncode:
        run(*command)


def wheel_paths(service):
    """Returns the folders that a service's Dockerfile builds wheels of."""
    text = (ROOT / f"services/{service}/Dockerfile").read_text(encoding="utf-8")
    return re.search(r"pip wheel .*--wheel-dir /wheels (.+)", text).group(1).split()


def test_one_line_installs_a_service_into_an_empty_environment(fresh, tmp_path):
    install(fresh, "./protos", "./core", "./services/notifier")
    run(fresh, "-m", "groundswell_notifier", "settings", cwd=tmp_path)


@pytest.mark.parametrize("service", SERVICES)
def test_what_the_dockerfile_installs_runs(service, fresh, tmp_path):
    install(fresh, "--require-hashes", "-r", f"requirements/{service}.txt")
    install(fresh, "--no-deps", *wheel_paths(service))
    table = run(fresh, "-m", f"groundswell_{service}", "settings", cwd=tmp_path)
    assert "GROUNDSWELL_MONGO__URL" in table
    others = {f"groundswell_{name}" for name in SERVICES} - {f"groundswell_{service}"}
    look = "import importlib.util as u, sys; print([n for n in sys.argv[1:] if u.find_spec(n)])"
    assert run(fresh, "-c", look, *sorted(others), cwd=tmp_path).strip() == "[]"


def test_the_console_ships_its_pages_and_browser_files(fresh, tmp_path):
    install(fresh, "--no-deps", "./services/console")
    static = next(tmp_path.glob("venv/lib/*/site-packages/groundswell_console/static"))
    for name in ("htmx.min.js", "hx-sse.min.js", "echarts.common.min.js", "echarts.LICENSE"):
        assert (static / "vendor" / name).stat().st_size > 0, name
    assert list(static.parent.glob("templates/*.html"))
