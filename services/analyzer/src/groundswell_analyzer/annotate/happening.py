"""The day of the happening that the beginning of a text names."""

from __future__ import annotations

import re
from datetime import date, timedelta

_CHINESE_EVENT = "发生|爆炸|爆燃|起火|着火|火灾|坠毁|坠落|坠机|坍塌|倒塌|垮塌|相撞|侧翻|决堤|溃坝|泄漏|袭击|遇袭|枪击|踩踏|滑坡|沉没|地震"
_CHINESE_DAY = re.compile(
    r"(?:(?:(?P<year>20\d\d)年)?(?<!\d)(?P<month>1[0-2]|0?[1-9])月(?P<day>3[01]|[12]\d|0?[1-9])日"
    r"|(?<![\d月])(?P<only>3[01]|[12]\d|[1-9])日(?=凌晨|清晨|早|上午|中午|下午|傍晚|晚|深夜|\d|,)"
    r"|(?P<word>今天|今日|今晨|今早|今晚|昨天|昨日|昨晚|昨夜|前天))"
    rf"(?!电|讯|消息|报道|从|召开|,?记者|[^。;!?\n]{{0,6}}(?:电|讯|报道)[\s:,)）])[^。;!?\n]{{0,50}}?(?:{_CHINESE_EVENT})"
)


def chinese_day(lead: str, today: date) -> date | None:
    """Returns the day of the happening that the beginning of a text names."""
    match = _CHINESE_DAY.search(lead)
    if match is None:
        return None
    if word := match["word"]:
        return today - timedelta(days={"今": 0, "昨": 1, "前": 2}[word[0]])
    return _chinese(match, today)


def _chinese(match: re.Match[str], today: date) -> date | None:
    """Returns the latest day not after today that is written so."""
    number = int(match["day"] or match["only"])
    months = [(today.year, int(match["month"]))] if match["month"] else [(today.year, today.month)]
    if match["year"]:
        months = [(int(match["year"]), months[0][1])]
    elif match["month"]:
        months.append((today.year - 1, months[0][1]))
    else:
        months.append((today.year, today.month - 1) if today.month > 1 else (today.year - 1, 12))
    return _latest(months, number, today)


_ENGLISH_EVENT = (
    "struck|hit|hits|killed|killing|kills|exploded|explosion|collapsed|crashed|crash|collided|derailed|fire|sank|capsized|attack|shot"
    "|shooting|earthquake|quake|landslide|flood|blast|stampede|erupted"
)
_WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_MONTH = r"(?:jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?|sept?(?:ember)?|oct(?:ober)?|nov(?:ember)?|dec(?:ember)?)\.?"
_ENGLISH_DAY = re.compile(
    rf"\b(?:(?P<weekday>{'|'.join(_WEEKDAYS)})|(?P<month>{_MONTH})\s(?P<day>[12]\d|3[01]|[1-9])(?!\d)(?:,?\s(?P<year>20\d\d))?"
    rf"|(?P<day2>[12]\d|3[01]|[1-9])\s(?P<month2>{_MONTH})(?!\w)(?:\s(?P<year2>20\d\d))?|(?P<word>today|yesterday))\b"
)
_ENDS = re.compile("".join(f"(?<!{month})" for month in (*_MONTHS, "sept")) + r"[.!?]\s|\n")
_EVENT = re.compile(rf"\b(?:{_ENGLISH_EVENT})\b")


def english_day(lead: str, today: date) -> date | None:
    """Returns the day of the happening that the beginning of a text names."""
    for sentence in _ENDS.split(lead.lower()):
        if _EVENT.search(sentence) and (match := _ENGLISH_DAY.search(sentence)):
            return _english(match, today)
    return None


def _english(match: re.Match[str], today: date) -> date | None:
    if word := match["word"]:
        return today - timedelta(days=word == "yesterday")
    if weekday := match["weekday"]:
        return today - timedelta(days=(today.weekday() - _WEEKDAYS.index(weekday)) % 7)
    month = 1 + _MONTHS.index((match["month"] or match["month2"])[:3])
    year = match["year"] or match["year2"]
    years = [int(year)] if year else [today.year, today.year - 1]
    return _latest([(one, month) for one in years], int(match["day"] or match["day2"]), today)


def _latest(months: list[tuple[int, int]], number: int, today: date) -> date | None:
    """Returns that day of the first month in which it exists and is not in the future."""
    for year, month in months:
        try:
            found = date(year, month, number)
        except ValueError:
            continue
        if found <= today:
            return found
    return None
