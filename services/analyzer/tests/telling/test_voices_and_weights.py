"""Who speaks, and how much a word counts."""

from __future__ import annotations

import pytest

from groundswell_analyzer.telling import independent_voices, load_weights, voices
from groundswell_analyzer.telling.weights import host_of
from groundswell_core.errors import InvalidInput


def test_each_outlet_that_tells_in_its_own_words_is_a_voice(accident):
    assert independent_voices(accident.reports) == 7
    assert voices(accident.of("a2", "a3", "a6")) == {"城事快报": 400, "新华社": 900}


def test_a_source_that_floods_a_story_is_one_voice(report):
    flood = [report("blog") for _ in range(1000)]
    assert independent_voices([*flood, report("wire")]) == 2


def test_copies_of_one_text_are_the_voice_of_its_first_outlet(report):
    copies = [report(f"outlet {number}", near_copy=True) for number in range(50)]
    assert independent_voices([report("wire"), *copies]) == 1


def test_outlets_of_one_house_are_one_voice(report):
    assert independent_voices([report("新华网", speaker="新华社"), report("新华社")]) == 1


def test_what_was_withdrawn_says_nothing(report):
    assert independent_voices([report("wire", withdrawn=True)]) == 0
    assert independent_voices([]) == 0


@pytest.mark.parametrize(
    ("outlet", "url", "expected"),
    [
        ("新华网", "", (0.9, "新华社")),
        (" reuters ", "", (0.9, "Reuters")),
        ("some page", "https://m.thepaper.cn/x", (0.8, "澎湃新闻")),
        ("某县应急局", "https://yjglj.county.gov.cn/1", (0.9, "")),
        ("blog", "https://notgov.cn.example.com/", (None, "")),
        ("blog", "no address", (None, "")),
        ("", "", (None, "")),
    ],
)
def test_an_outlet_is_known_by_its_name_or_by_its_host(outlet, url, expected):
    assert load_weights().standing(outlet, url, "sources/x", "feed") == expected


def test_a_file_of_your_own_goes_before_the_shipped_table(tmp_path):
    file = tmp_path / "weights.yaml"
    file.write_text(
        "version: own-1\n"
        "outlets: [{weight: 0.3, names: [Reuters, Reuters Blog]}]\n"
        "sources: {sources/office: 0.7}\nkinds: {hotlist: 0.2}\n",
        encoding="utf-8",
    )
    weights = load_weights(file)
    assert weights.standing("Reuters Blog", "", "", "") == (0.3, "Reuters")
    assert weights.standing("BBC", "", "", "").weight == 0.9
    assert weights.standing("page", "", "sources/office", "hotlist").weight == 0.7
    assert weights.standing("page", "", "sources/other", "hotlist").weight == 0.2
    assert weights.standing("page", "", "sources/other", "feed").weight is None


@pytest.mark.parametrize(
    "text", ["version: x\noutlets: [{weight: 2}]", "outlets: []", "version: x\nother: 1", "["]
)
def test_a_bad_table_is_refused_with_its_name(tmp_path, text):
    file = tmp_path / "weights.yaml"
    file.write_text(text, encoding="utf-8")
    with pytest.raises(InvalidInput, match=r"weights\.yaml"):
        load_weights(file)


@pytest.mark.parametrize(
    ("url", "host"),
    [
        ("https://News.Example:8080/a/b", "news.example"),
        ("http://user@host.example", "host.example"),
        ("//host.example/a", ""),
        ("mailto:x", ""),
    ],
)
def test_the_host_of_an_address_is_found(url, host):
    assert host_of(url) == host
