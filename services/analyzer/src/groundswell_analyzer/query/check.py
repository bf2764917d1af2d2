"""What a query must have beyond its grammar: something that a document must hold."""

from __future__ import annotations

from collections.abc import Mapping

from groundswell_analyzer.query.errors import QueryError
from groundswell_analyzer.query.tree import And, Attribute, Literal, Near, Node, Not, Or


def check_tree(tree: Node, spans: Mapping[int, tuple[int, int]]) -> list[QueryError]:
    """Returns an error when the query would match nearly every document, as NOT a or a OR NOT b."""
    blame = _unbounded(tree, is_positive=True)
    if blame is None:
        return []
    position, length = spans.get(id(blame), (0, 1))
    message = (
        "this NOT alone would match nearly every document; join it to a word that must be there, "
        "as in a AND NOT b."
    )
    return [QueryError(position, length, message)]


def _unbounded(node: Node, *, is_positive: bool) -> Node | None:
    """Returns the node to blame when documents can match without holding anything."""
    match node:
        case Literal() | Attribute() | Near():
            return None if is_positive else node
        case Not():
            inside = _unbounded(node.part, is_positive=not is_positive)
            return None if inside is None else node
        case And() | Or():
            blames = [_unbounded(part, is_positive=is_positive) for part in node.parts]
            needs_all = isinstance(node, Or) == is_positive
            found = [blame for blame in blames if blame is not None]
            if needs_all:
                return found[0] if found else None
            return found[0] if len(found) == len(blames) else None
