"""Which places a text names."""

from __future__ import annotations

import pytest

from groundswell_analyzer.annotate.gazetteer import gazetteer
from groundswell_analyzer.annotate.places import MAXIMUM_PLACES, places_of
from groundswell_analyzer.query.keys import plain

NAMED = {
    "四川泸定发生地震，甘孜州泸定县": ["CN-51", "CN-51", "CN-51"],
    "北京市朝阳区一小区起火": ["CN-11", "CN-11"],
    "长春市朝阳区": ["CN-22", "CN-22"],
    "朝阳区一小区起火": [],
    "海南三亚": ["CN-46", "CN-46"],
    "新疆和田地区": ["CN-65", "CN-65"],
    "湘西凤凰县": ["CN-43", "CN-43"],
    "臺灣地震": ["CN-71"],
    "香港和澳门": ["CN-81", "CN-82"],
    "上海南京路步行街": ["CN-31"],
    "孙中山在广州": ["CN-44"],
    "宁德时代在德国建厂": ["DE"],
    "加州山火": ["US-CA"],
    "巴黎奥运会": ["FR"],
    "日本料理店": [],
    "北京时间8时": [],
    "Floods in Guangzhou, China": ["CN-44", "CN"],
    "Storm hits Texas and Florida": ["US-TX", "US-FL"],
    "New York Times said London": ["GB"],
    "reading a nice book in bath": [],
    "Reading is Nice": [],
    "Chileans": [],
    "アメリカで地震": ["US"],
    "서울에서 화재": ["KR"],
    "زلزال في طهران": ["IR"],
    "Взрыв в Киев": ["UA"],
    "": [],
}


@pytest.mark.parametrize(("text", "codes"), NAMED.items(), ids=[text or "empty" for text in NAMED])
def test_a_text_names_its_places(text, codes):
    assert [place.code for place in places_of(plain(text), gazetteer())] == codes


def test_places_are_counted_and_the_most_named_comes_first():
    places = places_of(plain("广州、深圳、深圳、深圳市"), gazetteer())
    assert [(place.display_name, place.mentions) for place in places] == [
        ("深圳市", 3),
        ("广州市", 1),
    ]


def test_a_list_of_places_is_cut():
    names = "、".join(name for name in gazetteer().names[:400])
    assert len(places_of(names, gazetteer())) <= MAXIMUM_PLACES


def test_the_gazetteer_is_built_once():
    assert gazetteer() is gazetteer()
    assert 20_000 < len(gazetteer().names) < 60_000
