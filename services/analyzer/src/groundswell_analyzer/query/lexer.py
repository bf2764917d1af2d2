"""Splits a query into lexemes, each with its place in the text."""

from __future__ import annotations

import re
from dataclasses import dataclass
from difflib import get_close_matches
from typing import cast

from groundswell_analyzer.query.errors import MAXIMUM_DISTANCE, QueryError

SCOPES = ("title", "text")
ATTRIBUTES = ("source", "outlet", "lang", "place", "category")
FIELDS = (*SCOPES, *ATTRIBUTES, "label.<name>")
DEFAULT_DISTANCE = 10

_OPERATORS = {
    "AND": "AND",
    "OR": "OR",
    "NOT": "NOT",
    "与": "AND",
    "或": "OR",
    "非": "NOT",
    "|": "OR",
    "｜": "OR",
}
_PARENTHESES = {"(": "(", "（": "(", ")": ")", "）": ")"}
_QUOTES = '"“”„'
_LEXEME = re.compile(
    rf"""
      (?P<space>\s+)
    | (?P<parenthesis>[()（）])
    | (?P<bar>[|｜])
    | (?P<field>[A-Za-z][A-Za-z_]*(?:\.[^\s:：()（）|｜{_QUOTES}]+)?(?::|：))
    | (?P<quote>[{_QUOTES}])
    | (?P<word>[^\s()（）|｜{_QUOTES}]+)
    """,
    re.VERBOSE,
)
_PHRASE = re.compile(rf"((?:[^{_QUOTES}\\]|\\.)*)(?P<end>[{_QUOTES}])?", re.DOTALL)
_SMALL_NEAR = re.compile(r"near/[0-9]+", re.IGNORECASE)
_MINUS = re.compile(r"-[^\W\d_]")
_NEAR = re.compile(r"NEAR(?:/(?P<distance>.*))?", re.DOTALL)


@dataclass(frozen=True, slots=True)
class Lexeme:
    """One word, phrase, field or operator of a query."""

    kind: str  # ( ) AND OR NOT NEAR WORD FIELD END
    text: str  # without quotes, colon and star
    position: int
    length: int
    is_prefix: bool = False
    distance: int = DEFAULT_DISTANCE


def lex(query: str) -> tuple[list[Lexeme], list[QueryError]]:
    """Returns the lexemes, END last, and the mistakes found on the way."""
    lexemes: list[Lexeme] = []
    errors: list[QueryError] = []
    position = 0
    while found := _LEXEME.match(query, position):
        lexeme = _lexeme(found, query, errors)
        position = found.end() if lexeme is None else lexeme.position + lexeme.length
        if lexeme is not None:
            lexemes.append(lexeme)
    lexemes.append(Lexeme("END", "", len(query), 1))
    return lexemes, errors


def _lexeme(found: re.Match[str], query: str, errors: list[QueryError]) -> Lexeme | None:
    text, start = found.group(), found.start()
    match found.lastgroup:
        case "space":
            return None
        case "parenthesis":
            return Lexeme(_PARENTHESES[text], text, start, 1)
        case "bar":
            return Lexeme("OR", text, start, 1)
        case "field":
            return _field(text, query, start, errors)
        case "quote":
            return _phrase(query, start, errors)
        case _:
            return _word(text, start, errors)


def _field(text: str, query: str, start: int, errors: list[QueryError]) -> Lexeme | None:
    name, colon = text[:-1], text[-1]
    lower = name.lower()
    if lower in (*SCOPES, *ATTRIBUTES):
        return Lexeme("FIELD", lower, start, len(text))
    if lower.startswith("label.") and len(name) > len("label."):
        return Lexeme("FIELD", "label." + name[len("label.") :], start, len(text))
    if colon == "：":  # a full-width colon is punctuation unless a known field stands before it
        word = _LEXEME.match(query, start + len(text))
        rest = word.group() if word and word.lastgroup in ("word", "field") else ""
        return _word(text + rest, start, errors)
    errors.append(QueryError(start, len(text), _unknown_field(name)))
    return None


def _unknown_field(name: str) -> str:
    close = get_close_matches(name.lower(), (*SCOPES, *ATTRIBUTES, "label"), n=1)
    hint = f'did you mean "{close[0]}:"?' if close else "the fields are " + ", ".join(FIELDS) + "."
    return f'"{name}:" is no field; {hint} To search for the text itself, put it in quotes.'


def _phrase(query: str, start: int, errors: list[QueryError]) -> Lexeme:
    found = cast("re.Match[str]", _PHRASE.match(query, start + 1))  # matches the empty phrase too
    text = re.sub(r"\\(.)", r"\1", found.group(1), flags=re.DOTALL)
    end = found.end()
    if found["end"] is None:
        end = len(query)
        message = 'this quotation mark is never closed; add " after the phrase.'
        errors.append(QueryError(start, 1, message))
    is_prefix = query[end : end + 1] == "*"
    return Lexeme("WORD", text, start, end + is_prefix - start, is_prefix)


def _word(text: str, start: int, errors: list[QueryError]) -> Lexeme:
    if text in _OPERATORS:
        return Lexeme(_OPERATORS[text], text, start, len(text))
    if near := _NEAR.fullmatch(text):
        return _near(near["distance"], text, start, errors)
    bare = text.removesuffix("*")
    if mistake := _mistake_in_word(text, bare):
        errors.append(QueryError(start, len(text), mistake))
    return Lexeme("WORD", bare, start, len(text), is_prefix=bare != text)


def _mistake_in_word(text: str, bare: str) -> str:
    if _SMALL_NEAR.fullmatch(text):
        return f'write "{text.upper()}" in capitals; to search for the text, put it in quotes.'
    if _MINUS.match(text):
        return f'to exclude a word, write NOT {text[1:]}; to search for "{text}", put it in quotes.'
    if "*" in bare or not bare:
        return "* stands at the end of a word, as in vaccin*; elsewhere, put it in quotes."
    if bare != text and len(bare) < 2 and bare.isascii():
        return "a word before * has at least two letters; write more of it."
    return ""


def _near(distance: str | None, text: str, start: int, errors: list[QueryError]) -> Lexeme:
    number = DEFAULT_DISTANCE if distance is None else _number(distance)
    if not 1 <= number <= MAXIMUM_DISTANCE:
        message = f"NEAR takes a whole number from 1 to {MAXIMUM_DISTANCE}, as in NEAR/5."
        errors.append(QueryError(start, len(text), message))
        number = DEFAULT_DISTANCE
    return Lexeme("NEAR", text, start, len(text), distance=number)


def _number(digits: str) -> int:
    return int(digits) if re.fullmatch(r"[0-9]{1,9}", digits) else 0
