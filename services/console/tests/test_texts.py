from __future__ import annotations

import re
import string
from importlib.resources import files

import pytest

from groundswell_console.accounts import ROLES
from groundswell_console.clients.stories import DOCUMENT_ORDERS, ORDERS
from groundswell_console.pages.alerts import WAY
from groundswell_console.pages.backtests import LINES
from groundswell_console.pages.search import KINDS, SPANS
from groundswell_console.pages.story_figures import COUNTS, WORDS
from groundswell_console.peers import SERVICES
from groundswell_console.render import THEMES
from groundswell_console.sentences import forms, translated
from groundswell_console.texts import LANGUAGES, choose_language, texts_of
from groundswell_core.alerts import AlertState, Correction, NotificationState
from groundswell_core.analyses import ClaimQualifier
from groundswell_core.backtests import BacktestState
from groundswell_core.grades import Level
from groundswell_core.incidents import CloseReason, IncidentState
from groundswell_core.monitors import MonitorState
from groundswell_core.source_records import HealthState
from groundswell_core.stories import StoryState

PACKAGE = files("groundswell_console")
USED = re.compile(r"""\b(?:t|texts)\(\s*["']([a-z_A-Z0-9.]+?)["']\s*[,)]""")
BRANCH = re.compile(r"""["']([a-z_]+\.[a-zA-Z_.]+)["']""")
# Prefixes whose second half is a value; has() or name() makes a missing one harmless.
OPEN = (
    "category.", "component.", "config.", "kind.", "label.", "language.", "notify_reason.",
    "story_event.", "incident_event.", "topic.", "place.", "claim.", "unit.", "path.",
)  # fmt: skip


def texts_in(kind: str) -> str:
    found = []
    pending = [PACKAGE]
    while pending:
        for item in pending.pop().iterdir():
            if item.is_dir() and item.name not in ("vendor", "__pycache__"):
                pending.append(item)
            elif item.name.endswith(kind):
                found.append(item.read_text(encoding="utf-8"))
    return "\n".join(found)


def families() -> set[str]:
    """Every key that is put together from a prefix and a member of a closed set."""
    made = {f"alert_state.{one.name}" for one in AlertState}
    made |= {f"correction.{one.name}" for one in Correction if one}
    made |= {f"notification_state.{one.name}" for one in NotificationState}
    made |= {f"incident_state.{one.name}" for one in IncidentState}
    made |= {f"close_reason.{one.name}" for one in CloseReason}
    made |= {f"monitor_state.{one.name}" for one in MonitorState}
    made |= {f"monitor_state.{one.name}.long" for one in MonitorState if one}
    made |= {f"health.{one.name}" for one in HealthState} | {"health.PAUSED"}
    made |= {f"story_state.{one.name}" for one in StoryState}
    made |= {
        f"level.{one.name}.{form}" for one in Level if one for form in ("short", "word", "long")
    }
    made |= {
        f"level.{one.name}.{form}"
        for one in Level
        if one > Level.NONE
        for form in ("tile", "at_least")
    }
    made |= {f"role.{role.name.lower()}{form}" for role in ROLES for form in ("", ".long")}
    made |= {f"theme.{theme}" for theme in THEMES}
    made |= {f"order.{order}" for order in (*ORDERS, *DOCUMENT_ORDERS)}
    made |= {f"search.{kind}" for kind in KINDS} | {f"search.span.{span}" for span in SPANS}
    made |= {f"backtest_state.{one.name}" for one in BacktestState}
    made |= {f"qualifier.{one.name}" for one in ClaimQualifier if one not in (0, 1)}
    made |= {f"backtest.{word}_line" for word in LINES}
    made |= {f"spread.{key}" for key in COUNTS} | {f"chart.{word}" for word in WORDS}
    made |= {f"time.{step}" for step in WAY}
    made |= {f"service.{name}" for name in (*SERVICES, "mongo")}
    made |= {f"about.does.{name}" for name in SERVICES}
    made |= {f"failure.unavailable.hint.{name}" for name in (*SERVICES, "mongo")}
    return made


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_key_that_a_page_uses_is_in_the_catalogue(language):
    texts = texts_of(language).texts
    used = set(USED.findall(texts_in(".html"))) | set(USED.findall(texts_in(".py")))
    assert len(used) > 250
    assert sorted((used | families()) - texts.keys()) == []


