"""How English sentences claim numbers: at least 12 people were killed, the death toll rose to 35."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date

from groundswell_analyzer.annotate.claimed import Found, qualifier_of
from groundswell_analyzer.annotate.numbers import ENGLISH_NUMBER, english_value
from groundswell_core.analyses import ClaimQualifier

_Q = ClaimQualifier
_QUALIFIERS = {
    _Q.AT_MOST: re.compile("up to|as many as|at most|no more than|fewer than|less than|under"),
    _Q.AT_LEAST: re.compile("at least|more than|over|exceed|above|upwards of|no fewer than"),
    _Q.ABOUT: re.compile(
        "about|around|some|nearly|almost|roughly|approximately|close to|estimated"
    ),
}
_BEFORE = (
    "at least|at most|more than|no more than|no fewer than|fewer than|less than|upwards of|up to|as many as"
    "|close to|over|about|around|some|nearly|almost|roughly|approximately|an estimated|estimated"
)
_NOUNS = (
    "people|persons?|workers?|miners?|passengers?|students?|pupils?|children|child|civilians?|soldiers?|troops"
    "|residents?|others?|women|woman|men|man|villagers?|tourists?|firefighters?|officers?|employees|staff"
    "|crew(?: members)?|patients?|victims?|migrants?|boys?|girls?|teenagers?|guests?|fans|homes? residents|sailors?"
    "|climbers?|hikers?|rescuers?|protesters?|worshippers|bystanders?|drivers?|inmates|prisoners|villages?rs|adults?|customers|users|fishermen"
)
_KINDS = {
    "dead": "killed|dead|died|drowned|perished",
    "injured": "injured|wounded|hurt|hospitalised|hospitalized|sickened",
    "missing": "missing|unaccounted for",
    "trapped": "trapped|stranded",
    "evacuated": "evacuated|displaced",
    "affected": "affected",
}
_ACTIVE = {
    "killing": "dead", "killed": "dead", "kills": "dead", "kill": "dead", "claimed the lives of": "dead",
    "claiming the lives of": "dead", "injuring": "injured", "injured": "injured", "injures": "injured",
    "wounding": "injured", "wounded": "injured", "wounds": "injured", "hurting": "injured",
    "trapping": "trapped", "trapped": "trapped", "traps": "trapped", "stranding": "trapped",
    "evacuated": "evacuated", "evacuating": "evacuated", "evacuate": "evacuated", "displacing": "evacuated",
    "affecting": "affected",
}  # fmt: skip
_KIND_OF = {word: kind for kind, words in _KINDS.items() for word in words.split("|")}
_NUMBER = rf"(?:(?P<q>{_BEFORE})\s)?(?<![\w.,$€£¥/:\-])(?P<n>{ENGLISH_NUMBER})"
_STATES = "|".join(sorted(_KIND_OF, key=len, reverse=True))
_PEOPLE_FIRST = re.compile(
    rf"{_NUMBER}(?P<people>(?:\s(?!other\b)[a-z]+)?\s(?:{_NOUNS}))?(?:,? (?:including|among them)[^,.]{{1,60}},)?"
    r"(?:\s(?:have|has|had|were|was|are|is|been|being|also|now|still|reported|confirmed|feared|believed|reportedly|left|remain|remained|remains|found|to be)){0,5}"
    rf"\s(?P<word>{_STATES})\b(?! (?:by|in) (?:a )?(?:court|vote))"
)
_WORD_FIRST = re.compile(
    rf"\b(?P<word>{'|'.join(sorted(_ACTIVE, key=len, reverse=True))})\s{_NUMBER}"
    rf"(?:(?P<people>(?:\s[A-Za-z]+)?\s(?:{_NOUNS}))\b|(?=\s(?:and|in|on|at|near|after|as|when)\b|[,.;]|$))"
)
_TOLL = re.compile(
    r"\b(?P<word>death toll|number of dead|toll)\b[^.;\d]{0,50}?\b(?:to|at|of|reached|reaches|hits?|passes|is|was|stands at)\s"
    rf"{_NUMBER}(?!\s?%|\spercent|\s(?:years?|days?|hours?|months?|a\.?m|p\.?m)\b)"
)
_LEFT = re.compile(
    rf"\b(?:leaves|left|leaving)\s{_NUMBER}(?:\s(?:{_NOUNS}))?\s(?P<word>dead|injured|missing|wounded|trapped|stranded)\b"
)
_PATTERNS = (_PEOPLE_FIRST, _WORD_FIRST, _TOLL, _LEFT)
_AND = re.compile(
    rf"(?:,| and|, and)\s{_NUMBER}(?:\s(?:{_NOUNS}))?(?:\s(?:were|was|are|have been|remain))?\s(?P<word>{_STATES})\b"
)
_CURRENCIES = {
    "$": "USD", "us$": "USD", "€": "EUR", "£": "GBP", "¥": "CNY", "rmb": "CNY", "dollars": "USD", "us dollars": "USD",
    "euros": "EUR", "pounds": "GBP", "yuan": "CNY", "yen": "JPY", "rupees": "INR", "hk$": "HKD", "a$": "AUD", "won": "KRW",
}  # fmt: skip
_MONEY = re.compile(
    rf"(?:(?P<q>{_BEFORE})\s)?(?:(?P<unit>hk\$|us\$|a\$|[$€£¥]|rmb)\s?(?P<n>\d[\d,]*(?:\.\d+)?)\s?(?P<u>million|billion|trillion|thousand|bn|mn|m|k)?\b"
    rf"|(?<![\w.,$€£¥])(?P<n2>{ENGLISH_NUMBER})\s(?P<unit2>us dollars|dollars|euros|pounds|yuan|yen|rupees|won)\b)"
)
_MATTERS = tuple(
    map(
        re.compile,
        (
            r"\bloss(?:es)?\b|\bdamages?\b|\bdamaged\b|\bdestroyed\b",
            r"\bfraud|\bstole|\bembezzl|\bscam|\bransom|\bbrib|\blaunder",
            r"\bunpaid\b|\bowe[ds]?\b|\bdefault|\bdebts?\b",
            r"\bfine[ds]?\b|\bpenalt|\bcompensation\b|\bsettle",
        ),
    )
)
_MAGNITUDE = re.compile(
    r"\bmagnitude(?:[- ]of)?[- ](?P<n>\d(?:\.\d)?)\b|(?<![\d.])(?P<m>\d\.\d)[- ](?:magnitude|strong|earthquake|quake|temblor)\b"
)
_AFTERSHOCK = re.compile("aftershock|foreshock")
_NO_CLAIM = re.compile(
    r"\b(?:could|might|may (?:be|have)|would|if|every year|each year|annually|per year|a year|on average|drill|exercise|simulat\w+|hoax"
    r"|false(?:ly)?|rumou?rs?|denied|last year|last month|years ago|anniversary|novel|movie|film|projected|expected to)\b"
)
_PART = re.compile(r"\b(?:including|among them|of whom|of them)\s(?:at least |about )?$")
_YEAR = re.compile(r"\b(?:in|of|since|during)\s(?:[A-Za-z]+\s)?((?:19|20)\d\d)\b", re.IGNORECASE)
_MARK_WORDS = [
    "killed",
    "killing",
    "kills",
    "dead",
    "died",
    "drowned",
    "perished",
    "toll",
    "lives",
    "injur",
    "wounded",
    "wounding",
    "hurt",
    "hospitali",
    "sickened",
    "missing",
    "unaccounted",
    "trapp",
    "strand",
    "evacuat",
    "displac",
    "affected",
    "affecting",
    "magnitude",
    "quake",
    "loss",
    "damage",
    "destroyed",
    "fraud",
    "stole",
    "embezzl",
    "scam",
    "ransom",
    "brib",
    "unpaid",
    "owe",
    "default",
    "debt",
    "fine",
    "penalt",
    "compensation",
    "settle",
]
MARKS = (*_MARK_WORDS, *map(str.capitalize, _MARK_WORDS))
_ANY_NUMBER = re.compile(rf"\d|\b(?:{ENGLISH_NUMBER})")


def find(sentence: str, today: date | None) -> Iterator[Found]:
    """Yields what a plain sentence claims."""
    sentence = sentence.lower()
    if not _ANY_NUMBER.search(sentence) or _NO_CLAIM.search(sentence):
        return
    if today is not None and any(int(year) < today.year for year in _YEAR.findall(sentence)):
        return
    yield from _people(sentence)
    yield from _money(sentence)
    for match in _MAGNITUDE.finditer(sentence):
        around = sentence[max(0, match.start() - 15) : match.end() + 15]
        if not _AFTERSHOCK.search(around):
            yield Found("magnitude", float(match["n"] or match["m"]), _Q.EXACT, "magnitude")


def _people(sentence: str) -> Iterator[Found]:
    seen: set[int] = set()
    for pattern in _PATTERNS:
        for match in pattern.finditer(sentence):
            start = match.start("n")
            if start not in seen and _counts_people(match, sentence):
                seen.add(start)
                yield _counted(match)


def _counts_people(match: re.Match[str], sentence: str) -> bool:
    number, people = match["n"], match.groupdict().get("people")
    is_year = number.isdigit() and 1900 <= int(number) <= 2100 and not people
    return not is_year and not _PART.search(sentence, 0, match.start("n"))


def _counted(match: re.Match[str]) -> Found:
    word = match["word"]
    kind = "dead" if "toll" in word or "number" in word else _ACTIVE.get(word) or _KIND_OF[word]
    value, is_vague = english_value(match["n"])
    qualifier = qualifier_of(match["q"] or "", _QUALIFIERS)
    if is_vague and qualifier is _Q.EXACT:
        qualifier = _Q.AT_LEAST
    return Found(kind, value, qualifier, "person")


def _money(sentence: str) -> Iterator[Found]:
    rank = next((rank for rank, words in enumerate(_MATTERS) if words.search(sentence)), None)
    if rank is None:
        return
    for match in _MONEY.finditer(sentence):
        unit = _CURRENCIES[match["unit"] or match["unit2"]]
        value, _ = english_value(" ".join(filter(None, (match["n"] or match["n2"], match["u"]))))
        yield Found(
            "money", round(value, 2), qualifier_of(match["q"] or "", _QUALIFIERS), unit, rank
        )
