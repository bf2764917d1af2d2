"""Made-up Chinese news, and monitors on what it is about."""

from __future__ import annotations

import random
from collections.abc import Sequence
from datetime import UTC, datetime

from groundswell_core.documents import Document
from groundswell_core.monitors import Monitor

SEED = 20_261_123
LENGTH = 1_250  # characters of a text
_WORDS = {
    "CITIES": (
        "北京 上海 广州 深圳 成都 重庆 武汉 西安 杭州 南京 郑州 长沙 青岛 昆明 兰州 贵阳 "
        "福州 沈阳 哈尔滨 乌鲁木齐"
    ),
    "SUBJECTS": (
        "市应急管理局 当地居民 多名游客 省卫健委 消防救援队伍 学校负责人 涉事企业 市场监管部门 "
        "交警部门 记者 专家组 医院方面 气象台 供电公司 平台客服 村民代表 环保志愿者 物业公司 "
        "航空公司 教育局 法院 检察机关 高校学生 外卖骑手 证监会 银行网点 铁路部门 社区工作者 "
        "供应商 消费者协会"
    ),
    "VERBS": (
        "通报 回应 调查 证实 要求 宣布 提醒 呼吁 公布 承诺 否认 质疑 发布 启动 暂停 恢复 "
        "处理 核实 查处 责令 组织 安排 披露 推动 评估 整改 约谈 协调 派出 完成"
    ),
    "OBJECTS": (
        "暴雨引发的内涝 一起交通事故 食品安全问题 地铁停运原因 校园餐食材来源 楼盘延期交付 "
        "停水停电情况 数据泄露事件 山体滑坡险情 化工厂爆燃事故 新型流感疫情 教师体罚学生 "
        "拖欠工资投诉 理财产品兑付 垃圾焚烧异味 航班大面积延误 救援进展 抽检不合格产品 网络谣言 "
        "灾后重建资金 疫苗接种安排 高温预警响应 景区限流措施 电梯故障隐患 医保报销政策 跨省通办服务 "
        "新能源汽车召回 直播带货乱象 河流水质监测 儿童走失线索"
    ),
    "TAILS": (
        "目前无人员伤亡 有关情况正在进一步核实 预计明天上午恢复正常 网友对此表示强烈不满 "
        "已有3人受伤被送往医院 损失约1200万元 处理结果将及时向社会公布 不少市民点赞救援人员 "
        "相关责任人已被控制 专家认为风险总体可控 该消息迅速登上热搜 多家媒体跟进报道 "
        "官方尚未给出明确答复 现场秩序总体平稳 涉及范围包括12个街道 退款工作已经启动 家长们十分担心 "
        "下一步将开展专项检查 这一做法受到广泛好评 事故原因仍在调查之中"
    ),
}
CITIES, SUBJECTS, VERBS, OBJECTS, TAILS = (words.split() for words in _WORDS.values())
CHARACTERS = "王李张刘陈杨黄赵吴周徐孙马朱胡林郭何高罗郑梁谢宋唐许邓冯韩曹曾彭萧蔡潘田董袁于余叶蒋杜苏魏程吕丁沈任姚卢傅钟"


def sentence(rng: random.Random, words: Sequence[Sequence[str]]) -> str:
    """Returns one made-up sentence of the news about a few places, people and happenings."""
    cities, subjects, objects = words
    return (
        f"{rng.choice(cities)}{rng.choice(subjects)}{rng.randrange(24)}时{rng.randrange(60)}分"
        f"{rng.choice(VERBS)}{rng.choice(objects)}，{rng.choice(subjects)}随后{rng.choice(VERBS)}，"
        f"{rng.choice(subjects)}说，{name(rng)}{rng.choice(TAILS)}。"
    )


def name(rng: random.Random) -> str:
    """Returns a made-up name: news is full of words that no dictionary holds."""
    return "".join(rng.choices(CHARACTERS, k=rng.choice((2, 3))))


def made_document(number: int) -> Document:
    """Returns one made-up article."""
    rng = random.Random(SEED + number)
    words = rng.sample(CITIES, 2), rng.sample(SUBJECTS, 4), rng.sample(OBJECTS, 3)
    text = ""
    while len(text) < LENGTH:
        text += sentence(rng, words) + ("\n" if rng.random() < 0.2 else "")
    now = datetime(2026, 11, 23, tzinfo=UTC)
    return Document(
        name=f"documents/{number}",
        source="sources/bench",
        title=sentence(rng, words).split("，")[0],
        text=text[:LENGTH],
        language="zh",
        url=f"https://news.example/{number}",
        publish_time=now,
        collect_time=now,
    )


def monitors(count: int) -> list[Monitor]:
    """Returns made-up monitors; one in ten is about what the texts are about."""
    rng = random.Random(SEED)
    return [
        Monitor(name=f"monitors/{number}", query=_query(rng, number, number % 10 == 0))
        for number in range(count)
    ]


def _query(rng: random.Random, number: int, is_common: bool) -> str:
    name = rng.choice(OBJECTS) if is_common else f"第{number}中学 OR 恒星{number}集团"
    near = f"{rng.choice(SUBJECTS)} NEAR/10 {rng.choice(VERBS)}"
    return f"({name}) AND ({rng.choice(CITIES)} OR {near}) NOT 演习"
