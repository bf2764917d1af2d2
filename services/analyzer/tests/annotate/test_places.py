"""Which places a text names."""

from __future__ import annotations

import pytest

from groundswell_analyzer.annotate.gazetteer import gazetteer
from groundswell_analyzer.annotate.places import MAXIMUM_PLACES, places_of
from groundswell_analyzer.query.keys import plain

NAMED = {
    "四川泸定发生地震，甘孜州泸定县": ["CN-51-5133-513322", "CN-51", "CN-51-5133"],
    "北京市朝阳区一小区起火": ["CN-11", "CN-11-110105"],
    "长春市朝阳区": ["CN-22-2201", "CN-22-2201-220104"],
    "辽宁朝阳": ["CN-21", "CN-21-2113"],
    "朝阳区一小区起火": [],
    "海南三亚": ["CN-46", "CN-46-4602"],
    "海南儋州与琼海": ["CN-46", "CN-46-4604", "CN-46-469002"],
    "新疆和田地区": ["CN-65", "CN-65-6532"],
    "吉林省吉林市": ["CN-22", "CN-22-2202"],
    "湘西凤凰县": ["CN-43-4331", "CN-43-4331-433123"],
    "臺灣地震": ["CN-71"],
    "香港和澳门": ["CN-81", "CN-82"],
    "上海南京路步行街": ["CN-31"],
    "成都路边停车": ["CN-51-5101"],
    "孙中山在广州": ["CN-44-4401"],
    "宁德时代在德国建厂": ["DE"],
    "重大连环车祸": [],
    "中国合作": ["CN"],
    "美国德州": ["US", "US-TX"],
    "山东德州": ["CN-37", "CN-37-3714"],
    "加州山火": ["US-CA"],
    "巴黎奥运会": ["FR-2988507"],
    "日本料理店": [],
    "北京时间8时": [],
    "Floods in Guangzhou, China": ["CN-44-4401", "CN"],
    "Storm hits Texas and Florida": ["US-TX", "US-FL"],
    "A shooting in Paris, Texas": ["US-TX-4717560", "US-TX"],
    "Fire in London, Ontario": ["CA-ON-6058560", "CA-ON"],
    "Jordan and Israel talk": ["JO", "IL"],
    "Amman hosts talks as Jordan objects": ["JO-250441", "JO"],
    "Protest in Atlanta, Georgia": ["US-GA-4180439", "US-GA"],
    "Knife attacker held in Solingen, Germany": ["DE-NW-2831580", "DE"],
    "Shenzhen and Urumqi": ["CN-44-4403", "CN-65-6501"],
    "Reykjavik volcano": ["IS-3413829"],
    "Michael Jordan": [],
    "Whitney Houston": [],
    "Paris Hilton sings": [],
    "Sydney Airport": ["AU-NSW-2147714"],
    "New York Times said London": ["GB-ENG-2643743"],
    "reading a nice book in bath": [],
    "Reading is Nice": [],
    "Chileans": [],
    "アメリカで地震": ["US"],
    "沖縄県で台風": ["JP-47"],
    "서울에서 화재": ["KR-1835848"],
    "زلزال في طهران": ["IR-112931"],
    "Взрыв в Москве": ["RU-524901"],
    "Incendies en Grèce et en Turquie": ["GR", "TR"],
    "Schüsse in Wien": ["AT-2761369"],
    "Землетрясение в Турции": ["TR"],
    "زلزال يهز تركيا وسوريا": ["TR", "SY"],
    "Hurricane Florence": [],
    "Strage a Crans-Montana": [],
    "": [],
}


@pytest.mark.parametrize(("text", "codes"), NAMED.items(), ids=[text or "empty" for text in NAMED])
def test_a_text_names_its_places(text, codes):
    assert [place.code for place in places_of(plain(text), gazetteer())] == codes


@pytest.mark.parametrize(
    ("text", "region", "code"),
    [
        ("朝阳区一小区起火", "CN-11", "CN-11-110105"),
        ("朝阳区一小区起火", "CN-22-2201", "CN-22-2201-220104"),
        ("鼓楼区通报", "CN-41", "CN-41-4102-410204"),
        ("Floods in Valencia", "ES", "ES-2509954"),
    ],
)
def test_what_the_source_is_about_decides_between_places_of_one_name(text, region, code):
    assert [place.code for place in places_of(plain(text), gazetteer(), region)] == [code]


def test_a_place_elsewhere_in_the_text_decides_too():
    text = plain("福州暴雨。鼓楼区多条道路被淹，鼓楼区教育局停课")
    assert [(place.code, place.mentions) for place in places_of(text, gazetteer())] == [
        ("CN-35-3501-350102", 2),
        ("CN-35-3501", 1),
    ]


def test_places_are_counted_and_the_most_named_comes_first():
    places = places_of(plain("广州、深圳、深圳、深圳市"), gazetteer())
    assert [(place.display_name, place.mentions) for place in places] == [
        ("深圳市", 3),
        ("广州市", 1),
    ]


def test_the_code_of_a_county_starts_with_those_of_the_areas_above_it():
    codes = [
        reading.code for name in gazetteer().names for reading in name.readings if reading.alone
    ]
    counties = [code for code in codes if code.startswith("CN-44-4403-")]
    assert counties
    assert all(code.rsplit("-", 1)[-1].startswith("4403") for code in counties)


def test_a_list_of_places_is_cut():
    names = "、".join(spelling for spelling in gazetteer().spellings[:400])
    assert len(places_of(names, gazetteer())) <= MAXIMUM_PLACES


@pytest.mark.parametrize(
    "text",
    ["京", "a", "🔥🔥", "https://example.org/paris", "\u200b", "שלום", "北Paris京", "," * 1000],
    ids=["one", "letter", "emoji", "link", "invisible", "right to left", "mixed", "commas"],
)
def test_texts_without_places_name_none(text):
    assert [place.code for place in places_of(plain(text), gazetteer())] in ([], ["FR-2988507"])


def test_the_gazetteer_is_built_once():
    assert gazetteer() is gazetteer()
    assert 60_000 < len(gazetteer().names) < 120_000
