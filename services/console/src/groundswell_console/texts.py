"""What the console says, in every language: one flat catalogue of keys each, checked at start."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

import yaml

from groundswell_core.errors import InvalidInput

LANGUAGES = ("zh", "en")
NAMES = {"zh": "中文", "en": "English"}
TAGS = {"zh": "zh-CN", "en": "en"}
_HEADER = re.compile(r"\s*([A-Za-z]{1,8})(?:-[A-Za-z0-9-]+)?\s*(?:;\s*q=([0-9.]+))?\s*")


@dataclass(frozen=True, slots=True)
class Texts:
    """The catalogue of one language."""

    language: str
    texts: Mapping[str, str]

    def __call__(self, key: str, /, **values: object) -> str:
        """Returns a text; with count=1 the key's form .one where there is one."""
        if values.get("count") == 1 and f"{key}.one" in self.texts:
            key = f"{key}.one"
        text = self.texts[key]
        return text.format(**values) if values else text

    def has(self, key: str) -> bool:
        """Tells whether there is such a text."""
        return key in self.texts

    def name(self, prefix: str, value: str) -> str:
        """Returns the text of prefix.value, or the value itself with spaces: for open sets of words."""
        return self.texts.get(f"{prefix}.{value}", value.replace("_", " "))


@cache
def texts_of(language: str) -> Texts:
    """Reads a language's catalogue; raises InvalidInput when a key is no text."""
    name = f"{language}.yaml"
    source = files("groundswell_console").joinpath("locales", name).read_text(encoding="utf-8")
    loaded = yaml.safe_load(source)
    for key, text in loaded.items():
        if not isinstance(key, str) or not isinstance(text, str):
            raise InvalidInput(f"locales/{name}: {key} must be a text in quotes")
    return Texts(language, loaded)


def choose_language(chosen: str, accepted: str) -> str:
    """Returns the language of a cookie, else the best of an Accept-Language header, else Chinese."""
    if chosen in LANGUAGES:
        return chosen
    wanted: list[tuple[float, str]] = []
    for part in accepted.split(","):
        match = _HEADER.fullmatch(part)
        if match and match[1].lower() in LANGUAGES:
            wanted.append((_quality(match[2]), match[1].lower()))
    return max(wanted, key=lambda item: item[0])[1] if wanted else LANGUAGES[0]


def _quality(text: str | None) -> float:
    try:
        return float(text) if text else 1.0
    except ValueError:
        return 0.0
