"""Sources come from a file; mistakes in it are named, and never stop what is stored."""

import asyncio
from datetime import UTC, datetime, timedelta

import pytest

from groundswell_collector import metrics
from groundswell_collector.seed import read_sources, seed
from groundswell_core.errors import InvalidInput
from groundswell_core.source_records import SourceState

NOW = datetime(2026, 1, 5, 8, 0, tzinfo=UTC)
GOOD = """\
# what we read
sources:
  - name: sources/one
    display_name: The one 第一
    kind: script
    config:
      url: https://one.example/
      limit: 3
    interval: 90s
    language: zh
    region: CN-44
    department: departments/health
    weight: 0.8
  - name: sources/two
    kind: script
    config: {url: "https://two.example/"}
    state: paused
    exercise: true
"""


@pytest.fixture
def write(tmp_path):
    def written(text):
        path = tmp_path / "sources.yaml"
        path.write_bytes(text if isinstance(text, bytes) else text.encode())
        return path

    return written


@pytest.fixture
def two_kinds(kinds):
    from dataclasses import replace

    from groundswell_core.sources import SourceConfig

    class OtherConfig(SourceConfig):
        path: str

    other = replace(kinds["script"].spec, kind="other", config=OtherConfig)
    return kinds | {"other": replace(kinds["script"], spec=other)}


@pytest.mark.parametrize("installed", ["kinds", "two_kinds"])
def test_a_good_file_says_what_the_sources_are(request, write, installed):
    one, two = read_sources(write(GOOD), request.getfixturevalue(installed))
    assert one.config == {"url": "https://one.example/", "limit": 3}
    assert one.interval == timedelta(seconds=90)
    assert (one.language, one.region, one.weight) == ("zh", "CN-44", 0.8)
    assert one.department == "departments/health"
    assert (two.state, two.exercise) == (SourceState.PAUSED, True)


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        ("    weight: 0.8", "    wieght: 0.8", "sources.yaml:13: sources.0.wieght: no such key"),
        ("    weight: 0.8", "    weight: 8", "sources.yaml:13: sources.0.weight: "),
        ("interval: 90s", "interval: soon", "sources.yaml:9: sources.0.interval: write a time"),
        ("interval: 90s", "interval: 90", "sources.yaml:9: sources.0.interval: write a time"),
        ("interval: 90s", "interval: 0s", "sources.yaml:9: sources.0.interval: write a time"),
        ("language: zh", "language: no", "sources.yaml:10: sources.0.language: "),
        ("language: zh", "language: Chinese!", "sources.yaml:10: sources.0.language: use a BCP 47"),
        ("region: CN-44", "region: Canton", "sources.yaml:11: sources.0.region: use an ISO 3166"),
        ("departments/health", "health", "sources.yaml:12: sources.0.department: "),
        ("sources/one", "One", "sources.yaml:3: sources.0.name: "),
        ("      limit: 3", "      limits: 3", "sources.yaml:8: sources.0.config.limits: no such"),
        ("      limit: 3", "      limit: 0", "sources.yaml:8: sources.0.config.limit: "),
        ("      url: https", "      uri: https", "sources.yaml:6: sources.0.config.url: this key"),
        ("state: paused", "state: off", "sources.yaml:17: sources.1.state: "),
        ("sources/two", "sources/one", "sources/one stands more than once"),
        ("    weight: 0.8", "    region: CN", 'sources.yaml:13: no YAML: "region" stands twice'),
        ("config: {", "config: *c {", "sources.yaml:16: no YAML:"),
        ("sources:\n", "feeds:\n", "sources.yaml:2: feeds: no such key"),
        ("    kind: script\n    config:\n", "    kind: scrip\n    config:\n", "scrip"),
        ("  - name: sources/two", "- name: sources/two", "sources.yaml:14: no YAML:"),
    ],
)
def test_each_mistake_is_named_by_file_line_and_key(write, kinds, old, new, told):
    assert old in GOOD
    with pytest.raises(InvalidInput) as caught:
        read_sources(write(GOOD.replace(old, new, 1)), kinds)
    assert told in caught.value.message


