"""Resource names such as sources/bbc-world, and the ids in them."""

from __future__ import annotations

import re

from groundswell_core.errors import InvalidInput

_ID = re.compile(r"[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?")


def parse_name(name: str, collection: str) -> str:
    """Returns the id in collection/{id}; raises InvalidInput naming what it should look like."""
    head, _, identifier = name.partition("/")
    if head != collection or not _ID.fullmatch(identifier):
        raise InvalidInput(
            f'"{name}" is no name of {collection}: write {collection}/<id>, the id in lower-case '
            "letters, digits and hyphens, at most 63",
            reason="BAD_NAME",
            name=name,
        )
    return identifier


def check_id(identifier: str) -> str:
    """Returns the id when it is a good one; raises InvalidInput otherwise."""
    if not _ID.fullmatch(identifier):
        raise InvalidInput(
            f'"{identifier}" is no id: use lower-case letters, digits and hyphens, at most 63',
            reason="BAD_ID",
            id=identifier,
        )
    return identifier
