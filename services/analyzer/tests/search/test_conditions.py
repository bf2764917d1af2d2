from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from groundswell_analyzer.query import matches, parse_or_raise, searchable_analysis
from groundswell_analyzer.search import document_grams, grams, is_exact, where
from groundswell_analyzer.search.conditions import Fields, place
from groundswell_analyzer.search.grams import marks
from groundswell_core.analyses import Analysis, Place
from groundswell_core.documents import Document
from groundswell_core.errors import InvalidInput

FIELDS = Fields(source="source", language="lang")


def analysis(title: str, text: str, **fields) -> Analysis:
    document = Document(name="documents/d", source="sources/s1", key="k", title=title, text=text)
    return Analysis(name="analyses/d", document=document, language="zh", **fields)


def holds(condition, record) -> bool:
    """Answers as MongoDB would, for the few operators that conditions use."""
    if not condition:
        return True
    ((name, wanted),) = condition.items()
    if name == "$and":
        return all(holds(part, record) for part in wanted)
    if name == "$or":
        return any(holds(part, record) for part in wanted)
    values = record[name]
    if isinstance(wanted, str):
        return wanted in values
    bounds = wanted["$elemMatch"]
    return any(bounds["$gte"] <= value < bounds["$lt"] for value in values)


def test_words_stay_whole_and_scripts_without_spaces_become_pairs():
    assert grams("c919 首飞成功 ok") == ("c919", "首飞", "飞成", "成功", "功", "ok")


def test_a_long_text_is_indexed_by_its_lead_and_its_telling_terms():
    found = document_grams(analysis("title", "a " * 400 + "needle", terms=("haystack",)))
    assert "needle" not in found
    assert {"title", "a", "haystack"} <= set(found)


@pytest.mark.parametrize(
    ("query", "exact"),
    [("地震", True), ("quake", True), ("大地震", False), ("地震 四川", False), ('"food x"', False)],
)
def test_only_single_words_and_pairs_are_decided_by_the_index_alone(query, exact):
    assert is_exact(parse_or_raise(query)) is exact


@pytest.mark.parametrize("code", ["CN-44'", "cn.*", "^", "CN-", ""])
def test_a_place_that_is_no_code_is_refused(code):
    with pytest.raises(InvalidInput, match="write a code such as CN"):
        place(code, FIELDS)


QUERIES = (
    "地震", "震", "四川地震", "四川 地震", "quake*", "quake OR 地震", "地震 NOT 演习", '"food poisoning"',
    "a NEAR/3 b", "(四川 OR quake) NEAR/5 (地震 OR 5.0级)", "title:地震", "5.0级", "臺灣", "lang:zh 地震",
    "source:s1 OR 地震", "place:CN-51 地震", "place:cn", "category:accident", "หมู", "c919",
)  # fmt: skip
WORDS = st.sampled_from(
    ["地震", "四川", "大地震", "quake", "quakes", "演习", "food", "poisoning", "a", "b", "5.0级", "震",
     "台湾", "หมูป่า", "C919", "首飞", "，", " ", "😀"]
)  # fmt: skip


@given(query=st.sampled_from(QUERIES), title=st.lists(WORDS, max_size=6), text=st.lists(WORDS))
def test_what_matches_a_query_is_let_through_by_its_condition(query, title, text):
    tree = parse_or_raise(query)
    made = analysis(
        "".join(title), " ".join(text), places=(Place(code="CN-51-07"),), category="accident"
    )
    record = {
        "grams": document_grams(made),
        "source": [made.document.source],
        "lang": [made.language],
    }
    if matches(tree, searchable_analysis(made)):
        assert holds(where(tree, FIELDS), record)


def test_a_part_of_a_place_is_let_through_and_a_neighbour_with_a_longer_name_is_not():
    condition = where(parse_or_raise("place:CN-4"), FIELDS)
    assert holds(condition, {"grams": marks(["CN-4-1"], ())})
    assert not holds(condition, {"grams": marks(["CN-44"], ())})
