"""The grading rules by version: those that ship, your own, and all that ever graded a story here."""

from __future__ import annotations

from datetime import datetime
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import Any

from groundswell_analyzer.grading.rules import Rules, parse_rules
from groundswell_core.errors import AlreadyExists, InvalidInput
from groundswell_core.mongo import Collection

SHIPPED = "2026-2"


@cache
def shipped_texts() -> dict[str, str]:
    """Returns the rules that ship with the package, and older ones, by version."""
    folder = files("groundswell_analyzer.grading") / "rules"
    found = {
        file.name.removesuffix(".yaml"): file.read_text(encoding="utf-8")
        for file in folder.iterdir()
        if file.name.endswith(".yaml")
    }
    return dict(sorted(found.items()))


@cache
def load_rules() -> Rules:
    """Returns the newest rules that ship with the package."""
    return parse_rules(shipped_texts()[SHIPPED], f"{SHIPPED}.yaml")


def read_rules(file: Path | None) -> tuple[Rules, str]:
    """Returns the rules of a file of your own and its text; without one those that ship."""
    if file is None:
        return load_rules(), shipped_texts()[SHIPPED]
    try:
        text = file.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise InvalidInput(f"{file.name} cannot be read: {error}", reason="BAD_FILE") from None
    return parse_rules(text, file.name), text


class RuleBook:
    """Remembers every version of the rules that graded anything, so that it can be explained."""

    def __init__(self, collection: Collection, rules: Rules, text: str) -> None:
        """Takes the rules in force, with their text."""
        self._collection = collection
        self._text = text
        self._known: dict[str, Rules] = {rules.version: rules}
        self.rules = rules

    async def remember(self, now: datetime) -> None:
        """Stores the rules in force; raises InvalidInput when their version means other numbers."""
        version = self.rules.version
        record = {"_id": version, "text": self._text, "create_time": now}
        try:
            await self._collection.insert(record)
        except AlreadyExists:
            known = await self._stored(version)
            if known != self.rules:
                raise InvalidInput(
                    f"rules {version} graded with other numbers before; raise their version",
                    reason="RULES_CHANGED",
                ) from None

    async def of(self, version: str) -> Rules | None:
        """Returns the rules of a version; None when they are not known here."""
        if version not in self._known:
            found = await self._stored(version)
            if found is None and version in shipped_texts():
                found = parse_rules(shipped_texts()[version], f"{version}.yaml")
            if found is None:
                return None
            self._known[version] = found
        return self._known[version]

    async def _stored(self, version: str) -> Rules | None:
        record: dict[str, Any] | None = await self._collection.find_one({"_id": version})
        return parse_rules(record["text"], f"{version}.yaml") if record else None
