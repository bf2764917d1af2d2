"""How Chinese sentences claim numbers: 造成3人死亡, 死亡人数升至12人, 直接经济损失1.2亿元, 6.8级地震."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import date

from groundswell_analyzer.annotate.claimed import Found, qualifier_of
from groundswell_analyzer.annotate.numbers import CHINESE_DIGITS, CHINESE_NUMBER, chinese_value
from groundswell_core.analyses import ClaimQualifier

_Q = ClaimQualifier
_QUALIFIERS = {
    _Q.AT_MOST: re.compile("最多|至多|不超过|不到|不足|以下|以内"),
    _Q.AT_LEAST: re.compile("至少|不少于|不低于|超|逾|多于|余|多(?!达)|几|以上"),
    _Q.ABOUT: re.compile("约|大概|近|左右|上下"),
}
_KINDS = {
    "dead": "死亡|遇难|丧生|身亡|罹难|殒命|溺亡|殉职|丧命|遇害|牺牲",
    "injured": "受伤|受轻伤|受重伤|重伤|轻伤|烧伤|烫伤|负伤|中毒|送医|被送往医院|送往医院|住院",
    "missing": "失联|失踪|下落不明|失去联系",
    "trapped": "被困|受困|遭困",
    "evacuated": "疏散|转移安置|紧急转移|安全转移|避险转移|撤离|被转移",
    "affected": "受灾|受影响|受到影响|受波及",
}
_KIND_OF = {word: kind for kind, words in _KINDS.items() for word in words.split("|")} | {
    "转移": "evacuated",
    "安置": "evacuated",
    "影响": "affected",
}
_WORDS = "|".join(sorted(_KIND_OF, key=len, reverse=True))
# What makes a word of harm another word: 死亡率, 被困难, 转移资产.
_NOT_AFTER = r"(?!率|证|赔偿|风险|威胁|线|名单|害|难|扰|资产|财产|资金|支付|视线|登记|的?危险|救助金|保险|鉴定|案例|人次|事故|现场|原因|通知)"
_BEFORE = (
    "至少|不少于|不低于|不超过|超过|多达|高达|最多|至多|不到|不足|大约|大概|将近|接近|超|逾|约|近"
)
# A number is no part of a longer one, no ordinal, no ratio.
_ALONE = rf"(?<![\d.第/:\-{CHINESE_DIGITS}])(?<!\d,)"
_NUMBER = rf"(?P<q>{_BEFORE})?{_ALONE}(?P<n>{CHINESE_NUMBER})(?P<more>[余多几])?(?P<u>[万亿]?)(?P<more2>[余多])?"
_PEOPLE = r"(?:人(?![次均民口大家类工才士质物])|[名位](?!列|于|下|次)|个人)"
_GAP = rf"[^\d,。;:、\"“”()（）{CHINESE_DIGITS}]"
# 3名工人当场死亡; what stands between must not turn the subject: 3名官员因死亡事故被免职.
_PEOPLE_FIRST = re.compile(
    rf"{_NUMBER}(?P<people>{_PEOPLE})(?P<gap>{_GAP}{{0,12}}?)(?P<word>{_WORDS}){_NOT_AFTER}"
)
_TURNED = re.compile(
    "因|抢|偷|骗|杀|捐|被控|涉嫌|致|造成|导致|嫌疑|被告|官员|专家|记者|救援|宣布|调查|责任|未|没|无|参与|组织|赶赴|前往|抵达|出席|悼念|讨论|协助|帮助|负责|经历|目睹"
)
_PAUSES = frozenset(("", *',。;!?、:\n "”)'))
_WORD_FIRST = re.compile(
    rf"(?P<word>{_WORDS})(?P<total>者?总?人数|(?:受灾|被困|受威胁|受困)?(?:人员|人口|群众|居民|村民|学生|游客|旅客|市民|员工)|者)?"
    r"(?:已|共计|合计|共|累计|总数|为|是|有|了|至|到|约有|上升至|上升到|升至|增至|增加至|增加到|攀升至|达到|达|:|仍有|\s){0,4}"
    rf"{_NUMBER}(?:{_PEOPLE}|(?P<bare>(?=[,。;!?、]|$)))(?P<after>以上|左右|上下|以内)?"
)
_DEAD_INJURED = re.compile(
    rf"(?:^|[致成已共,、:\s\"“”(]|导致|事故|车祸|地震)(?P<q>{_BEFORE})?(?P<n>{CHINESE_NUMBER})(?P<more>[余多])?人?"
    rf"(?P<word>死|亡)(?:(?=[,。;!?、\s\"“”)的]|$)|,?(?P<q2>{_BEFORE})?(?P<n2>{CHINESE_NUMBER})(?P<more2>[余多])?人?伤)"
)
_ONLY_INJURED = re.compile(
    rf"(?:致|造成|已致|导致)(?P<q>{_BEFORE})?(?P<n>{CHINESE_NUMBER})(?P<more>[余多])?人?(?P<word>伤)(?=[,。;!?、\s\"“”)的]|$)"
)
_CURRENCIES = {
    "元": "CNY", "元人民币": "CNY", "人民币": "CNY", "美元": "USD", "美金": "USD", "欧元": "EUR",
    "港元": "HKD", "港币": "HKD", "日元": "JPY", "英镑": "GBP", "韩元": "KRW", "卢布": "RUB",
    "新台币": "TWD", "澳元": "AUD", "加元": "CAD", "卢比": "INR",
}  # fmt: skip
_MONEY = re.compile(
    rf"(?P<q>{_BEFORE})?{_ALONE}(?P<n>{CHINESE_NUMBER})(?P<more>[余多几])?(?P<u>万亿|[万亿]?)(?P<more2>[余多])?"
    rf"(?P<unit>{'|'.join(sorted(_CURRENCIES, key=len, reverse=True))})(?!/|每|一|区)(?P<after>以上|左右|上下|以内)?"
)
# A loss is not a fine: of one text, money of the first of these that it names.
_MATTERS = tuple(
    map(
        re.compile,
        (
            "损失",
            "涉案|诈骗|骗取|被骗|骗走|挪用|侵占|受贿|贪污|非法集资|盗",
            "拖欠|欠薪|欠款|逾期|违约|债务",
            "罚款|罚没|处罚|罚金|赔偿|赔付",
        ),
    )
)
_BY_LAW = re.compile("元以[上下]|根据《|依照《|按照《|规定")
_SMALLEST_MONEY = 10_000  # less is no matter of the public
_MAGNITUDE = re.compile(
    r"(?<![\d.])(?P<n>\d(?:\.\d)?)级(?P<after>左右)?(?:以上)?(?:的)?(?:强烈|破坏性|浅源|中强|强)?(?:地震|强震|震动)"
    r"|(?:震级|里氏)(?:规模)?(?:约|为|达|是|测定为|修订为|修正为)?:?(?P<m>\d(?:\.\d)?)级?|(?<![A-Za-z])[Mm][sSwWlL]?\s?(?P<o>\d\.\d)(?:级)"
)
_AFTERSHOCK = re.compile("余震|历史|以上地震|曾发生|曾经")
_NO_CLAIM = re.compile(
    "每年|年均|平均|每天|每小时|全球每|全国每|同比|累计确诊|谣言|辟谣|不实|误传|系谣|虚假|演练|演习|模拟|假设|如果|预计|预测|可能|或将|或致|有望|去年|前年|上世纪"
    "|历史上|往年|周年|小说|电影|剧情|游戏"
)
_PART = re.compile("其中|包括|含|分别为")
_YEAR = re.compile(r"(?<!\d)((?:19|20)\d\d)年")
MARKS = (
    *[
        "死亡",
        "遇难",
        "丧生",
        "身亡",
        "罹难",
        "殒命",
        "溺亡",
        "殉职",
        "丧命",
        "遇害",
        "牺牲",
        "受伤",
        "受轻伤",
        "受重伤",
        "轻伤",
        "重伤",
        "烧伤",
        "烫伤",
        "负伤",
        "中毒",
        "送医",
        "送往医院",
        "住院",
        "失联",
        "失踪",
        "下落不明",
        "失去联系",
        "被困",
        "受困",
        "遭困",
        "疏散",
        "转移",
        "撤离",
        "受灾",
        "受影响",
        "受到影响",
        "受波及",
        "损失",
        "涉案",
        "诈骗",
        "骗取",
        "被骗",
        "骗走",
        "挪用",
        "侵占",
        "受贿",
        "贪污",
        "非法集资",
        "拖欠",
        "欠薪",
        "欠款",
        "逾期",
        "违约",
        "罚款",
        "罚没",
        "罚金",
        "处罚",
        "赔偿",
        "赔付",
        "级地震",
        "级左右",
        "级以上",
        "级强",
        "级破坏",
        "级浅源",
        "震级",
        "里氏",
    ],
    *(digit + word for digit in "0123456789一二三四五六七八九十两人余多" for word in "死伤亡"),
)
_PEOPLE_SEEN = re.compile(
    f"[\\d{CHINESE_DIGITS}数几][余多几]?[万亿]?[余多]?(?:[人名位死伤]|个人)|人数"
)


def find(sentence: str, today: date | None) -> Iterator[Found]:
    """Yields what a plain sentence claims."""
    of_people = _PEOPLE_SEEN.search(sentence)
    if not (of_people or "元" in sentence or "级" in sentence):
        return
    if _NO_CLAIM.search(sentence) or _is_of_another_year(sentence, today):
        return
    if of_people:
        yield from _people(sentence)
    if "元" in sentence:
        yield from _money(sentence)
    if "级" in sentence:
        yield from _magnitude(sentence)


def _is_of_another_year(sentence: str, today: date | None) -> bool:
    years = [int(year) for year in _YEAR.findall(sentence)]
    return today is not None and any(year < today.year for year in years)


def _people(sentence: str) -> Iterator[Found]:
    taken: set[int] = set()
    for match in _PEOPLE_FIRST.finditer(sentence):
        if not (_is_of_one(match) or _TURNED.search(match["gap"]) or _is_part(sentence, match)):
            taken.add(match.start("n"))
            yield _counted(match)
    for match in _WORD_FIRST.finditer(sentence):
        if match.start("n") not in taken and _is_total(match) and not _is_part(sentence, match):
            yield _counted(match)
    for match in _DEAD_INJURED.finditer(sentence):
        yield _number(match, "dead", "person")
        if match["n2"]:
            yield _number(match, "injured", "person", suffix="2")
    for match in _ONLY_INJURED.finditer(sentence):
        yield _number(match, "injured", "person")


def _is_of_one(match: re.Match[str]) -> bool:
    """Tells whether it is about one of many: 一名重伤学生仍在抢救."""
    is_one = match["n"] in ("一", "1") and match["people"] != "人"
    return is_one and match.string[match.end() :][:1] not in _PAUSES


def _is_total(match: re.Match[str]) -> bool:
    """Tells whether a number after a word counts people, as 死亡人数12 does and 死亡12 does not."""
    return match["bare"] is None or "人数" in (match["total"] or "")


def _is_part(sentence: str, match: re.Match[str]) -> bool:
    """Tells whether a number is part of another that stands before it: 其中2人重伤."""
    return bool(_PART.search(sentence, max(0, match.start() - 5), match.start("n")))


def _counted(match: re.Match[str]) -> Found:
    return _number(match, _KIND_OF[match["word"]], "person")


def _number(match: re.Match[str], kind: str, unit: str, suffix: str = "") -> Found:
    groups = match.groupdict()
    scale = groups.get("u" + suffix) or ""
    value, is_vague = chinese_value(match["n" + suffix])
    value *= {"": 1, "万": 1e4, "亿": 1e8, "万亿": 1e12}[scale]
    said = (groups.get(name) or "" for name in (f"q{suffix}", f"more{suffix}", "more2", "after"))
    words = "".join(said) + ("多" if is_vague else "")
    return Found(kind, round(value, 2), qualifier_of(words, _QUALIFIERS), unit)


def _money(sentence: str) -> Iterator[Found]:
    rank = next((rank for rank, words in enumerate(_MATTERS) if words.search(sentence)), None)
    if rank is None or _BY_LAW.search(sentence):
        return
    for clause in re.split("[,。;、]", sentence):
        for match in _MONEY.finditer(clause) if _MATTERS[rank].search(clause) else ():
            found = _number(match, "money", _CURRENCIES[match["unit"]])
            if found.value >= _SMALLEST_MONEY:
                yield replace(found, rank=rank)


def _magnitude(sentence: str) -> Iterator[Found]:
    for match in _MAGNITUDE.finditer(sentence):
        before = sentence[max(0, match.start() - 8) : match.end() + 2]
        value = float(match["n"] or match["m"] or match["o"])
        if 1 <= value < 10 and not _AFTERSHOCK.search(before):
            qualifier = _Q.ABOUT if match["after"] else _Q.EXACT
            yield Found("magnitude", value, qualifier, "magnitude")
