"""What others build on does not change by accident."""

import importlib
import inspect
import pkgutil
from pathlib import Path

import pytest

import groundswell_core
from groundswell_core.settings import ServiceSettings, setting_names

ROOT = Path(__file__).parents[2]
FROZEN = Path(__file__).with_name("core_names.txt")
WANTED = "was it wanted? then: python tests/architecture/test_names.py, and a line in CHANGELOG.md"
SERVICES = ("collector", "analyzer", "notifier", "coordinator", "console")
# Started as programs or by pytest, not imported by others.
PROGRAMS = ("groundswell_core.probe", "groundswell_core.testing.pytest_plugin")


def modules():
    """Yields every module of core that others may import."""
    for found in pkgutil.walk_packages(groundswell_core.__path__, "groundswell_core."):
        private = any(part.startswith("_") for part in found.name.split("."))
        if not private and found.name not in PROGRAMS:
            yield importlib.import_module(found.name)


def public_names():
    """Returns module:name of everything public that core defines."""
    found = set()
    for module in modules():
        for name, item in vars(module).items():
            home = getattr(item, "__module__", module.__name__)
            if name.startswith("_") or inspect.ismodule(item) or home != module.__name__:
                continue
            if inspect.isclass(item) or inspect.isfunction(item):
                found.add(f"{module.__name__}:{name}")
    return sorted(found)


def test_the_names_that_core_exports_are_the_frozen_ones():
    frozen = FROZEN.read_text(encoding="utf-8").split()
    assert public_names() == frozen, WANTED


@pytest.mark.parametrize("service", SERVICES)
def test_every_setting_says_what_it_means(service):
    module = importlib.import_module(f"groundswell_{service}.settings")
    kinds = [
        item
        for item in vars(module).values()
        if inspect.isclass(item)
        and issubclass(item, ServiceSettings)
        and item.__module__ == module.__name__
    ]
    assert len(kinds) == 1
    for name, field in setting_names(kinds[0]).items():
        assert field.description, name


@pytest.mark.parametrize("service", SERVICES)
def test_every_service_has_the_same_entry_files(service):
    folder = ROOT / f"services/{service}/src/groundswell_{service}"
    for name in ("__main__.py", "settings.py", "app.py"):
        assert (folder / name).is_file(), name


@pytest.mark.parametrize("service", SERVICES)
def test_an_app_is_one_straight_function(service):
    module = importlib.import_module(f"groundswell_{service}.app")
    assert inspect.iscoroutinefunction(module.app)


@pytest.mark.parametrize(
    "folder",
    [*sorted((ROOT / "services").iterdir()), *sorted((ROOT / "plugins").iterdir())],
    ids=lambda folder: folder.name,
)
def test_every_distribution_has_a_readme_and_types(folder):
    assert (folder / "README.md").read_text(encoding="utf-8").strip()
    assert list(folder.glob("src/*/py.typed"))


if __name__ == "__main__":
    FROZEN.write_text("\n".join(public_names()) + "\n", encoding="utf-8")
