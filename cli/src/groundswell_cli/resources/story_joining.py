"""`groundswell stories merge` and `split`: people correct what the machine joined or kept apart."""

from __future__ import annotations

from typing import Annotated, Any

import typer

from groundswell.story.v1 import story_service_pb2 as pb
from groundswell_cli.options import DEFAULT_STATE, JsonOption, StateOption
from groundswell_cli.resources import output, stories
from groundswell_cli.resources.connection import full_name, send


def merge(
    story: Annotated[str, typer.Argument(metavar="STORY", help="The story that stays.")],
    others: Annotated[list[str], typer.Argument(metavar="OTHERS...", help="Those that join it.")],
    as_json: JsonOption = False,
    state: StateOption = DEFAULT_STATE,
) -> None:
    """Join stories into one; their alerts end as merged."""
    names = [stories.read(state, one).name for one in others]
    request = pb.MergeStoriesRequest(name=stories.read(state, story).name, others=names)
    _print(send(state, stories.ANALYZER, "MergeStories", request).story, as_json=as_json)


def split(
    story: stories.StoryArgument,
    documents: Annotated[
        list[str], typer.Argument(metavar="DOCUMENTS...", help="Ids of those that leave it.")
    ],
    as_json: JsonOption = False,
    state: StateOption = DEFAULT_STATE,
) -> None:
    """Move documents of a story, with their near-copies, into one of their own."""
    request = pb.SplitStoryRequest(
        name=stories.read(state, story).name,
        documents=[full_name(one, "documents") for one in documents],
    )
    _print(send(state, stories.ANALYZER, "SplitStory", request).story, as_json=as_json)


def _print(story: Any, *, as_json: bool) -> None:
    if as_json:
        output.print_json([story])
        return
    count = f"{story.document_count} documents, {story.copy_count} copies"
    print(f"{output.short(story.name)}: {story.headline}, {count}")
