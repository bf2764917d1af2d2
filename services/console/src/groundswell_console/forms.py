"""Forms as they come: bounded, clean text, choices from closed sets."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from enum import IntEnum
from typing import TypeVar
from urllib.parse import parse_qs

from groundswell_core.errors import InvalidInput

E = TypeVar("E", bound=IntEnum)
_FIELDS = 500
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]")


class Form:
    """The fields of one form."""

    def __init__(self, fields: Mapping[str, Sequence[str]]) -> None:
        """Takes every value of every field."""
        self._fields = fields
        self.names = frozenset(fields)

    def text(self, name: str, *, limit: int = 1000, strip: bool = True) -> str:
        """Returns a field's text without control characters and outer blanks; raises when too long."""
        values = self._fields.get(name) or ("",)
        text = _CONTROL.sub("", values[-1].replace("\r\n", "\n"))
        text = text.strip() if strip else text
        if len(text) > limit:
            raise InvalidInput(
                f"{name} has {len(text)} characters; at most {limit} are taken",
                reason="TOO_LONG",
                field=name,
            )
        return text

    def secret(self, name: str) -> str:
        """Returns a password as it was typed."""
        values = self._fields.get(name, ())
        return values[-1][:1000] if values else ""

    def many(self, name: str) -> tuple[str, ...]:
        """Returns every value of a field, such as of ticked boxes."""
        return tuple(value.strip() for value in self._fields.get(name, ()) if value.strip())

    def is_ticked(self, name: str) -> bool:
        """Tells whether a box is ticked."""
        return bool(self.text(name))

    def number(self, name: str) -> float | None:
        """Returns a number, or None when the field is empty."""
        text = self.text(name, limit=30)
        if not text:
            return None
        try:
            return float(text)
        except ValueError:
            raise InvalidInput(f'{name}: "{text}" is no number', reason="NO_NUMBER") from None

    def choice(self, name: str, kind: type[E], default: E) -> E:
        """Returns the member of an enumeration that a field names."""
        text = self.text(name, limit=60)
        return kind[text] if text in kind.__members__ else default

    def lines(self, name: str, *, limit: int = 10_000) -> tuple[str, ...]:
        """Returns the lines of a text that are not empty."""
        lines = (line.strip() for line in self.text(name, limit=limit).splitlines())
        return tuple(line for line in lines if line)

    def words(self, name: str) -> tuple[str, ...]:
        """Returns the words of a text that commas or blanks part."""
        return tuple(word for word in re.split(r"[\s,，、;；]+", self.text(name)) if word)

    def pairs(self, name: str) -> dict[str, str]:
        """Returns the pairs of lines such as label=value; raises InvalidInput naming the bad line."""
        found: dict[str, str] = {}
        for line in self.lines(name):
            key, sign, value = line.partition("=")
            if not sign or not key.strip():
                raise InvalidInput(f'{name}: write "{line}" as name=value', reason="NO_PAIR")
            found[key.strip()] = value.strip()
        return found


def parse_form(body: bytes) -> Form:
    """Returns the form of a urlencoded body; raises InvalidInput when it is none."""
    try:
        fields = parse_qs(
            body.decode("ascii", "replace"),
            keep_blank_values=True,
            max_num_fields=_FIELDS,
            errors="replace",
        )
    except ValueError as error:
        raise InvalidInput("the form cannot be read", reason="BAD_FORM") from error
    return Form(fields)
