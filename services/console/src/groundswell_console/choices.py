"""What people choose from when they search: categories with sub-topics, languages, places."""

from __future__ import annotations

from functools import cache

from groundswell_console.texts import LANGUAGES, Texts, texts_of

_PLACE, _TOPIC, _CATEGORY, _LANGUAGE = "place.", "topic.", "category.", "language."


def _after(prefix: str) -> tuple[str, ...]:
    """Returns the ends of the catalogue's keys that begin so, in its order."""
    keys = texts_of(LANGUAGES[0]).texts
    return tuple(key.removeprefix(prefix) for key in keys if key.startswith(prefix))


# Each category with its sub-topics, in the catalogue's order.
TOPICS = {
    category: tuple(topic for topic in _after(_TOPIC) if topic.startswith(f"{category}/"))
    for category in _after(_CATEGORY)
    if category != "unknown"
}
LANGUAGE_CODES = tuple(code for code in _after(_LANGUAGE) if code != "und")


def places(t: Texts) -> tuple[tuple[str, str], ...]:
    """Returns the places that are offered by name: code and name."""
    return tuple((code, t(_PLACE + code)) for code in _after(_PLACE))


@cache
def _codes() -> dict[str, str]:
    return {
        texts_of(language)(_PLACE + code).casefold(): code
        for language in LANGUAGES
        for code in _after(_PLACE)
    }


def place_code(typed: str) -> str:
    """Returns the code of a place that was typed by name, or what was typed as a code."""
    return _codes().get(typed.casefold(), typed.upper())
