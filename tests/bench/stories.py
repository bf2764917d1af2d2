"""Story clustering: short texts as one stream, against TF-IDF to centroid and river's TextClust.

Both parts hold the same 30,322 texts: the tune part ordered so that stories come and go, the report
part in an order of its own. Timed is the clustering of terms already cut, joins included; a second
figure adds the cutting at spaces. Labels are those given online; where stories were joined later, the
documents follow, as they do in the product.
"""

from __future__ import annotations

import json
import math
from collections import Counter
from collections.abc import Callable, Hashable, Sequence
from pathlib import Path

from harness.evaluation import Row, cpu_seconds, need, show
from harness.figures import write_figures

from groundswell_analyzer.stories.cluster import StreamClusterer

PEER_TEXTS = 6000  # the peer takes 2 to 3 ms a text
FLOOR = 0.1  # cosine, from the tune part

Texts = Sequence[list[str]]
Labels = Sequence[Hashable]


def read(file: Path) -> tuple[list[str], list[int]]:
    """Returns the texts of a part and their stories."""
    rows = [json.loads(line) for line in file.read_text().splitlines()]
    return [row["text"] for row in rows], [row["story"] for row in rows]


def agreement(gold: Labels, given: Labels) -> dict[str, float]:
    """Returns B-cubed (Bagga and Baldwin 1998), NMI by the arithmetic mean, and adjusted Rand."""
    count = len(gold)
    one, other, both = Counter(gold), Counter(given), Counter(zip(gold, given, strict=True))
    precision = sum(n * n / other[b] for (_, b), n in both.items()) / count
    recall = sum(n * n / one[a] for (a, _), n in both.items()) / count
    shared = sum(
        n / count * math.log(n * count / (one[a] * other[b])) for (a, b), n in both.items()
    )
    pairs_one, pairs_other = _pairs(one), _pairs(other)
    expected = pairs_one * pairs_other / math.comb(count, 2)
    return {
        "bcubed_f": 2 * precision * recall / (precision + recall),
        "precision": precision,
        "recall": recall,
        "nmi": 2 * shared / (_entropy(one) + _entropy(other)),
        "ari": (_pairs(both) - expected) / ((pairs_one + pairs_other) / 2 - expected),
    }


def _pairs(counts: Counter[Hashable]) -> float:
    return float(sum(math.comb(n, 2) for n in counts.values()))


def _entropy(counts: Counter[Hashable]) -> float:
    total = counts.total()
    return -sum(n / total * math.log(n / total) for n in counts.values())


def ours(texts: Texts) -> list[int]:
    """Clusters by the product's clusterer."""
    stream = StreamClusterer()
    given = [stream.add(terms) for terms in texts]
    return [id(stream.home(centroid)) for centroid in given]


def floor(texts: Texts) -> list[int]:
    """Gives each text to the nearest centroid of TF-IDF vectors, or opens one."""
    holders: Counter[str] = Counter()
    postings: dict[str, dict[int, float]] = {}
    lengths: list[float] = []
    labels = []
    for number, terms in enumerate(texts, 201):
        words = dict.fromkeys(terms)
        holders.update(list(words))
        weights = {word: math.log(number / (holders[word] + 1)) for word in words}
        length = math.sqrt(sum(weight * weight for weight in weights.values())) or 1.0
        scores: Counter[int] = Counter()
        for word, weight in weights.items():
            for story, held in postings.get(word, {}).items():
                scores[story] += weight * held / length
        best = max(scores, key=lambda story: scores[story] / math.sqrt(lengths[story]), default=-1)
        if best < 0 or scores[best] < FLOOR * math.sqrt(lengths[best]):
            best = len(lengths)
            lengths.append(0.0)
        for word, weight in weights.items():
            posting = postings.setdefault(word, {})
            before = posting.get(best, 0.0)
            posting[best] = before + weight / length
            lengths[best] += posting[best] ** 2 - before**2
        labels.append(best)
    return labels


def peer(texts: Texts) -> list[int]:
    """Clusters by river's TextClust, radius 0.9, fading 0.001: its best on the tune part."""
    from river import compose, feature_extraction
    from river.cluster import TextClust

    model = compose.Pipeline(
        feature_extraction.BagOfWords(lowercase=False, tokenizer=str.split),
        TextClust(radius=0.9, fading_factor=0.001, real_time_fading=False),
    )
    labels = []
    for terms in texts:
        text = " ".join(terms)
        labels.append(model.predict_one(text) if labels else 0)
        model.learn_one(text)
    return labels


def measure(
    name: str, part: str, method: Callable[[Texts], Labels], texts: list[str], gold: list[int]
) -> Row:
    """Runs a method over a part; times it with and without the cutting of texts."""
    terms, cutting = cpu_seconds(lambda: [text.split() for text in texts])
    given, seconds = cpu_seconds(lambda: method(terms))
    figures = agreement(gold, given) | {
        "stories": len(set(given)),
        "texts_per_s": len(texts) / seconds,
        "with_cutting_per_s": len(texts) / (seconds + cutting),
    }
    return Row(name, part, len(texts), figures)


def main() -> None:
    """Runs all on both parts."""
    tune, report = need("stories/tweets_t.jsonl", "stories/tweets.jsonl")
    rows = []
    for part, file in (("tune", tune), ("report", report)):
        texts, gold = read(file)
        few = slice(0, PEER_TEXTS)
        rows += [
            measure("TF-IDF to centroid", part, floor, texts, gold),
            measure(f"river TextClust, first {PEER_TEXTS:,}", part, peer, texts[few], gold[few]),
            measure(f"ours, first {PEER_TEXTS:,}", part, ours, texts[few], gold[few]),
            measure("ours", part, ours, texts, gold),
        ]
    show("Stories", rows)
    simple, other, _, own = (row.figures for row in rows[4:])
    figures = {name: own[name] for name in ("bcubed_f", "nmi", "ari", "texts_per_s")} | {
        "with_cutting_per_s": own["with_cutting_per_s"],
        "peer_bcubed_f": other["bcubed_f"],
        "peer_texts_per_s": other["texts_per_s"],
        "floor_bcubed_f": simple["bcubed_f"],
        "tune_bcubed_f": rows[3].figures["bcubed_f"],
        "tune_nmi": rows[3].figures["nmi"],
    }
    write_figures("stories", rows[-1].n, figures)


if __name__ == "__main__":
    main()