def test_with_several_kinds_a_mistake_still_has_its_line(write, two_kinds):
    with pytest.raises(InvalidInput) as caught:
        read_sources(write(GOOD.replace("limit: 3", "limits: 3")), two_kinds)
    assert "sources.yaml:8:" in caught.value.message
    assert "config.limits: no such key" in caught.value.message


def test_every_mistake_is_told_at_once(write, kinds):
    bad = GOOD.replace("limit: 3", "limits: 3").replace("state: paused", "state: off")
    with pytest.raises(InvalidInput) as caught:
        read_sources(write(bad), kinds)
    assert len(caught.value.message.splitlines()) == 2


@pytest.mark.parametrize(
    "text",
    [
        b"\xff\xfe\x00",
        "",
        "[]",
        "sources: 5",
        "sources: [5]",
        "[" * 5000,
        "x: !!python/object:a.B {}",
    ],
)
def test_what_is_no_file_of_sources_is_refused(write, kinds, text):
    with pytest.raises(InvalidInput, match=r"sources\.yaml:"):
        read_sources(write(text), kinds)


async def test_sources_of_the_file_are_made_once(write, kinds, stores):
    path = write(GOOD)
    await seed(path, kinds, stores.sources, NOW)
    await seed(path, kinds, stores.sources, NOW + timedelta(days=1))
    one, two = await stores.sources.find(None)
    assert (one.create_time, one.update_time) == (NOW, NOW)
    assert two.state is SourceState.PAUSED
    assert metrics.SEED_ERRORS._value.get() == 0


async def test_two_collectors_that_start_at_once_make_each_source_once(write, kinds, stores):
    path = write(GOOD)
    await asyncio.gather(*(seed(path, kinds, stores.sources, NOW) for _ in range(5)))
    assert len(await stores.sources.find(None)) == 2


async def test_a_changed_entry_changes_its_source_but_not_its_state(write, kinds, stores):
    await seed(write(GOOD), kinds, stores.sources, NOW)
    await stores.sources.set_state("one", SourceState.PAUSED, NOW)
    await seed(write(GOOD.replace("0.8", "0.9")), kinds, stores.sources, NOW)
    one = await stores.sources.get("one")
    assert (one.weight, one.state) == (0.9, SourceState.PAUSED)


async def test_what_was_edited_by_hand_is_kept(write, kinds, stores, make_source):
    await seed(write(GOOD), kinds, stores.sources, NOW)
    await stores.sources.update(make_source(weight=0.1), NOW)
    await seed(write(GOOD.replace("0.8", "0.9")), kinds, stores.sources, NOW)
    assert (await stores.sources.get("one")).weight == 0.1


async def test_what_was_deleted_by_hand_stays_deleted(write, kinds, stores):
    await seed(write(GOOD), kinds, stores.sources, NOW)
    await stores.sources.delete("one", NOW)
    await seed(write(GOOD.replace("0.8", "0.9")), kinds, stores.sources, NOW)
    assert [source.name for source in await stores.sources.find(None)] == ["sources/two"]


@pytest.mark.parametrize("text", [GOOD.replace("weight", "wieght"), None], ids=["bad", "missing"])
async def test_a_bad_file_leaves_the_stored_sources_in_force_and_says_so(
    write, kinds, stores, tmp_path, text
):
    await seed(write(GOOD), kinds, stores.sources, NOW)
    path = write(text) if text else tmp_path / "nowhere.yaml"
    await seed(path, kinds, stores.sources, NOW)
    assert len(await stores.sources.find(None)) == 2
    assert metrics.SEED_ERRORS._value.get() == 1


async def test_without_a_file_nothing_is_seeded(kinds, stores):
    await seed(None, kinds, stores.sources, NOW)
    assert await stores.sources.find(None) == []
