"""Stage language: scripts decide where they can, a model among languages of one script."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from itertools import chain, product
from typing import Any

from groundswell_analyzer.annotate.draft import Draft, Tools
from groundswell_analyzer.annotate.words import read_data
from groundswell_analyzer.query import primary_language

UNKNOWN = "und"
SAMPLE = 400  # characters that are looked at
ENOUGH = 40  # letters from which on the model outweighs what the source says
TOO_SHORT = 6  # letters below which the model only guesses
# What a language loses, in the model's own unit, when less of the world's news is in it, and what
# each of its words or own letters adds. Set on the tuning half of our headlines.
_UNCOMMON, _RARE = 5.0, 9.0
_WORD, _LETTER = 4.0, 8.0
_MOST_WORDS = 4  # that count
_KANA_IN = 12  # Chinese characters without a simplified one, one kana makes Japanese

_HAN = re.compile("[\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0003ffff]")
_HAN_RUN = re.compile(f"{_HAN.pattern}+")
_KANA = re.compile("[\u3041-\u306d\u306f-\u3096\u30a1-\u30fa]")  # all but の
_HANGUL = re.compile("[\u1100-\u11ff\u3131-\u318e\uac00-\ud7a3]")
_LATIN_WORD = re.compile("[A-Za-z\u00c0-\u024f\u1e00-\u1eff]+")
_WIDE = re.compile("[\uff21-\uff3a\uff41-\uff5a\uff66-\uff9d]")  # full and half width
_WORDS = re.compile(r"[^\W\d_]+")

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
_EAST_ASIAN = ("zh", "ja", "ko")
_OTHER_SCRIPTS = frozenset(
    {*_EAST_ASIAN, UNKNOWN, *_SCRIPTS, *chain.from_iterable(codes for _, codes in _SHARED.values())}
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


@dataclass(frozen=True, slots=True)
class Model:
    """The classifier, and what speaks for or against its answers."""

    classifier: Any
    losses: Mapping[str, float]
    letters: Mapping[str, frozenset[str]]
    words: Mapping[str, tuple[str, ...]]  # word → languages


def detect_language(drafts: Sequence[Draft], tools: Tools) -> list[Draft]:
    """Finds each document's language; the source's word counts where the text says too little."""
    return [
        draft.learned(language=language_of(_sample(draft), draft.document.language))
        for draft in drafts
    ]


def _sample(draft: Draft) -> str:
    # As written, not as searched: there Traditional and Japanese characters are Simplified.
    sample = f"{draft.document.title} {draft.document.text[:SAMPLE]}"[:SAMPLE]
    return unicodedata.normalize("NFKC", sample) if _WIDE.search(sample) else sample


def language_of(text: str, prior: str = "") -> str:
    """Returns the BCP 47 primary language of a short plain text; und when nothing tells."""
    said = primary_language(prior)
    said = _OLD_CODES.get(said, said)
    if text.isascii():
        return _among_latin(text, said)
    words = len(_LATIN_WORD.findall(text))
    return (
        _east_asian(text, words, said)
        or _single_script(text, words)
        or _shared_script(text, words, said)
        or _among_latin(text, said)
    )


def _east_asian(text: str, latin_words: int, said: str) -> str:
    hangul = len(_HANGUL.findall(text))
    kana = len(_KANA.findall(text))
    han = sum(map(len, _HAN_RUN.findall(text)))
    if hangul > max(han, kana, latin_words):
        return "ko"
    if kana + han <= latin_words // 2:
        return ""
    if _is_japanese(text, kana, han, said):
        return "ja"
    return said if said in ("ja", "ko") and kana + hangul > 0 else _of_han(han, said)


def _is_japanese(text: str, kana: int, han: int, said: str) -> bool:
    """Tells Japanese by kana, or by characters that only Japan writes; China's own speak against it."""
    chinese, japanese = _national_characters()
    if chinese.search(text):
        return kana > han
    kana += "の" in text and said != "zh"  # fashion in Chinese headlines, and else Japanese
    return kana * _KANA_IN > han or japanese.search(text) is not None


