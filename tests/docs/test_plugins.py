"""A plugin written by following docs/plugins.md letter by letter runs, and the page is complete."""

import asyncio
import inspect
import json
import os
import re
import shutil
import site
import subprocess
import sys
import venv
from dataclasses import fields
from pathlib import Path

import pytest

from groundswell_core import sources
from groundswell_core.testing.servers import local_site

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "docs/plugins.md").read_text(encoding="utf-8")
FILES = dict(re.findall(r'```\w+ title="([^"]+)"\n(.*?)```', PAGE, re.DOTALL))
COMMANDS = [
    line for block in re.findall(r"```sh\n(.*?)```", PAGE, re.DOTALL) for line in block.splitlines()
]

READ = """
import asyncio, json, sys
from groundswell_collector.fetch.fetcher import open_fetcher
from groundswell_collector.fetch.host import CollectorHost
from groundswell_collector.fetch.settings import FetchSettings
from groundswell_collector.parsing.pool import open_parsers
from groundswell_collector.parsing.settings import ParsingSettings
from groundswell_core.clock import SystemClock
from groundswell_core.sources import load_kinds

async def main(url):
    [kind] = load_kinds(["groundswell-source-notices"]).values()
    clock, spec = SystemClock(), kind.spec
    async with (
        open_fetcher(FetchSettings(allowed_networks="127.0.0.0/8"), clock) as fetcher,
        open_parsers(ParsingSettings(), [kind.package]) as parsers,
    ):
        host = CollectorHost("sources/x", "X", fetcher=fetcher, parsers=parsers, clock=clock)
        async with spec.open(spec.config(url=url), host) as source:
            titles = [d.title async for batch in source.read(None) for d in batch.documents]
    print(json.dumps([kind.plugin, kind.version, titles]))

asyncio.run(main(sys.argv[1]))
"""


@pytest.fixture(scope="module")
def followed(tmp_path_factory):
    """A folder with the files of the page, and an environment in which its plugin is installed."""
    folder = tmp_path_factory.mktemp("plugin")
    for name, text in FILES.items():
        (folder / name).parent.mkdir(exist_ok=True)
        (folder / name).write_text(text, encoding="utf-8")
    venv.create(folder / "venv", symlinks=True)
    # The environment has what Groundswell's has, as the page's reader does.
    [packages] = (folder / "venv").glob("lib/python*/site-packages")
    lines = [f"import site; site.addsitedir({path!r})\n" for path in site.getsitepackages()]
    (packages / "groundswell.pth").write_text("".join(lines))
    run(folder, command("uv pip install"))
    return folder


def command(start):
    [line] = [line for line in COMMANDS if line.startswith(start)]
    return line.split()


def run(folder, arguments):
    program, *rest = arguments
    binaries = f"{folder}/venv/bin"
    found = shutil.which(program, path=f"{binaries}:{Path(sys.executable).parent}:/usr/bin:/bin")
    result = subprocess.run(
        [found or program, *rest],
        cwd=folder,
        env={
            "PATH": binaries,
            "VIRTUAL_ENV": f"{folder}/venv",
            "HOME": os.environ.get("HOME", "/"),
        },
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert result.returncode == 0, result.stdout + result.stderr
    return result.stdout


def test_a_plugin_is_two_files_and_its_tests():
    assert sorted(Path(name).name for name in FILES) == [
        "groundswell_source_notices.py",
        "pyproject.toml",
        "test_notices.py",
    ]
    metadata = FILES["groundswell-source-notices/pyproject.toml"].partition("[build-system]")[0]
    assert len(re.findall(r"^\S", metadata, re.MULTILINE)) == 6


def test_the_tests_of_the_page_s_plugin_pass(followed):
    output = run(followed, command("python -m pytest"))
    assert "10 passed" in output


async def test_the_plugin_loads_and_reads_through_the_collector_s_host(followed):
    notices = [{"number": 1, "posted": "2026-01-05T08:00:00Z", "headline": "东区停水"}]
    with local_site() as server:
        url = server.put("/notices", json.dumps({"notices": notices}))
        output = await asyncio.to_thread(run, followed, ["python", "-c", READ, url])
    assert json.loads(output) == ["groundswell-source-notices", "0.1.0", ["东区停水"]]


def _spelt(text):
    return re.sub(r"\s+|,(?=\s*\))", "", text)


def _signature(function):
    prefix = "async def" if inspect.iscoroutinefunction(function) else "def"
    source = inspect.getsource(function)
    start = source.index(prefix)
    return source[start : re.search(r"->[^:]*:", source).end()]


def _public(kind):
    return [value for name, value in vars(kind).items() if callable(value) and name[0] != "_"]


HOOKS = [hook for hook in _public(sources.SourceHooks) if hook.__name__.startswith("groundswell_")]


@pytest.mark.parametrize(
    "function", [*HOOKS, *_public(sources.Host), *_public(sources.Source)], ids=lambda f: f.__name__
)
def test_every_hook_and_method_is_on_the_page_with_its_exact_signature(function):
    assert _spelt(_signature(function)) in _spelt(PAGE)


@pytest.mark.parametrize(
    ("kind", "name"),
    [
        (kind, field.name)
        for kind in (sources.Document, sources.Batch, sources.Response, sources.SourceSpec)
        for field in fields(kind)
    ],
    ids=lambda value: getattr(value, "__name__", value),
)
def test_every_field_is_on_the_page_in_its_table(kind, name):
    [table] = re.findall(rf"\| `{kind.__name__}` \|.*?\n\n", PAGE + "\n\n", re.DOTALL)
    assert f"`{name}`" in table
