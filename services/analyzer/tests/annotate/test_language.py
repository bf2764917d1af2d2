"""Which language a text is in."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from groundswell_analyzer.annotate import Draft, Tools
from groundswell_analyzer.annotate.language import detect_language, language_of
from groundswell_analyzer.query import CompiledQueries
from groundswell_core.documents import Document

TEXTS = {
    "四川发生地震": "zh",
    "iPhone 15 Pro Max 发布": "zh",
    "某地女子吐槽nbsp乱码": "zh",
    "東京都で震度5弱の地震がありました": "ja",
    "カフェでコーヒー": "ja",
    "서울에서 큰 화재가 발생했다": "ko",
    "Powerful earthquake hits northern Chile overnight": "en",
    "Terremoto sacude el norte de Chile anoche": "es",
    "Un fort séisme frappe le nord du Chili": "fr",
    "Starkes Erdbeben erschüttert Chile": "de",
    "Terremoto no Chile deixa mortos e feridos": "pt",
    "Gempa bumi kuat melanda Chili utara": "id",
    "Động đất mạnh ở miền bắc Chile": "vi",
    "زلزال قوي يضرب شمال تشيلي": "ar",
    "زلزله شدید شمال شیلی را لرزاند": "fa",
    "Сильное землетрясение в Чили": "ru",
    "Сильний землетрус у Чилі стався вночі": "uk",
    "แผ่นดินไหวใหญ่": "th",
    "उत्तरी चिली में भूकंप": "hi",
    "Ισχυρός σεισμός στη Χιλή": "el",
    "רעידת אדמה חזקה בצ'ילה": "he",
    "大阪で国際会議": "ja",
    "東京株続伸": "ja",
    "過去最大の罰金": "ja",
    "新作すずめ观影感受": "zh",
    "台北市長選舉結果出爐": "zh",
    "林峯演唱会": "zh",
    "Mưa lớn": "vi",
    "Desemprego recua": "pt",
    "Sewa rumah makin mahal": "id",
    "ساحل پر زلزلے کے جھٹکے": "ur",
    "Нет воды": "ru",
    "Немає води": "uk",
    "ok": "und",
    "12345": "und",
    "🔥🔥🔥": "und",
    "": "und",
}


@pytest.mark.parametrize(("text", "language"), TEXTS.items(), ids=list(TEXTS.values()))
def test_a_text_tells_its_language(text, language):
    assert language_of(text) == language


@pytest.mark.parametrize(
    ("text", "prior", "language"),
    [
        ("東京都知事選挙", "ja", "ja"),
        ("东京都知事选举", "zh-CN", "zh"),
        ("NBA", "zh-CN", "zh"),
        ("12:30", "en", "en"),
        ("Breaking news", "en-GB", "en"),
        ("Powerful earthquake hits northern Chile overnight, officials say", "zh", "en"),
        ("Мощное", "uk", "uk"),
        ("四川发生地震", "en", "zh"),
        ("hello", "iw", "he"),
        ("優の良品", "zh-TW", "zh"),
    ],
)
def test_what_the_source_says_counts_where_the_text_says_too_little(text, prior, language):
    assert language_of(text, prior) == language


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("a", "und"),
        ("\u200b\u202e\ufeff", "und"),
        ("\U0001f525" * 200, "und"),
        ("!?…" * 100, "und"),
        ("地震 earthquake 地震 زلزال 地震", "zh"),
        ("\u202bرعد وبرق في المدينة\u202c", "ar"),
        ("中" * 400, "zh"),
    ],
    ids=["one", "invisible", "emoji", "signs", "mixed", "right to left", "one character"],
)
def test_any_text_has_a_language_or_none(text, language):
    assert language_of(text) == language


def test_wide_letters_are_read_as_letters():
    title = "ＰＯＷＥＲＦＵＬ ｅａｒｔｈｑｕａｋｅ ｈｉｔｓ ｔｈｅ ｎｏｒｔｈ"
    draft = Draft(document=Document(name="documents/1", source="sources/s", title=title))
    tools = Tools(queries=CompiledQueries([]), now=datetime.now(UTC))
    assert [each.language for each in detect_language([draft], tools)] == ["en"]
