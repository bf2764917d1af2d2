"""The clustering of words: what joins, what stays apart, what is forgotten."""

from __future__ import annotations

from groundswell_analyzer.stories.centroid import Centroid
from groundswell_analyzer.stories.cluster import Clusterer, StreamClusterer

QUAKE = ["quake", "yibin", "magnitude", "5.0"]


def labels(*texts: list[str]) -> list[int]:
    stream = StreamClusterer()
    given = [stream.add(text) for text in texts]
    homes = [stream.home(one) for one in given]
    return [homes.index(one) for one in homes]


def test_texts_that_share_telling_words_are_one_story():
    assert labels(QUAKE, ["yibin", "quake", "casualties"], ["strike", "harbour"]) == [0, 0, 2]


def test_one_common_word_joins_nothing():
    assert labels(QUAKE, ["yibin", "noodles"], ["quake", "film", "premiere"]) == [0, 1, 2]


def test_stories_that_grow_alike_are_joined_and_stay_found():
    one, other = ["ferry", "sinks", "lake"], ["boat", "disaster", "rescue"]
    bridge = [*one, *other]
    assert len(set(labels(one, other, bridge, bridge, bridge, other, one))) == 1


def test_no_words_open_a_story_of_their_own():
    assert labels(QUAKE, [], []) == [0, 1, 2]


def test_what_is_removed_leaves_no_trace():
    clusterer, kept, gone = Clusterer(), Centroid(), Centroid()
    clusterer.add(kept, QUAKE)
    before = (clusterer.documents, clusterer.terms, clusterer.rarity("quake"))
    clusterer.add(gone, ["quake", "tsunami"])
    clusterer.remove(gone, ["quake", "tsunami"])
    assert (clusterer.documents, clusterer.terms, clusterer.rarity("quake")) == before
    assert not gone.weights
    assert clusterer.nearest(["tsunami", "warning"]) is None


def test_a_forgotten_story_is_never_found():
    clusterer, story = Clusterer(), Centroid()
    clusterer.add(story, QUAKE)
    clusterer.forget(story)
    assert clusterer.nearest(QUAKE) is None
    assert story.weights == dict.fromkeys(QUAKE, 1)
