"""Burst detection on real counts of brand mentions, scored as the Numenta Anomaly Benchmark does.

Tune: AAPL, AMZN, FB, the first three by name. Report: KO, UPS. Every method that runs here gets one
threshold per profile, the best on the tune series and on thinned copies of them (a monitor's volume
may be any). NAB's own detectors are scored from their recorded outputs: with GROUNDSWELL_NAB_RESULTS
naming NAB's folder results, anew; else the figures of 2026-11-23 (NAB commit ea702d7, this scorer,
one threshold per profile, the best on the same tune series) are shown.
"""

from __future__ import annotations

import csv
import os
import statistics
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import numpy as np
from harness.burst_peers import Floats, ewma, seasonal_esd, skyline, windowed_gaussian
from harness.evaluation import PICTURES, Row, cpu_seconds, need, show
from harness.figures import write_figures
from harness.nab import PROFILES, Scored, Series, best_threshold, read_series, score

from groundswell_analyzer.bursts import BurstDetector, HourBaselines, forecast

TUNE = ("AAPL", "AMZN", "FB")
REPORT = ("KO", "UPS")
THINNED = (0.4, 0.15, 0.05)  # shares of the documents that are kept
_SEED = 20261123
_PUBLISHED = (
    "numenta",
    "numentaTM",
    "htmjava",
    "skyline",
    "earthgeckoSkyline",
    "twitterADVec",
    "windowedGaussian",
    "ARTime",
    "knncad",
    "contextOSE",
    "relativeEntropy",
    "randomCutForest",
    "expose",
    "bayesChangePt",
)
# standard, low_fp, alarms a week (standard) on the report part, as measured once.
RECORDED = {
    "numenta": (80.2, 78.4, 1.1),
    "numentaTM": (69.4, 68.2, 0.9),
    "htmjava": (68.7, 66.9, 1.0),
    "skyline": (61.5, 28.4, 3.5),
    "earthgeckoSkyline": (63.9, 33.2, 3.7),
    "twitterADVec": (43.3, 15.5, 3.2),
    "windowedGaussian": (30.5, -33.5, 4.9),
    "ARTime": (75.0, 69.7, 1.2),
    "knncad": (51.9, 33.4, 2.3),
    "contextOSE": (57.5, 56.8, 0.4),
    "relativeEntropy": (62.8, 56.9, 1.6),
    "randomCutForest": (48.5, 34.9, 1.5),
    "expose": (-23.0, -36.3, 11.8),
    "bayesChangePt": (-13.6, -39.5, 2.7),
}
Results = dict[str, Scored]  # by profile


def detector(series: Series) -> Floats:
    """Returns the scores of the product's detector."""
    made = BurstDetector()
    scores = []
    for moment, count in zip(series.times, series.counts, strict=True):
        aware = moment.replace(tzinfo=UTC)
        scores.append(made.score_one(aware, count))
        made.learn_one(aware, count)
    return np.array(scores)


def thin(series: Series, share: float) -> Series:
    """Returns the series of a smaller audience: each document is kept with a chance."""
    chosen = np.random.default_rng([_SEED, int(100 * share)])
    counts = chosen.binomial(np.array(series.counts, int), share).astype(float).tolist()
    return replace(series, name=f"{series.name}_{share}", counts=counts)


def run(
    method: Callable[[Series], Floats], setting: Sequence[Series], parts: Sequence[Sequence[Series]]
) -> list[Results]:
    """Returns a method's results on each part, with thresholds set on others."""
    scores = {one.name: method(one) for part in (setting, *parts) for one in part}
    levels = {name: best_threshold(setting, scores, price) for name, price in PROFILES.items()}
    return [
        {name: score(part, scores, levels[name], price) for name, price in PROFILES.items()}
        for part in parts
    ]


def published(folder: Path, name: str) -> Callable[[Series], Floats]:
    """Returns what reads a published detector's recorded output."""

    def read(series: Series) -> Floats:
        file = folder / name / "realTweets" / f"{name}_{series.name}.csv"
        with file.open() as lines:
            return np.array([float(row["anomaly_score"]) for row in csv.DictReader(lines)])

    return read


def row(method: str, part: str, series: Sequence[Series], results: Results) -> Row:
    """Returns a line of the table."""
    standard, low_fp = results["standard"], results["low_fp"]
    return Row(
        method,
        part,
        sum(len(one.counts) for one in series),
        {
            "nab_standard": standard.score,
            "nab_low_fp": low_fp.score,
            "alarms_per_week": standard.alarms_per_week,
            "false_per_week": standard.false_alarms_per_week,
            "windows hit": f"{standard.windows_hit}/{standard.windows}",
        },
    )


def recorded_rows() -> list[Row]:
    """Returns the lines of NAB's detectors as measured once."""
    names = ("nab_standard", "nab_low_fp", "alarms_per_week")
    return [
        Row(f"NAB {name} (recorded)", "report", 0, dict(zip(names, values, strict=True)))
        for name, values in RECORDED.items()
    ]


