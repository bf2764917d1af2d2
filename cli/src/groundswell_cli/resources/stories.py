"""`groundswell stories`: what swells, how fast, how serious."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import aclosing
from datetime import UTC
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.text import Text

from groundswell.story.v1 import story_pb2
from groundswell.story.v1 import story_service_pb2 as pb
from groundswell.story.v1 import story_service_pb2_grpc as grpc_pb
from groundswell_cli.options import DEFAULT_STATE, JsonOption, StateOption
from groundswell_cli.resources import output
from groundswell_cli.resources.connection import Peer, ask, collect, find_name, full_name, send
from groundswell_cli.resources.describing import print_description
from groundswell_cli.resources.following import follow, run_watch
from groundswell_cli.resources.options import (
    DEFAULT_LIMIT,
    ExercisesOption,
    LimitOption,
    MinimumOption,
    group,
    level_number,
)
from groundswell_core.errors import InvalidInput

ANALYZER = Peer("analyzer", grpc_pb.StoryServiceStub)
StoryArgument = Annotated[str, typer.Argument(metavar="STORY", help="Its id, or how it begins.")]
MonitorOption = Annotated[str, typer.Option("--monitor", help="Only what this monitor matches.")]
CountOption = Annotated[int, typer.Option("--count", min=0, help="End after so many; 0: never.")]
OrderOption = Annotated[str, typer.Option(help="level, newest or growth.")]
COLUMNS = ("id", "level", "headline", ">docs", ">outlets", ">heat", "newest", "places")
_BARS = "▁▂▃▄▅▆▇█"


def register(app: typer.Typer) -> None:
    """Adds the group."""
    stories = group("stories", "What swells, how fast, how serious.")
    for command in (show, describe, series, watch):
        stories.command()(command)
    stories.command(name="list")(list_stories)
    # These use this module.
    from groundswell_cli.resources.story_joining import merge, split
    from groundswell_cli.resources.story_search import search

    for further in (search, merge, split):
        stories.command()(further)
    app.add_typer(stories)


def list_stories(
    query: Annotated[str, typer.Option("--query", "-q", help="Words of the headline.")] = "",
    level: MinimumOption = "",
    monitor: MonitorOption = "",
    order: OrderOption = "level",
    exercises: ExercisesOption = False,
    limit: LimitOption = DEFAULT_LIMIT,
    as_json: JsonOption = False,
    state: StateOption = DEFAULT_STATE,
) -> None:
    """List stories, the most serious first.

    Example: groundswell stories list --level III --order growth
    """
    request = pb.ListStoriesRequest(
        query=query,
        minimum_level=level_number(level),
        monitor=full_name(monitor, "monitors") if monitor else "",
        order=story_order(order),
        include_exercises=exercises,
    )
    found = ask(state, ANALYZER, lambda stub: collect(stub.ListStories, request, "stories", limit))
    output.print_list(
        found,
        row,
        columns=COLUMNS,
        empty="no such stories yet; `groundswell sources list` says what is read",
        as_json=as_json,
    )


def story_order(text: str) -> Any:
    """Returns an order by its word."""
    try:
        return pb.StoryOrder.Value(f"STORY_ORDER_{text.upper()}")
    except ValueError:
        raise InvalidInput(f'"{text}" is no order; write level, newest or growth') from None


def row(story: Any) -> list[output.Cell]:
    """Returns a story as a row of COLUMNS."""
    return [
        output.short(story.name),
        output.level_text(story.level),
        story.headline,
        str(story.document_count),
        str(story.outlet_count),
        output.heat(story),
        output.ago(story, "update_time"),
        ", ".join(place.display_name for place in story.places[:2]),
    ]


def read(state: Path, story: str) -> Any:
    """Returns a story by its id or how that begins."""

    async def call(stub: Any) -> Any:
        request = pb.ListStoriesRequest(order=pb.STORY_ORDER_NEWEST, include_exercises=True)
        name = await find_name(
            story, "stories", lambda: collect(stub.ListStories, request, "stories", 20_000)
        )
        return (await stub.GetStory(pb.GetStoryRequest(name=name))).story

    return ask(state, ANALYZER, call)


def show(
    story: StoryArgument, as_json: JsonOption = False, state: StateOption = DEFAULT_STATE
) -> None:
    """Show one story: what, where, how fast, how serious, and what happened to it."""
    found = read(state, story)
    if as_json:
        output.print_json([found])
        return
    request = pb.GetStoryTimelineRequest(name=found.name)
    entries = send(state, ANALYZER, "GetStoryTimeline", request).entries
    output.print_facts(_facts(found))
    print()
    rows = [[output.at(entry, "time"), entry.event, entry.text] for entry in entries[-20:]]
    output.print_table(("when", "what", ""), rows, empty="nothing happened to it yet")


def describe(
    story: StoryArgument, as_json: JsonOption = False, state: StateOption = DEFAULT_STATE
) -> None:
    """Describe one story: what is claimed, how it spread and from whom, what is expected."""
    request = pb.DescribeStoryRequest(name=read(state, story).name)
    found = send(state, ANALYZER, "DescribeStory", request).description
    if as_json:
        output.print_json([found])
        return
    print_description(found)


def _facts(story: Any) -> Iterator[tuple[str, output.Cell]]:
    yield "headline", Text(story.headline, style="bold")
    yield "level", output.level_text(story.level)
    for one in story.grades:
        yield f"  {output.short(one.monitor)}", f"score {one.grade.score:.1f}"
    yield "story", output.short(story.name)
    yield "state", output.word(story_pb2.StoryState, story.state)
    yield "documents", _counts(story)
    yield "heat", output.heat(story)
    yield "best rank", str(story.best_rank) if story.HasField("best_rank") else ""
    yield "places", ", ".join(place.display_name for place in story.places)
    yield "category", story.category
    yield "topics", ", ".join(story.topics)
    yield "organisations", ", ".join(story.organisations)
    yield "confirmed", f"{'no' if story.is_unconfirmed else 'yes'}. {story.confirmation}"
    yield "contradictions", ", ".join(story.conflicts)
    yield "summary", "\n".join(sentence.text for sentence in story.summary)
    yield "sentiment", f"{story.sentiment:+.2f}"
    yield "terms", ", ".join(story.terms[:12])
    yield "since", output.ago(story, "start_time")
    yield "newest", output.ago(story, "update_time")


def _counts(story: Any) -> str:
    return (
        f"{story.document_count}, {story.copy_count} copies, {story.revision_count} edits, "
        f"{story.outlet_count} outlets"
    )


def series(
    story: StoryArgument,
    step: Annotated[int, typer.Option(min=1, max=1440, help="Minutes a point.")] = 10,
    as_json: JsonOption = False,
    state: StateOption = DEFAULT_STATE,
) -> None:
    """Show how a story grew: documents, copies and heat over time."""
    request = pb.GetStorySeriesRequest(name=read(state, story).name)
    request.step.FromSeconds(step * 60)
    points = send(state, ANALYZER, "GetStorySeries", request).points
    if as_json:
        output.print_json(points)
        return
    most = max((point.documents + point.copies for point in points), default=0)
    rows = [_point_row(point, most) for point in points]
    columns = ("from", ">docs", ">copies", ">heat", "")
    output.print_table(columns, rows, empty="no documents counted yet")


def _point_row(point: Any, most: int) -> list[output.Cell]:
    return [
        output.at(point, "start_time")[:16],
        str(point.documents),
        str(point.copies),
        output.heat(point),
        _bar(point.documents + point.copies, most),
    ]


def _bar(value: int, most: int) -> str:
    """Returns a bar of up to 30 characters, with eighths at its end."""
    eighths = round(240 * value / most) if most else 0
    full, rest = divmod(eighths, 8)
    return "█" * full + (_BARS[rest - 1] if rest else "")


def watch(
    level: MinimumOption = "",
    monitor: MonitorOption = "",
    exercises: ExercisesOption = False,
    count: CountOption = 0,
    as_json: JsonOption = False,
    state: StateOption = DEFAULT_STATE,
) -> None:
    """Follow stories: the present ones, then a line for each change. Ctrl-C ends.

    Example: groundswell stories watch --level IV
    """
    request = pb.WatchStoriesRequest(
        minimum_level=level_number(level),
        monitor=full_name(monitor, "monitors") if monitor else "",
        include_exercises=exercises,
    )
    run_watch(_watch(state, request, count, as_json=as_json))


async def _watch(state: Path, request: Any, count: int, *, as_json: bool) -> None:
    shown = 0
    stream = follow(state, ANALYZER, lambda stub, _: stub.WatchStories(request), tell=_tell)
    async with aclosing(stream) as messages:
        async for message in messages:
            if not message.HasField("story"):
                continue
            if as_json:
                output.print_json([message.story])
            else:
                output.terminal().print(line(message.story))
            shown += 1
            if shown == count:
                return


def line(story: Any) -> Text:
    """Returns a story as one line: when, how serious, what, how much."""
    moment = story.update_time.ToDatetime(tzinfo=UTC).astimezone()
    level = output.level_text(story.level)
    level.pad_right(max(11 - level.cell_len, 1))
    much = f"  {story.document_count} docs, {story.outlet_count} outlets, heat {output.heat(story)}"
    return Text.assemble(
        f"{moment:%m-%d %H:%M}  ",
        level,
        story.headline,
        (f"{much}  {output.short(story.name)}", "dim"),
    )


def _tell(text: str) -> None:
    print(text, file=sys.stderr)
