"""What runs inside a worker process: bytes of documents in, bytes of analyses out."""

from __future__ import annotations

import gc
import multiprocessing
import os
import resource
import signal
import sys
import threading
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from functools import lru_cache

from groundswell_analyzer.annotate.draft import Stage
from groundswell_analyzer.annotate.plugins import load_stages
from groundswell_analyzer.annotate.sentiment import use_models
from groundswell_analyzer.annotate.stages import annotate
from groundswell_analyzer.models import load_models
from groundswell_analyzer.query import CompiledQueries
from groundswell_core.analyses import ANALYSES, Analysis
from groundswell_core.documents import DOCUMENTS, Document
from groundswell_core.errors import InvalidInput
from groundswell_core.monitors import MONITORS, Monitor

_further: list[Stage] = []  # set once, when the process starts


def initialise(
    plugins: tuple[str, ...], models: tuple[str, tuple[str, ...]], memory_limit: int
) -> None:
    """Prepares the process: it dies with its parent, ignores Ctrl-C, and is bounded in memory."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    leave_with_parent()
    if sys.platform == "linux":
        resource.setrlimit(resource.RLIMIT_DATA, (memory_limit, memory_limit))
    _further[:] = load_stages(plugins)
    use_models(load_models(*models))


def leave_with_parent() -> None:
    """Ends this process when its parent ends, however that happens."""
    threading.Thread(target=_leave_with_parent, name="parent", daemon=True).start()


def _leave_with_parent() -> None:
    parent = multiprocessing.parent_process()
    if parent is not None:
        parent.join()
        os._exit(1)


def warm_up() -> int:
    """Loads every table by annotating a small document; returns the process id."""
    text = "四川发生地震 A powerful earthquake struck northern Chile early on Tuesday morning"
    document = Document(name="documents/warm-up", source="sources/none", title=text, text=text)
    monitor = Monitor(name="monitors/warm-up", query="四川 NEAR 地震")
    annotate([document], CompiledQueries([monitor]), datetime.now(UTC), _further)
    # The tables stay for good: the collector of garbage need not walk them again and again.
    gc.collect()
    gc.freeze()
    gc.set_threshold(100_000, 20, 100)
    return os.getpid()


def run(
    documents: Sequence[bytes], monitors: tuple[bytes, ...], now: datetime
) -> list[bytes | str]:
    """Returns an analysis for each document, or in its place why the bytes are none."""
    decoded = [_decode(data) for data in documents]
    good = [item for item in decoded if isinstance(item, Document)]
    analyses = iter(annotate(good, _queries(monitors), now, _further))
    return [_encoded(item, analyses) for item in decoded]


def _decode(data: bytes) -> Document | str:
    try:
        return DOCUMENTS.from_bytes(data)
    except InvalidInput as error:
        return error.message


def _encoded(item: Document | str, analyses: Iterator[Analysis]) -> bytes | str:
    return ANALYSES.to_bytes(next(analyses)) if isinstance(item, Document) else item


@lru_cache(maxsize=2)
def _queries(monitors: tuple[bytes, ...]) -> CompiledQueries:
    return CompiledQueries(map(MONITORS.from_bytes, monitors))
