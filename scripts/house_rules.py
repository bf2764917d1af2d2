"""Checks the rules of the house that no other tool knows. Exceptions stand in house_rules.toml, with reasons.

A broken rule is printed as path:line, rule and cure; the exit code is then 1.
"""

from __future__ import annotations

import re
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).parent.parent
MAXIMUM_LINES = 300
GENERATED = ("protos/python/", "requirements/", "services/console/package-lock.json")
SOURCE = {".py", ".js", ".css", ".html", ".proto", ".sh"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """A pattern that no line may match, in the files that it is about."""

    name: str
    pattern: re.Pattern[str]
    files: re.Pattern[str]
    cure: str


RULES = (
    Rule(
        name="machine-path",
        pattern=re.compile(r"(?<![\w.$}/-])/(?:work|root|home)/[a-z]"),
        files=re.compile(r"."),
        cure="name paths relative to the repository or take them from settings",
    ),
    Rule(
        name="registry-host",
        pattern=re.compile(
            r"pypi\.org|pythonhosted\.org|npmjs\.(?:org|com)|repo1?\.maven|deb\.debian|"
            r"index-url|find-links|\"resolved\": \"http"
        ),
        files=re.compile(r"."),
        cure="package clients know their registry; pin by hash instead",
    ),
    Rule(
        name="sleeping-test",
        pattern=re.compile(r"(?<![\w.])(?:time|asyncio)\.sleep\((?!0\))"),
        files=re.compile(r"(^|/)tests/(.*/)?(test_\w+|conftest)\.py$"),
        cure="poll a condition with a deadline (eventually) or move the FakeClock",
    ),
    Rule(
        name="environment",
        pattern=re.compile(r"os\.(?:environ|getenv)"),
        files=re.compile(r"^(?:core|cli|services|plugins)/.*/src/.*\.py$|^(?:core|cli)/src/"),
        cure="read a setting; only groundswell_core.settings reads the environment",
    ),
    Rule(
        name="bare-increment",
        pattern=re.compile(r"[\"']\$inc[\"']"),
        files=re.compile(r"/src/.*\.py$"),
        cure="derive counts from unique documents: a repeated $inc counts twice",
    ),
    Rule(
        name="leftover",
        pattern=re.compile(r"\b(?:TODO|FIXME|XXX)\b|NotImplementedError"),
        files=re.compile(r"\.py$"),
        cure="finish it or file an issue",
    ),
)


def tracked() -> list[str]:
    """Returns every file that is, or would be, committed."""
    output = subprocess.run(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
        cwd=ROOT,
        check=True,
        capture_output=True,
        text=True,
    ).stdout
    names = {name for name in output.split("\0") if name and (ROOT / name).is_file()}
    return sorted(name for name in names if not name.startswith(GENERATED))


def long_files(names: list[str], allowed: dict[str, str]) -> Iterator[str]:
    """Yields source files that are too long, and allowances that nobody needs any more."""
    lengths = {
        name: len((ROOT / name).read_text(encoding="utf-8", errors="replace").splitlines())
        for name in names
        if Path(name).suffix in SOURCE
    }
    for name, lines in lengths.items():
        if lines > MAXIMUM_LINES and name not in allowed:
            yield f"{name}:{lines}: long-file: over {MAXIMUM_LINES} lines; which noun is missing?"
    for name in allowed:
        if lengths.get(name, 0) <= MAXIMUM_LINES:
            yield f"{name}:1: long-file: is short now; take it off house_rules.toml"


def broken_lines(name: str, allowed: dict[str, dict[str, str]]) -> Iterator[str]:
    """Yields each line of a file that breaks a rule."""
    rules = [
        rule for rule in RULES if rule.files.search(name) and name not in allowed.get(rule.name, {})
    ]
    try:
        text = (ROOT / name).read_text(encoding="utf-8")
    except UnicodeDecodeError:
        return
    for number, line in enumerate(text.splitlines(), 1):
        for rule in rules:
            if rule.pattern.search(line):
                yield f"{name}:{number}: {rule.name}: {rule.cure}"


def problems() -> list[str]:
    """Returns every broken rule of the tree."""
    allowed = tomllib.loads(Path(__file__).with_suffix(".toml").read_text(encoding="utf-8"))
    names = tracked()
    found = list(long_files(names, allowed.get("long-file", {})))
    for name in names:
        if name not in {"scripts/house_rules.py", "scripts/house_rules.toml"}:
            found.extend(broken_lines(name, allowed))
    return found


def main() -> int:
    """Prints what is broken; returns the exit code."""
    found = problems()
    print("\n".join(found) or "house rules kept")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