def hourly(series: Series) -> list[tuple[datetime, float]]:
    """Returns the counts of full hours."""
    hours: dict[datetime, list[float]] = {}
    for moment, count in zip(series.times, series.counts, strict=True):
        hours.setdefault(moment.replace(minute=0, second=0, tzinfo=UTC), []).append(count)
    return [(hour, sum(counts)) for hour, counts in sorted(hours.items()) if len(counts) == 12]


def forecast_row(part: str, every: Sequence[Series]) -> Row:
    """Returns how the forecast does: share in the 80 % interval, and errors beside persistence's."""
    inside: dict[int, list[bool]] = {}
    errors: dict[int, list[tuple[float, float]]] = {}
    for series in every:
        hours, baselines = hourly(series), HourBaselines()
        for index, (hour, count) in enumerate(hours):
            if 72 <= index < len(hours) - 24:
                past = [known for _, known in hours[index - 24 : index]]
                ahead = (baselines.usual("series", hour + timedelta(hours=h)) for h in range(24))
                usual = [one.value if one else 1.0 for one in ahead]
                for outlook in forecast(past, usual):
                    came = sum(known for _, known in hours[index : index + outlook.hours])
                    inside.setdefault(outlook.hours, []).append(outlook.low <= came <= outlook.high)
                    guesses = outlook.expected, past[-1] * outlook.hours
                    errors.setdefault(outlook.hours, []).append(
                        (
                            abs(np.log1p(came) - np.log1p(guesses[0])),
                            abs(np.log1p(came) - np.log1p(guesses[1])),
                        )
                    )
            baselines.note("series", hour, count)
    figures: dict[str, float] = {}
    for horizon, kept in inside.items():
        figures[f"coverage_80_{horizon}h"] = statistics.mean(kept)
        figures[f"log_error_{horizon}h"] = statistics.mean(one for one, _ in errors[horizon])
        figures[f"log_error_persistence_{horizon}h"] = statistics.mean(
            one for _, one in errors[horizon]
        )
    return Row("forecast", part, len(inside[1]), figures)


def picture(every: Sequence[Series]) -> None:
    """Draws counts, windows and the detector's score of the report series."""
    import matplotlib as mpl

    mpl.use("Agg")
    from matplotlib import pyplot as plt

    figure, axes = plt.subplots(2 * len(every), 1, figsize=(12, 9), sharex=True)
    for index, series in enumerate(every):
        for axis, values in zip(
            axes[2 * index : 2 * index + 2], (series.counts, detector(series)), strict=True
        ):
            axis.plot(series.times[: len(values)], values, linewidth=0.5)
            for first, last in series.windows:
                axis.axvspan(series.times[first], series.times[last], alpha=0.2, color="red")
        axes[2 * index].set(ylabel=series.name.removeprefix("Twitter_volume_"), yscale="symlog")
        axes[2 * index + 1].set(ylabel="score")
    figure.savefig(PICTURES / "bursts.png", dpi=110, bbox_inches="tight")


def main() -> None:
    """Measures all methods on both parts."""
    *files, windows = need(
        *(f"bursts/Twitter_volume_{name}.csv" for name in TUNE + REPORT), "bursts/windows.json"
    )
    every = [read_series(file, windows) for file in files]
    tune, report = every[: len(TUNE)], every[len(TUNE) :]
    setting = [*tune, *(thin(one, share) for one in tune for share in THINNED)]
    methods: dict[str, Callable[[Series], Floats]] = {
        "floor: EWMA z-score": lambda one: ewma(one.counts),
        "Windowed Gaussian": lambda one: windowed_gaussian(one.counts),
        "Skyline's tests": lambda one: skyline(one.counts),
        "S-H-ESD (ADVec), offline": lambda one: seasonal_esd(one.counts),
        "groundswell": detector,
    }
    rows, best_peer = [], float("-inf")
    for name, method in methods.items():
        results, seconds = cpu_seconds(lambda method=method: run(method, setting, [tune, report]))  # type: ignore[misc]
        rows += [row(name, "tune", tune, results[0]), row(name, "report", report, results[1])]
        print(f"{name}: {seconds:.0f} CPU s")
        if name != "groundswell":
            best_peer = max(best_peer, results[1]["standard"].score)
    ours = results[1]
    folder = os.environ.get("GROUNDSWELL_NAB_RESULTS")
    for name in _PUBLISHED if folder else ():
        found = run(published(Path(folder or ""), name), tune, [tune, report])
        rows += [
            row(f"NAB {name}", "tune", tune, found[0]),
            row(f"NAB {name}", "report", report, found[1]),
        ]
        best_peer = max(best_peer, found[1]["standard"].score)
    if not folder:
        rows += recorded_rows()
        best_peer = max(best_peer, *(values[0] for values in RECORDED.values()))
    show("Bursts: NAB's score, 100 is perfect, 0 is silence", rows)
    ahead = [forecast_row("tune", tune), forecast_row("report", report)]
    show("Forecast of 1, 6, 24 hours", ahead)
    picture(report)
    write_figures(
        "bursts",
        sum(len(one.counts) for one in report),
        {
            "nab_standard": ours["standard"].score,
            "nab_low_fp": ours["low_fp"].score,
            "alarms_per_week": ours["standard"].alarms_per_week,
            "best_peer_nab_standard": best_peer,
            **ahead[1].figures,
        },
    )


if __name__ == "__main__":
    main()
