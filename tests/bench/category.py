"""Accuracy of categories on Chinese emergency reports: five classes, told by our sub-topics.

The rules were written from general knowledge and measured once on all reports before any mistake
of theirs was read; then mistakes of the even reports were mended. So the odd reports report.
An earlier edition of the rules had been mended on all reports: its words were known to the writer.
Titles of a hot-search board show, beside, how often entertainment is taken for an emergency.
"""

from __future__ import annotations

import json
import random
from collections.abc import Sequence
from operator import eq
from typing import Any

import pyarrow.parquet as pq
from harness.evaluation import Row, cpu_seconds, need, show
from harness.figures import write_figures
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import cross_val_predict
from sklearn.pipeline import make_pipeline

from groundswell_analyzer.annotate.category import matter_of, rules
from groundswell_analyzer.query.keys import key

SEED = 20_261_123
TITLES = 6_000
TOPICS = {
    "accident/traffic": "交通事故",
    "accident/fire": "火灾",
    "natural_disaster/earthquake": "地震",
    "public_health/food_poisoning": "食物中毒",
    "public_security/terrorism": "恐怖袭击",
}
CATEGORIES = {name: topic.split("/")[0] for topic, name in TOPICS.items()}
EMERGENCIES = frozenset(CATEGORIES.values())
LEISURE = ("明星", "体育", "游戏", "电视剧", "综艺", "音乐", "电影")
Report = dict[str, Any]


def main() -> None:
    """Prints the accuracy of the majority, of a trained peer and of the rules, by part."""
    reports, heat = need("categories/cec_half.jsonl", "heat/weibo_hot_hourly.parquet")
    documents: list[Report] = [json.loads(line) for line in reports.read_text().splitlines()]
    rules()  # read before anything is timed
    told, seconds = cpu_seconds(lambda: [_told(document) for document in documents])
    names = [document["category"] for document in documents]
    answers = {
        "majority": ([max(names, key=names.count)] * len(names), names),
        "character TF-IDF + LR, 5 folds": (_trained(documents), names),
        "ours, sub-topic": ([topic for topic, _ in told], names),
        "ours, category": ([category for _, category in told], [CATEGORIES[n] for n in names]),
    }
    rows = [
        Row(
            method,
            part,
            len(names[start::2]),
            {"accuracy": _share(said[start::2], right[start::2])},
        )
        for start, part in enumerate(("tune", "report"))
        for method, (said, right) in answers.items()
    ]
    show("category", rows)
    leisure = _emergencies_in_leisure(heat)
    print(f"\nleisure titles taken for an emergency: {leisure:.2%} of {TITLES:,}")
    found = {(row.method, row.part): row.figures["accuracy"] for row in rows}
    write_figures(
        "category",
        len(names[1::2]),
        {
            "accuracy": found["ours, sub-topic", "report"],
            "category_accuracy": found["ours, category", "report"],
            "tune_accuracy": found["ours, sub-topic", "tune"],
            "floor_accuracy": found["majority", "report"],
            "peer_accuracy": found["character TF-IDF + LR, 5 folds", "report"],
            "leisure_as_emergency": leisure,
            "us_a_report": seconds * 1e6 / len(documents),
        },
    )


def _told(document: Report) -> tuple[str, str]:
    """Returns the class of our strongest sub-topic, and our category."""
    matter = matter_of(key(document["title"]), key(document["text"]), rules())
    return TOPICS.get(matter.topics[0], "") if matter.topics else "", matter.category


def _share(told: Sequence[str], expected: Sequence[str]) -> float:
    return sum(map(eq, told, expected)) / len(expected)


def _trained(documents: Sequence[Report]) -> list[str]:
    """Returns what a classifier says of each report that was trained on the other folds."""
    model = make_pipeline(
        TfidfVectorizer(analyzer="char", ngram_range=(1, 2), sublinear_tf=True),
        LogisticRegression(C=20, max_iter=1000),
    )
    texts = [f"{document['title']}\n{document['text']}" for document in documents]
    return list(cross_val_predict(model, texts, [d["category"] for d in documents], cv=5))


def _emergencies_in_leisure(heat: Any) -> float:
    table = pq.read_table(heat, columns=["title", "category"]).to_pydict()
    titles = sorted(
        {
            title
            for title, name in zip(table["title"], table["category"], strict=True)
            if title and name and name.split("-")[0] in LEISURE
        }
    )
    sample = random.Random(SEED).sample(titles, min(TITLES, len(titles)))
    found = [matter_of(key(title), "", rules()).category for title in sample]
    return sum(category in EMERGENCIES for category in found) / len(found)


if __name__ == "__main__":
    main()