def test_both_languages_have_the_same_keys_with_the_same_places_for_values():
    chinese, english = (texts_of(language).texts for language in ("zh", "en"))
    assert sorted(chinese.keys() ^ english.keys()) == []

    def places(text: str) -> set[str]:
        return {name for _, name, _, _ in string.Formatter().parse(text) if name}

    assert [key for key in chinese if places(chinese[key]) != places(english[key])] == []


def test_no_text_is_empty_and_no_chinese_text_was_forgotten():
    chinese, english = (texts_of(language).texts for language in ("zh", "en"))
    assert [key for key, text in {**chinese, **english}.items() if not text.strip(" ")] == []
    same = {key for key in chinese if chinese[key] == english[key]}
    assert {key for key in same if not key.startswith("level.")} == set()


def test_no_key_is_left_over():
    written = texts_in(".html") + texts_in(".py")
    mentioned = set(BRANCH.findall(written)) | set(USED.findall(written)) | families()
    prefixes = (
        *OPEN,
        "colour.",
        "duration.",
        "failure.",
        "notice.",
        "query.help.",
        "source.",
        "nav.",
    )
    keys = texts_of("zh").texts
    left = {key for key in keys if key.removesuffix(".one") not in mentioned}
    assert sorted(key for key in left if not key.startswith(prefixes)) == []


@pytest.mark.parametrize(
    ("chosen", "accepted", "expected"),
    [
        ("en", "zh-CN", "en"),
        ("", "en-GB,en;q=0.9,zh;q=0.8", "en"),
        ("", "fr, zh-TW;q=0.5, en;q=0.4", "zh"),
        ("", "", "zh"),
        ("xx", "en;q=nonsense", "zh"),
    ],
)
def test_the_language_is_the_chosen_one_else_the_browsers(chosen, accepted, expected):
    assert choose_language(chosen, accepted) == expected


def test_counts_of_one_have_a_form_of_their_own():
    english = texts_of("en")
    assert english("count.documents", count=1, n="1") == "1 document"
    assert english("count.documents", count=31, n="31") == "31 documents"


@pytest.mark.parametrize(
    ("english", "chinese"),
    [
        (
            "饮用水: level II, score 66.1. 64 % of what is said is negative.",
            "饮用水：II 级，得分 66.1。所述内容中 64% 为负面。",
        ),
        (
            "Its category is public_health, which weighs 1.00 of 1.",
            "类别为“公共卫生”，权重 1.00（满分 1）。",
        ),
        (
            "3 outlets independently claim at least 8 dead: Reuters, AFP, AP.",
            "3 家媒体各自独立称至少 8 人死亡：Reuters, AFP, AP。",
        ),
        (
            "Only blog, whose word weighs 0.40 of 1, tells of it.",
            "仅“blog”一家报道，信源权重 0.40（满分 1）。",
        ),
        (
            "The headlines mean the same (0.83), and both name Myanmar, and both claim 150 dead.",
            "标题含义相同（0.83），且都提到“Myanmar”，都称 150 人死亡。",
        ),
        ("AND needs a word after it; write one or remove it.", "AND 后面缺少词；请补上或删去它。"),
        ("A sentence that nobody told us.", "A sentence that nobody told us."),
    ],
)
def test_sentences_of_services_are_said_in_chinese_where_their_form_is_known(english, chinese):
    assert translated(english, texts_of("zh")) == chinese
    assert translated(english, texts_of("en")) == english.replace("_", " ")


def test_every_form_of_sentence_uses_only_the_words_that_it_has():
    for form in forms():
        names = {name for _, name, _, _ in string.Formatter().parse(form.chinese) if name}
        assert names <= set(form.pattern.groupindex)
