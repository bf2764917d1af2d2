"""`groundswell stories describe`: what is claimed, how it spread, what is expected."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from google.protobuf.duration_pb2 import Duration
from rich.text import Text

from groundswell.analysis.v1 import analysis_pb2
from groundswell.story.v1 import description_pb2
from groundswell_cli.resources import output

_QUALIFIED = {
    analysis_pb2.CLAIM_QUALIFIER_AT_LEAST: "≥ ",
    analysis_pb2.CLAIM_QUALIFIER_AT_MOST: "≤ ",
    analysis_pb2.CLAIM_QUALIFIER_ABOUT: "≈ ",
}
_STEPS_SHOWN = 30


def print_description(found: Any) -> None:
    """Prints a description as tables, one after the other."""
    _print("claims", ("kind", ">value", ">docs", "claimed by", ""), _claims(found))
    spread = found.spread
    shares = [("outlets", spread.outlets), ("kinds of source", spread.source_kinds)]
    shares += [("places", spread.places), ("languages", spread.languages)]
    for title, group in shares:
        _print(title, (title, ">own", ">copies", "since"), map(_share, group))
    path = found.path[:_STEPS_SHOWN]
    _print("path", (">after", "outlet", "role", "from", ">alike", "title"), _path(found, path))
    _print(
        "records",
        ("outlet", ">weight", ">measured", ">stories", ">first", ">withdrawn"),
        map(_record, found.outlets),
    )
    if found.HasField("forecast"):
        _print("expected", ("within", ">documents", ">from", ">to", ""), _expected(found.forecast))


def _print(title: str, columns: tuple[str, ...], rows: Any) -> None:
    made = list(rows)
    if made:
        output.terminal().print(Text(title, style="bold underline"))
        output.print_table(columns, made, empty="")
        print()


def _claims(found: Any) -> Iterator[list[output.Cell]]:
    for group in found.claims:
        style = "bold red" if group.is_conflict else ""
        yield [Text(group.kind, style=style), "", "", Text(group.reason, style=style), ""]
        for value in group.values:
            names = ", ".join(dict.fromkeys(source.outlet for source in value.sources))
            text = value.claim.text[:60]
            yield ["", _number(value.claim), str(value.source_count), names, text]


def _number(claim: Any) -> str:
    if claim.HasField("time"):
        return str(claim.time.ToDatetime().strftime("%Y-%m-%d"))
    unit = "" if claim.unit in {"person", "magnitude"} else f" {claim.unit}"
    return f"{_QUALIFIED.get(claim.qualifier, '')}{claim.value:,.10g}{unit}"


def _share(share: Any) -> list[output.Cell]:
    since = output.ago(share, "start_time")
    return [share.name, str(share.first_hand), str(share.copies), since]


def _path(found: Any, steps: Any) -> Iterator[list[output.Cell]]:
    outlets = {step.document: step.outlet for step in found.path}
    for step in steps:
        yield [
            _length(step.delay),
            step.outlet,
            output.word(description_pb2.PathRole, step.role),
            outlets.get(step.copied_from, ""),
            f"{step.likeness:.2f}" if step.copied_from else "",
            step.title[:60],
        ]


def _record(record: Any) -> list[output.Cell]:
    weights = [f"{record.source_weight:.2f}", f"{record.measured_weight:.2f}"]
    counts = (record.story_count, record.first_count, record.withdrawn_count)
    return [record.outlet, *weights, *map(str, counts)]


def _expected(forecast: Any) -> Iterator[list[output.Cell]]:
    for total in forecast.totals:
        figures = (total.expected, total.low, total.high)
        yield [_length(total.horizon), *(f"{figure:,.1f}" for figure in figures), ""]
    for chance in forecast.chances:
        what = Text.assemble(
            output.level_text(chance.level), f" for {output.short(chance.monitor)}"
        )
        yield [_length(chance.horizon), f"{100 * chance.chance:.0f} %", "", "", what]


def _length(duration: Duration) -> str:
    return output.span(duration.ToTimedelta().total_seconds())
