"""Stage language: scripts decide where they can, a model among languages of one script."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from functools import cache
from typing import Any

from groundswell_analyzer.annotate.draft import Draft, Tools
from groundswell_analyzer.annotate.words import read_data
from groundswell_analyzer.query import primary_language

UNKNOWN = "und"
SAMPLE = 400  # characters that are looked at
SCRIPT_SAMPLE = 160  # of which so many decide between scripts of East Asia
ENOUGH = 40  # letters from which on the model outweighs what the source says
TOO_SHORT = 8  # letters below which the model only guesses

_HAN = re.compile("[\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0003ffff]")
_KANA = re.compile("[\u3041-\u3096\u30a1-\u30fa]")
_HANGUL = re.compile("[\u1100-\u11ff\u3131-\u318e\uac00-\ud7a3]")
_LATIN_WORD = re.compile("[A-Za-z\u00c0-\u024f\u1e00-\u1eff]+")

# Scripts that one language of the news writes.
_SCRIPTS = {
    "el": "\u0370-\u03ff\u1f00-\u1fff",
    "he": "\u0590-\u05ff",
    "hy": "\u0530-\u058f",
    "ka": "\u10a0-\u10ff",
    "th": "\u0e00-\u0e7f",
    "lo": "\u0e80-\u0eff",
    "km": "\u1780-\u17ff",
    "my": "\u1000-\u109f",
    "bo": "\u0f00-\u0fff",
    "mn": "\u1800-\u18af",
    "bn": "\u0980-\u09ff",
    "pa": "\u0a00-\u0a7f",
    "gu": "\u0a80-\u0aff",
    "or": "\u0b00-\u0b7f",
    "ta": "\u0b80-\u0bff",
    "te": "\u0c00-\u0c7f",
    "kn": "\u0c80-\u0cff",
    "ml": "\u0d00-\u0d7f",
    "si": "\u0d80-\u0dff",
    "am": "\u1200-\u137f",
}
# Scripts of several languages; the first is taken when the model cannot say.
_SHARED = {
    "cyrillic": ("\u0400-\u052f", ("ru", "uk", "be", "bg", "sr", "mk", "kk", "ky", "mn")),
    "arabic": (
        "\u0600-\u06ff\u0750-\u077f\ufb50-\ufdff\ufe70-\ufeff",
        ("ar", "fa", "ur", "ug", "ps", "ku"),
    ),
    "devanagari": ("\u0900-\u097f", ("hi", "mr", "ne")),
}
_OTHER_SCRIPTS = frozenset(
    {
        "zh",
        "ja",
        "ko",
        UNKNOWN,
        *_SCRIPTS,
        *(code for _, codes in _SHARED.values() for code in codes),
    }
)
_OLD_CODES = {
    "cmn": "zh",
    "yue": "zh",
    "wuu": "zh",
    "iw": "he",
    "in": "id",
    "nb": "no",
    "nn": "no",
    "fil": "tl",
}


def detect_language(drafts: Sequence[Draft], tools: Tools) -> list[Draft]:
    """Finds each document's language; the source's word counts where the text says too little."""
    return [
        replace(draft, language=language_of(_sample(draft), draft.document.language))
        for draft in drafts
    ]


def _sample(draft: Draft) -> str:
    return f"{draft.plain_title} {draft.plain_text[:SAMPLE]}"[:SAMPLE]


def language_of(text: str, prior: str = "") -> str:
    """Returns the BCP 47 primary language of a short plain text; und when nothing tells."""
    said = primary_language(prior)
    said = _OLD_CODES.get(said, said)
    words = len(_LATIN_WORD.findall(text))
    return (
        _east_asian(text, words, said) or _single_script(text, words) or _among(text, words, said)
    )


def _east_asian(text: str, latin_words: int, said: str) -> str:
    if text.isascii():
        return ""
    hangul = len(_HANGUL.findall(text))
    kana = len(_KANA.findall(text))
    han = len(_HAN.findall(text))
    if hangul > max(han, kana, latin_words):
        return "ko"
    # One の or ー is fashion in Chinese headlines; Japanese prose is a third kana.
    if kana >= 2 and kana * 8 >= han and kana >= latin_words:
        return "ja"
    if han * 2 > latin_words:
        return said if said in ("ja", "ko") and kana + hangul > 0 else _of_han(han, said)
    return ""


def _of_han(han: int, said: str) -> str:
    # A headline may be all kanji: up to some length the source knows better.
    return "ja" if said == "ja" and han <= ENOUGH else "zh"


def _single_script(text: str, latin_words: int) -> str:
    if text.isascii():
        return ""
    for language, pattern in _single_patterns().items():
        if (found := len(pattern.findall(text))) >= 2 and found > latin_words:
            return language
    return ""


@cache
def _single_patterns() -> dict[str, re.Pattern[str]]:
    return {language: re.compile(f"[{letters}]") for language, letters in _SCRIPTS.items()}


@cache
def _shared_patterns() -> dict[str, re.Pattern[str]]:
    return {script: re.compile(f"[{letters}]") for script, (letters, _) in _SHARED.items()}


def _among(text: str, latin_words: int, said: str) -> str:
    """Returns the language among those that share a script, Latin for lack of another."""
    for script, pattern in _shared_patterns().items():
        letters = 0 if text.isascii() else len(pattern.findall(text))
        if letters > latin_words:
            languages = _SHARED[script][1]
            guess = _classify(text)
            guess = guess if guess in languages else languages[0]
            return _weigh(guess, said if said in languages else "", letters)
    letters = sum(map(str.isalpha, text))
    fits = said not in _OTHER_SCRIPTS or letters < TOO_SHORT
    return _weigh(
        _classify(text) if letters >= TOO_SHORT else UNKNOWN, said if fits else "", letters
    )


def _weigh(guess: str, said: str, letters: int) -> str:
    if said and letters < ENOUGH:
        return said
    return guess if letters >= TOO_SHORT else UNKNOWN


def _classify(text: str) -> str:
    language: str = _model().classify(text)[0]
    return _OLD_CODES.get(language, language)


@cache
def _model() -> Any:
    from py3langid.langid import MODEL_FILE, LanguageIdentifier

    model = LanguageIdentifier.from_model_file(MODEL_FILE)
    model.set_languages(read_data("languages.yaml")["news"].split())
    return model
