"""The documents are true where a program can tell."""

import re
import tomllib
from pathlib import Path

import pytest
import typer.main

from groundswell_cli.__main__ import app

ROOT = Path(__file__).parents[2]
BENCHES = {f"bench-{path.stem}" for path in (ROOT / "tests" / "bench").glob("*.py")}
PAGES = [
    path.relative_to(ROOT).as_posix()
    for path in (*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md"))
]


def commands(text):
    """Returns the lines of every shell block."""
    blocks = re.findall(r"```sh\n(.*?)```", text, re.DOTALL)
    return [line.strip() for block in blocks for line in block.splitlines() if line.strip()]


def test_the_quickstart_is_two_make_targets(readmes):
    for text in readmes.values():
        assert commands(text)[0] == "make run"
        assert "make test" in commands(text)


def known_commands(command, path):
    """Yields every command line of the CLI with its options."""
    options = {name for item in command.params for name in (*item.opts, *item.secondary_opts)}
    yield path, options
    for name, child in getattr(command, "commands", {}).items():
        yield from known_commands(child, f"{path} {name}")


def test_every_command_of_the_readme_exists_with_its_options(readmes):
    known = dict(known_commands(typer.main.get_command(app), "groundswell"))
    for text in readmes.values():
        for line in re.findall(r"\.venv/bin/(groundswell [^`\n]*)", text):
            command, *rest = line.split(" --")
            assert command.strip() in known, line
            assert {f"--{option.split()[0]}" for option in rest} <= known[command.strip()], line


def test_both_languages_show_the_same_commands(readmes):
    assert commands(readmes["zh"]) == commands(readmes["en"])


def test_both_languages_have_the_same_chapters_and_links(readmes):
    def shape(text):
        links = re.findall(r"\]\(((?:docs|CHANGELOG|CONTRIBUTING|LICENSE)[^)]*)\)", text)
        return len(re.findall(r"^## ", text, re.MULTILINE)), sorted(links)

    assert shape(readmes["zh"]) == shape(readmes["en"])


@pytest.mark.parametrize("page", PAGES)
def test_every_make_target_that_a_page_names_exists(page, targets):
    text = (ROOT / page).read_text(encoding="utf-8")
    for line in re.findall(r"(?:`|^)make ([a-z][a-z -]*)(?:`|$)", text, re.MULTILINE):
        assert set(line.split()) <= targets | BENCHES, line


@pytest.mark.parametrize("page", PAGES)
def test_every_local_link_of_a_page_leads_somewhere(page):
    path = ROOT / page
    for link in re.findall(r"\]\(([^)#]+)(?:#[^)]*)?\)", path.read_text(encoding="utf-8")):
        if "://" not in link:
            assert (path.parent / link).exists(), link


def test_every_target_is_explained_by_make_help(targets):
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    explained = set(re.findall(r"^([a-z][a-z-]*):.*## ", makefile, re.MULTILINE))
    assert explained == targets


def test_every_script_that_the_makefile_calls_can_be_run():
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    for name in re.findall(r"@(scripts/[\w-]+)(?=\s)", makefile):
        assert (ROOT / name).stat().st_mode & 0o111, name


def test_ci_runs_the_tests_of_the_readme():
    text = (ROOT / ".ci/run").read_text(encoding="utf-8")
    assert "make test" in text
    assert "make cluster" in text
    assert "scripts/check --no-tests" in text


def named_packages():
    """Returns every package that a pyproject names."""
    for path in (
        ROOT / "pyproject.toml",
        *ROOT.glob("*/pyproject.toml"),
        *ROOT.glob("*/*/pyproject.toml"),
    ):
        content = tomllib.loads(path.read_text(encoding="utf-8"))
        project = content["project"]
        groups = (
            *project.get("optional-dependencies", {}).values(),
            *content.get("dependency-groups", {}).values(),
        )
        for requirement in (
            *project["dependencies"],
            *(item for group in groups for item in group),
        ):
            name = re.match(r"[\w.-]+", requirement).group(0).lower()
            if not name.startswith("groundswell"):
                yield name


def test_every_dependency_has_its_line():
    page = (ROOT / "docs/dependencies.md").read_text(encoding="utf-8")
    listed = re.findall(r"^\| ([a-z0-9][\w.-]*) \| .+ \| .+ \|$", page, re.MULTILINE)
    assert sorted(set(named_packages())) == sorted(set(listed) - {"package"})


def test_every_decision_states_context_decision_and_consequence():
    for path in (ROOT / "docs/decisions").glob("*.md"):
        text = path.read_text(encoding="utf-8")
        number = path.name[:4]
        assert text.startswith(f"# {number} "), path.name
        assert re.findall(r"^## (\w+)", text, re.MULTILINE) == [
            "Context",
            "Decision",
            "Consequence",
        ]
