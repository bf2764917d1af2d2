"""Stories of different languages that tell of one happening know each other, and stay apart."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from itertools import combinations
from pathlib import Path

import numpy as np
import pytest
import yaml

from groundswell_analyzer.stories.embedder import installed_embedder
from groundswell_analyzer.stories.linker import Linker
from groundswell_analyzer.stories.linking import (
    LINKED,
    MOST_RELATED,
    SAME_PLACE,
    Card,
    Link,
    link,
    part,
    relate,
)
from groundswell_analyzer.stories.open_story import OpenStory
from groundswell_analyzer.stories.records import story_of

NOW = datetime(2026, 3, 1, tzinfo=UTC)
HEADLINES = Path(__file__).parents[1] / "data" / "headlines_of_one_happening.yaml"
QUAKE_ZH = "缅甸发生7.7级地震 已致150人死亡"
QUAKE_EN = "Magnitude 7.7 earthquake strikes Myanmar killing 150"


def card(language: str, **fields) -> Card:
    return Card(**{"headline": "", "language": language, "start": NOW, "end": NOW, **fields})


def story(identifier: str, language: str = "en") -> OpenStory:
    return OpenStory(identifier, language, exercise=False, origin=0)


def found(likeness: float) -> Link:
    return Link(likeness=likeness, reason="")


@pytest.fixture
def embedder():
    made = installed_embedder()
    if made is None:
        pytest.skip("the extra embedder is not installed")
    return made


def test_headlines_that_mean_the_same_link_stories_of_two_languages():
    made = link(card("zh"), card("en"), 0.7)
    assert made == Link(likeness=0.7, reason="The headlines mean the same (0.70).")


def test_too_little_likeness_links_nothing():
    assert link(card("zh"), card("en"), LINKED - 0.01) is None


def test_stories_of_one_language_are_never_linked():
    assert link(card("zh-Hans"), card("zh-Hant"), 1.0) is None


def test_a_drill_is_not_linked_with_what_happened():
    assert link(card("zh", exercise=True), card("en"), 1.0) is None


def test_stories_more_than_two_days_apart_are_not_linked():
    later = NOW + timedelta(hours=49)
    apart = card("en", start=later, end=later + timedelta(days=9))
    assert link(card("zh"), apart, 1.0) is None
    assert link(apart, card("zh"), 1.0) is None
    assert link(card("zh", end=NOW + timedelta(hours=2)), apart, 1.0) is not None


def test_a_place_that_both_name_makes_up_for_words_that_differ():
    one = card("zh", places={"CN-44": "Guangdong"})
    other = card("en", places={"CN-44-4403": "Shenzhen"})
    made = link(one, other, LINKED - SAME_PLACE / 2)
    assert made is not None
    assert made.likeness == pytest.approx(LINKED + SAME_PLACE / 2)
    assert made.reason.endswith(", and both name Guangdong.")


def test_places_that_exclude_each_other_forbid_a_link():
    assert (
        link(card("zh", places={"MM": "Myanmar"}), card("en", places={"TR": "Turkey"}), 1) is None
    )


def test_a_number_that_both_claim_makes_up_for_words_that_differ():
    claims = {("dead", "person", 150.0): "150 dead"}
    made = link(card("zh", claims=claims), card("en", claims=claims), LINKED - 0.05)
    assert made is not None
    assert made.reason == "The headlines mean the same (0.57), and both claim 150 dead."


def test_a_reason_reads_the_same_from_both_sides():
    one = card("zh", places={"MM": "缅甸"}, claims={("dead", "person", 9.0): "9 dead"})
    other = card(
        "en", places={"MM": "Myanmar"}, claims={("dead", "person", 9.0): "at least 9 dead"}
    )
    assert link(one, other, 0.8) == link(other, one, 0.8)


def test_likeness_never_passes_one():
    place = {"MM": "Myanmar"}
    assert link(card("zh", places=place), card("en", places=place), 0.99).likeness == 1.0


def test_relations_are_mutual_and_the_most_alike_come_first():
    one, near, far = story("a", "zh"), story("b"), story("c")
    stories = {known.id: known for known in (one, near, far)}
    relate(one, far, found(0.7), stories)
    relate(one, near, found(0.9), stories)
    relate(far, one, found(0.7), stories)
    assert [known.story for known in one.related] == ["stories/b", "stories/c"]
    assert [known.story for known in far.related] == ["stories/a"]
    part(one, "stories/b", stories)
    assert [known.story for known in one.related] == ["stories/c"]
    assert near.related == ()


def test_a_full_story_gives_up_the_least_alike_on_both_sides():
    hub = story("hub", "zh")
    stories = {"hub": hub} | {f"s{n:02}": story(f"s{n:02}") for n in range(MOST_RELATED + 2)}
    for number, name in enumerate(sorted(stories)[1:]):
        relate(hub, stories[name], found(0.7 + number / 100), stories)
    assert len(hub.related) == MOST_RELATED
    assert hub.related[0].story == f"stories/s{MOST_RELATED + 1:02}"
    assert stories["s00"].related == stories["s01"].related == ()
    relate(stories["s00"], hub, found(0.5), stories)
    assert stories["s00"].related == ()


def test_the_embedder_tells_the_same_happening_from_others_of_its_topic(embedder):
    right = linked = pairs = 0
    for topic in yaml.safe_load(HEADLINES.read_text(encoding="utf-8")):
        said = [
            (number, language, headline)
            for number, happening in enumerate(topic["happenings"])
            for language, headline in happening.items()
        ]
        cosines = np.inner(*2 * [embedder.embed([headline for *_, headline in said])])
        for (at, one), (other_at, other) in combinations(enumerate(said), 2):
            made = link(card(one[1]), card(other[1]), float(cosines[at, other_at]))
            is_same = one[0] == other[0]
            pairs += is_same
            right += bool(made) and is_same
            linked += bool(made)
    assert right / pairs > 0.7
    assert right / linked > 0.98


async def tell_in_two_languages(analyzer, write) -> None:
    for number in range(2):
        await analyzer.send(
            write(QUAKE_ZH, source=f"zh{number}", text="缅甸地震造成人员伤亡，救援人员赶赴现场。"),
            write(
                QUAKE_EN, source=f"en{number}", text="Rescue workers head for the ruins in Myanmar."
            ),
            write("Parliament of Iceland votes on the fishing budget", source=f"is{number}"),
        )


async def by_language(analyzer) -> dict[str, dict]:
    stories = await analyzer.stories()
    return {one["language"]: one for one in stories if "Iceland" not in one["headline"]}


async def test_stories_of_two_languages_know_each_other_and_stay_apart(analyzer, write, embedder):
    analyzer.keeper.link = Linker(embedder).link
    await tell_in_two_languages(analyzer, write)
    await analyzer.keeper.look()
    told = await by_language(analyzer)
    assert len(await analyzer.stories()) == 3
    (seen,) = told["zh"]["related"]
    (back,) = told["en"]["related"]
    assert (seen["story"], back["story"]) == (told["en"]["name"], told["zh"]["name"])
    assert seen["headline"] == QUAKE_EN
    assert "both name" in seen["reason"]
    assert seen["likeness"] == back["likeness"]


async def test_related_stories_outlive_a_restart_and_are_not_written_again(
    analyzer, write, embedder
):
    analyzer.keeper.link = Linker(embedder).link
    await tell_in_two_languages(analyzer, write)
    await analyzer.keeper.look()
    before = await by_language(analyzer)
    await analyzer.start()
    assert await by_language(analyzer) == before
    analyzer.keeper.link = Linker(embedder).link
    await analyzer.keeper.look()
    assert await by_language(analyzer) == before


async def test_a_story_that_was_joined_into_another_is_linked_through_that_one(
    analyzer, write, embedder
):
    analyzer.keeper.link = Linker(embedder).link
    await tell_in_two_languages(analyzer, write)
    await analyzer.send(*(write("Strong quake near Mandalay", source=f"more{n}") for n in range(2)))
    await analyzer.keeper.look()
    told = await by_language(analyzer)
    stories = await analyzer.stories()
    (other,) = [one["_id"] for one in stories if "Mandalay" in one["headline"]]
    quake = told["zh"]["related"][0]["story"].removeprefix("stories/")
    await analyzer.keeper.merge(other, [quake])
    await analyzer.keeper.look()
    (chinese,) = [one for one in await analyzer.stories() if one["_id"] == told["zh"]["_id"]]
    assert [one["story"] for one in chinese["related"]] == [f"stories/{other}"]


async def test_spread_counts_the_languages_of_related_stories(analyzer, write, embedder):
    analyzer.keeper.link = Linker(embedder).link
    await tell_in_two_languages(analyzer, write)
    await analyzer.keeper.look()
    stories = analyzer.keeper.desk.stories.values()
    (chinese,) = [one for one in stories if one.language == "zh"]
    described = await analyzer.describer().describe(story_of(chinese), [])
    assert [share.name for share in described.spread.languages] == ["zh", "en"]


async def test_old_vectors_make_room_and_what_they_linked_stays(analyzer, write, embedder):
    analyzer.keeper.link = Linker(embedder).link
    await tell_in_two_languages(analyzer, write)
    await analyzer.keeper.look()
    before = await by_language(analyzer)
    analyzer.keeper.link = Linker(embedder, most=1).link
    await analyzer.keeper.look()
    assert await by_language(analyzer) == before
    assert before["zh"]["related"]
