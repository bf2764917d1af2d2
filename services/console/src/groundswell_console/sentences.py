"""Services explain themselves in English sentences; this says the known ones in Chinese.

The wire carries English only, so a sentence is recognised by its form. One that is not known stays
English and is marked so in the page.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

import yaml

from groundswell_console.durations import of_minutes, readable
from groundswell_console.texts import Texts

_CATEGORY = re.compile(r"(?<=^Its category is )[a-z_]+(?=, which)")
_LONGEST = 2000  # characters; a longer text is no sentence of ours


@dataclass(frozen=True, slots=True)
class Form:
    """A form of sentence: what it looks like, and how it is said in Chinese."""

    pattern: re.Pattern[str]
    chinese: str


@cache
def forms() -> tuple[Form, ...]:
    """Reads the known forms; {name} stands for words, {n} and {minutes} for numbers."""
    source = files("groundswell_console").joinpath("locales", "sentences.yaml")
    loaded: dict[str, str] = yaml.safe_load(source.read_text(encoding="utf-8"))
    return tuple(Form(_pattern(english), chinese) for english, chinese in loaded.items())


def _pattern(english: str) -> re.Pattern[str]:
    """Returns the expression of a form such as "{n} documents? in {text}."; "(s)" is an optional s."""
    parts = re.split(r"\{(\w+)\}", english)
    made = ""
    for position, part in enumerate(parts):
        if position % 2 == 0:
            made += re.escape(part).replace(r"\(s\)", "s?")
        elif f"(?P<{part}>" in made:
            made += f"(?P={part})"
        elif part.startswith(("n", "minutes")):
            made += rf"(?P<{part}>[-+]?[0-9][0-9,.]*[0-9]|[0-9])"
        else:
            made += rf"(?P<{part}>.+?)"
    return re.compile(made)


def translated(text: str, t: Texts) -> str:
    """Returns a sentence in the language of a page, or as it is when its form is not known."""
    if not text or len(text) > _LONGEST:
        return text
    if t.language != "zh":
        return _CATEGORY.sub(lambda match: t.name("category", match[0]), readable(text, t))
    for form in forms():
        match = form.pattern.fullmatch(text)
        if match:
            return form.chinese.format(
                **{key: _word(key, one, t) for key, one in match.groupdict().items()}
            )
    return text


def _word(key: str, value: str, t: Texts) -> str:
    """Returns a word of a sentence in Chinese where the catalogue knows it."""
    if key.startswith("sentence"):
        return translated(value, t)
    if key.startswith("minutes"):
        return of_minutes(value, t)
    for prefix in ("category", "level", "component", "colour"):
        if key.startswith(prefix):
            name = f"{prefix}.{value}.short" if prefix == "level" else f"{prefix}.{value}"
            return t(name) if t.has(name) else value
    return value
