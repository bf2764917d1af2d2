"""`groundswell stories search`: stories by words, phrases and fields."""

from __future__ import annotations

from groundswell.story.v1 import story_service_pb2 as pb
from groundswell_cli.options import DEFAULT_STATE, JsonOption, StateOption
from groundswell_cli.resources import output, stories
from groundswell_cli.resources.connection import ask, collect, full_name
from groundswell_cli.resources.documents import (
    CategoryOption,
    LanguageOption,
    PlaceOption,
    QueryArgument,
    SinceOption,
    SourceOption,
    UntilOption,
)
from groundswell_cli.resources.options import (
    DEFAULT_LIMIT,
    ExercisesOption,
    LimitOption,
    MinimumOption,
    level_number,
)
from groundswell_cli.resources.times import set_window


def search(
    query: QueryArgument = "",
    place: PlaceOption = "",
    category: CategoryOption = "",
    level: MinimumOption = "",
    monitor: stories.MonitorOption = "",
    source: SourceOption = "",
    language: LanguageOption = "",
    since: SinceOption = "",
    until: UntilOption = "",
    order: stories.OrderOption = "level",
    exercises: ExercisesOption = False,
    limit: LimitOption = DEFAULT_LIMIT,
    as_json: JsonOption = False,
    state: StateOption = DEFAULT_STATE,
) -> None:
    """Search stories by words, phrases and fields, the most serious first.

    Example: groundswell stories search '地震 OR 山体滑坡' --place CN-51 --since 2d
    """
    request = pb.SearchStoriesRequest(
        query=query,
        place=place,
        category=category,
        minimum_level=level_number(level),
        monitor=full_name(monitor, "monitors") if monitor else "",
        source=full_name(source, "sources") if source else "",
        language=language,
        order=stories.story_order(order),
        include_exercises=exercises,
    )
    set_window(request, since, until)
    found = ask(
        state,
        stories.ANALYZER,
        lambda stub: collect(stub.SearchStories, request, "stories", limit),
    )
    output.print_list(
        found,
        stories.row,
        columns=stories.COLUMNS,
        empty="no such stories; fewer words, or a longer time, find more",
        as_json=as_json,
    )
