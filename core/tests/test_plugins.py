"""A broken plugin stops the start and is named; nothing is loaded just because it is installed."""

import textwrap

import pytest

from groundswell_core.errors import InvalidInput
from groundswell_core.sources import load_kinds

GOOD = """
    from contextlib import asynccontextmanager
    from groundswell_core.sources import SourceConfig, SourceSpec, hookimpl

    @asynccontextmanager
    async def opened(config, host):
        yield None

    @hookimpl
    def groundswell_sources():
        return [SourceSpec(kind="good", config=SourceConfig, open=opened, summary="Good.")]
"""


@pytest.fixture
def install(tmp_path, monkeypatch):
    """Installs a plugin: a module and the metadata that a package manager would write."""
    monkeypatch.syspath_prepend(tmp_path)
    count = iter(range(99))

    def install(code, *, name="groundswell-source-x", points=True):
        module = f"{tmp_path.name.replace('-', '_')}_{next(count)}"
        (tmp_path / f"{module}.py").write_text(textwrap.dedent(code))
        folder = tmp_path / f"{name.replace('-', '_')}-1.2.dist-info"
        folder.mkdir()
        (folder / "METADATA").write_text(f"Metadata-Version: 2.1\nName: {name}\nVersion: 1.2\n")
        if points:
            (folder / "entry_points.txt").write_text(f"[groundswell]\nx = {module}\n")
        return name, module

    return install


def test_an_allowed_plugin_is_loaded_with_its_name_version_and_package(install):
    name, module = install(GOOD)
    kind = load_kinds([name])["good"]
    assert (kind.plugin, kind.version, kind.package) == (name, "1.2", module)


def test_names_are_compared_as_package_managers_do(install):
    install(GOOD)
    assert "good" in load_kinds(["Groundswell_Source_X"])


def test_a_plugin_that_is_not_allowed_is_not_even_imported(install):
    install("raise SystemExit('imported')")
    assert load_kinds([]) == {}


BROKEN = {
    "raises at import": ("raise RuntimeError('boom')", "RuntimeError: boom"),
    "does not parse": ("def", "SyntaxError"),
    "misses a library": ("import no_such_library", "ModuleNotFoundError"),
    "raises in its hook": (GOOD.replace("return [", "raise ValueError('no'); ["), "ValueError: no"),
    "has an unknown hook": (
        GOOD.replace("def groundswell_sources", "def groundswell_sorces"),
        "groundswell_sorces",
    ),
    "has an unknown argument": (
        GOOD.replace("def groundswell_sources()", "def groundswell_sources(config)"),
        "config",
    ),
    "returns something else": (GOOD.replace("return [", "return ['feed'] or ["), "returned str"),
    "returns nothing to go through": (GOOD.replace("return [", "return 5 or ["), "TypeError"),
}


@pytest.mark.parametrize(("code", "words"), BROKEN.values(), ids=BROKEN.keys())
def test_a_broken_plugin_is_named(install, code, words):
    name, _ = install(code)
    with pytest.raises(InvalidInput, match=words) as caught:
        load_kinds([name])
    assert f'"{name}" 1.2' in str(caught.value)
    assert caught.value.reason == "PLUGIN_BROKEN"


@pytest.mark.parametrize("is_installed", [False, True])
def test_a_missing_plugin_is_named_with_the_cure(install, is_installed):
    if is_installed:
        install("", points=False)
    with pytest.raises(InvalidInput, match="GROUNDSWELL_PLUGINS__ALLOWED") as caught:
        load_kinds(["groundswell-source-x"])
    assert caught.value.reason == "PLUGIN_MISSING"


def test_two_plugins_with_one_kind_are_both_named(install):
    one, _ = install(GOOD)
    two, _ = install(GOOD, name="groundswell-source-y")
    with pytest.raises(InvalidInput, match=f'"{one}" and "{two}" both provide') as caught:
        load_kinds([one, two])
    assert caught.value.reason == "PLUGIN_CONFLICT"
