"""Which language a text is in."""

from __future__ import annotations

import pytest

from groundswell_analyzer.annotate.language import language_of

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
    ],
)
def test_what_the_source_says_counts_where_the_text_says_too_little(text, prior, language):
    assert language_of(text, prior) == language