def _of_han(han: int, said: str) -> str:
    # A headline may be all kanji: up to some length the source knows better.
    return "ja" if said == "ja" and han <= ENOUGH else "zh"


@cache
def _national_characters() -> tuple[re.Pattern[str], re.Pattern[str]]:
    """Returns the characters that only the standard of China has, and only that of Japan."""
    data = read_data("languages.yaml")
    chinese = _of_standard("gb2312", range(0xB0, 0xF8), ("shift_jis", "big5"))
    japanese = _of_standard("shift_jis", range(0x88, 0x98), ("gb2312", "big5"))
    japanese = re.sub(f"[{data['chinese_names']}]", "", japanese)
    return re.compile(f"[{chinese}{data['chinese']}]"), re.compile(f"[{japanese}]")


def _of_standard(encoding: str, rows: Iterable[int], others: Iterable[str]) -> str:
    decoded = (bytes(pair).decode(encoding, "ignore") for pair in product(rows, range(0x40, 0xFF)))
    return "".join(
        character
        for character in decoded
        if _HAN.fullmatch(character)
        and not any(character.encode(other, "ignore") for other in others)
    )


def _single_script(text: str, latin_words: int) -> str:
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


def _shared_script(text: str, latin_words: int, said: str) -> str:
    for script, pattern in _shared_patterns().items():
        letters = len(pattern.findall(text))
        if letters > latin_words:
            languages = _SHARED[script][1]
            guess = _classify(text, frozenset(languages)) or languages[0]
            return _weigh(guess, said if said in languages else "", letters)
    return ""


def _among_latin(text: str, said: str) -> str:
    letters = sum(map(str.isalpha, text))
    if letters < TOO_SHORT:
        return said or UNKNOWN
    guess = _classify(text, _latin_languages()) or UNKNOWN
    return _weigh(guess, said if said not in _OTHER_SCRIPTS else "", letters)


def _weigh(guess: str, said: str, letters: int) -> str:
    if said and letters < ENOUGH:
        return said
    return guess if letters >= TOO_SHORT else UNKNOWN


def _classify(text: str, languages: frozenset[str]) -> str:
    """Returns the likeliest of some languages; empty when the model knows nothing of the text."""
    model = _model()
    bonus = _bonus(text, model)
    scored = [
        (score + bonus.get(language, 0.0) - model.losses[language], language)
        for answer, score in model.classifier.rank(text)
        for language in (_OLD_CODES.get(answer, answer),)
        if language in languages and score > _FLOOR
    ]
    return max(scored, default=(0.0, ""))[1]


_FLOOR = -1e30  # what the classifier says of a text that it knows nothing of


def _bonus(text: str, model: Model) -> dict[str, float]:
    """Returns what the words and letters of a text speak for each language."""
    bonus: dict[str, float] = {}
    for word in set(_WORDS.findall(text.lower())):
        for language in model.words.get(word, ()):
            bonus[language] = min(bonus.get(language, 0.0) + _WORD, _MOST_WORDS * _WORD)
    written = set(text)
    for language, letters in model.letters.items():
        if own := len(written & letters):
            bonus[language] = bonus.get(language, 0.0) + _LETTER * min(own, 2)
    return bonus


@cache
def _latin_languages() -> frozenset[str]:
    return frozenset(_model().losses) - _OTHER_SCRIPTS


@cache
def _model() -> Model:
    from py3langid.langid import MODEL_FILE, LanguageIdentifier

    data = read_data("languages.yaml")
    classifier = LanguageIdentifier.from_model_file(MODEL_FILE)
    losses = dict(_losses(data))
    classifier.set_languages(list(losses))
    words: dict[str, tuple[str, ...]] = {}
    for language, listed in data["words"].items():
        for word in dict.fromkeys(str(listed).split()):
            words[word] = (*words.get(word, ()), language)
    letters = {language: frozenset(listed) for language, listed in data["letters"].items()}
    return Model(classifier, losses, letters, words)


def _losses(data: Mapping[str, str]) -> Iterator[tuple[str, float]]:
    for kind, loss in (("common", 0.0), ("uncommon", _UNCOMMON), ("rare", _RARE)):
        yield from ((language, loss) for language in data[kind].split())
