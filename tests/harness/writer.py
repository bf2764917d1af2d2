"""Made-up news: happenings with names of their own, told in some documents each."""

from __future__ import annotations

import random

_SUBJECTS = [
    "工厂",
    "学校",
    "医院",
    "商场",
    "地铁",
    "桥梁",
    "餐厅",
    "车站",
    "小区",
    "景区",
    "机场",
    "码头",
    "仓库",
    "矿山",
    "电站",
    "公园",
]
HAPPENINGS = [
    "起火",
    "爆炸",
    "坍塌",
    "停电",
    "泄漏",
    "事故",
    "积水",
    "中毒",
    "踩踏",
    "塌方",
    "故障",
    "断裂",
    "堵塞",
    "倾覆",
    "决堤",
    "坠落",
]
_CHARACTERS = (
    "鑫瑞祺晗珂琳瑶璐颖蕾薇梓桐楠枫柏榕榆槿樱梅兰菊竹松柳杨桃杏梨枣橘柚荷莲蓉芙芳芬芸苹茉莉"
    "骏骐骁骅驰骋翔翰羽翎翠翡琪琦琨琛瑾瑜璋璞璧铭锋锐锦钧钰铎镇淼淳渊涛润涵泽洋澜瀚霖霏霄"
)
_WORDS = [
    "救援",
    "伤员",
    "消防",
    "现场",
    "通报",
    "调查",
    "原因",
    "居民",
    "疏散",
    "记者",
    "官方",
    "专家",
    "道路",
    "封闭",
    "恢复",
    "检测",
]


class Writer:
    """Writes news of made-up happenings: some documents each, in words of their own, some copied."""

    def __init__(self, seed: int) -> None:
        self._random = random.Random(seed)
        self._left = 0
        self._head = ""
        self._words: list[str] = []
        self._last = ("", "")

    def write(self, number: int) -> tuple[str, str]:
        """Returns title and text of the next document."""
        rng = self._random
        if not self._left:
            self._begin(number)
        elif rng.random() < 0.1:
            self._left -= 1
            return self._last  # a copy, word for word
        self._left -= 1
        words = "，".join(rng.sample(self._words, 7))
        title = f"{self._head}：{rng.choice(self._words)}{rng.choice(_WORDS)}"
        self._last = (title, f"{self._head}。{words}，第{number}次报道。")
        return self._last

    def _begin(self, number: int) -> None:
        """Begins another happening, with names that no other has."""
        rng = self._random
        self._left = rng.randint(2, 8)
        names = ["".join(rng.choices(_CHARACTERS, k=3)) for _ in range(10)]
        self._words = names
        subject, happening = rng.choice(_SUBJECTS), rng.choice(HAPPENINGS)
        self._head = f"{names[0]}{names[1]}{subject}{happening}{number}"
