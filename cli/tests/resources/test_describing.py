"""What `groundswell stories describe` prints."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from groundswell.analysis.v1 import analysis_pb2
from groundswell.grade.v1 import grade_pb2
from groundswell.story.v1 import description_pb2 as pb
from groundswell.story.v1 import story_service_pb2
from groundswell_cli.resources.describing import print_description

STORY = "stories/0123456789abcdef0123"
START = datetime(2026, 11, 23, tzinfo=UTC)


def described() -> pb.StoryDescription:
    made = pb.StoryDescription(story="stories/0123456789abcdef0123")
    group = made.claims.add(
        kind="dead", is_conflict=True, reason="B claims 8 dead where A claims 3."
    )
    at_least = analysis_pb2.CLAIM_QUALIFIER_AT_LEAST
    claim = analysis_pb2.Claim(
        kind="dead", value=8, qualifier=at_least, unit="person", text="8人遇难"
    )
    group.values.add(claim=claim, source_count=2).sources.add(outlet="新华社")
    share = made.spread.outlets.add(name="新华社", first_hand=3, copies=41)
    share.start_time.FromDatetime(START)
    first = made.path.add(document="documents/a", outlet="新华社", role=pb.PATH_ROLE_FIRST)
    copy = made.path.add(
        document="documents/b",
        outlet="portal",
        role=pb.PATH_ROLE_COPY,
        copied_from=first.document,
        likeness=0.83,
    )
    copy.delay.FromTimedelta(timedelta(minutes=12))
    made.outlets.add(outlet="新华社", source_weight=0.9, measured_weight=0.93, first_count=17)
    total = made.forecast.totals.add(expected=12.4, low=3, high=1234)
    total.horizon.FromTimedelta(timedelta(hours=6))
    chance = made.forecast.chances.add(
        monitor="monitors/accidents", level=grade_pb2.LEVEL_II, chance=0.42
    )
    chance.horizon.FromTimedelta(timedelta(hours=6))
    return made


def test_a_description_is_printed_part_by_part(capsys):
    print_description(described())
    printed = capsys.readouterr().out
    for word in ("≥ 8", "B claims 8 dead where A claims 3.", "8人遇难", "41", "copy", "12 min"):
        assert word in printed
    for word in ("0.83", "0.93", "17", "12.4", "1,234.0", "42 %", "II orange for accidents"):
        assert word in printed


def test_a_description_of_nothing_prints_nothing(capsys):
    print_description(pb.StoryDescription())
    assert capsys.readouterr().out == ""


def test_a_story_is_described_merged_and_split_by_commands(groundswell, backend):
    shown = groundswell("stories", "show", "0123456789").out
    assert "no. Only blog, whose word weighs 0.40 of 1, tells of it." in shown
    assert "震中附近房屋倒塌。" in shown
    assert "from 3 dead to 8 dead" in groundswell("stories", "describe", "0123456789").out
    assert '"kind": "dead"' in groundswell("stories", "describe", "0123456789", "--json").out
    merged = groundswell("stories", "merge", "0123456789", "0123")
    assert "缅甸7.9级地震, 12 documents" in merged.out
    sent = backend.last(story_service_pb2.MergeStoriesRequest)
    assert (sent.name, list(sent.others)) == (STORY, [STORY])
    assert groundswell("stories", "split", "0123456789", "d1", "documents/d2").code == 0
    sent = backend.last(story_service_pb2.SplitStoryRequest)
    assert list(sent.documents) == ["documents/d1", "documents/d2"]
