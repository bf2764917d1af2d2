"""Search, a story's explanation and backtests, as people use them, in the system's Chromium."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest
from console_stand_in.chrome import browsing
from playwright.sync_api import expect

from groundswell_core.backtests import BacktestState

pytestmark = pytest.mark.browser


def test_one_box_finds_stories_and_documents_and_says_how_many(page):
    page.goto("/")
    page.get_by_role("link", name="搜索").click()
    page.locator("[name=q]").fill("自来水")
    page.locator("[name=place]").fill("广东")
    page.locator("[name=category]").select_option("environment/water")
    page.keyboard.press("Enter")
    page.get_by_role("button", name="筛选").click()
    expect(page.locator("main")).to_contain_text("共 1 条")
    expect(page.locator(".story-row")).to_contain_text("各方说法矛盾")
    page.get_by_role("link", name="清除筛选").click()
    page.get_by_role("link", name="文档", exact=True).click()
    expect(page.locator(".document")).to_have_count(20)
    page.get_by_role("link", name="下一页").click()
    expect(page).to_have_url(re.compile("page="))
    page.locator(".document a.headline").first.click()
    expect(page).to_have_url(re.compile("/documents/"))


def test_a_broken_search_says_where_it_is_broken_and_an_empty_one_what_to_do(page):
    page.goto("/search?q=%F0%9F%98%80%20AND%20(%E6%B0%B4")
    expect(page.locator("#search-errors mark")).to_have_text("(")
    expect(page.locator("#search-errors")).to_contain_text("第 7 个字")
    expect(page.locator("[name=q]")).to_have_attribute("aria-invalid", "true")
    page.goto("/search?q=nowhere")
    expect(page.locator("main")).to_contain_text("用 OR 加上同义说法")


def test_a_story_shows_what_is_claimed_by_whom_how_it_spread_and_what_is_expected(page):
    page.goto("/stories/water")
    for chart in ("#series", "#forecast", "#spread"):
        expect(page.locator(f"{chart}[data-drawn] svg")).to_be_visible()
    conflict = page.locator(".claim.is-conflict")
    expect(conflict).to_contain_text("“晚报网”称 3 人受伤，而“热搜榜”称 12 人受伤。")
    expect(conflict.locator(".amount")).to_have_text(["3 人", "至少 12 人"])
    expect(page.locator("#story .banner-warn")).to_contain_text("各方说法矛盾")
    expect(page.locator(".path > .role-COPY").first).to_contain_text("转自 城市日报，相似度 93%")
    expect(page.locator(".thresholds .badge")).to_have_count(4)
    page.get_by_text("各项得分如何算出").click()
    expect(page.locator(".formulas")).to_contain_text("ln 13.400 ÷ ln 41")
    page.locator("a.cite").first.click()
    expect(page).to_have_url(re.compile("/documents/water00"))


def test_an_unconfirmed_story_says_why_and_a_quiet_one_for_how_long_in_days(page):
    page.goto("/stories/school")
    expect(page.locator("#story .banner-warn")).to_contain_text("仅“热搜榜”一家报道")
    page.goto("/stories/concert")
    expect(page.locator(".limit")).to_contain_text(
        "已有 604 天 19 小时没有新动静；满 12 小时不再定级"
    )
    page.locator("#language-switch").click()
    expect(page.locator(".limit")).to_contain_text("for 604 d 19 h; after 12 h it has no level")
    expect(page.locator(".chart")).to_have_count(1)


def test_a_backtest_runs_shows_what_would_have_fired_and_hands_over_its_threshold(page, site):
    page.goto("/monitors/drinking-water")
    page.locator("[name=days]").fill("3")
    page.get_by_role("button", name="开始回测").click()
    expect(page.locator("progress")).to_have_attribute("value", "0.5")
    name = next(name for name in site.world.backtests if name.startswith("backtests/run"))
    site.world.backtests[name] = replace(site.world.backtests[name], state=BacktestState.DONE)
    for chart in ("#alarms", "#thresholds"):
        expect(page.locator(f"{chart}[data-drawn] svg")).to_be_visible()
    expect(page.locator("main")).to_contain_text("多名居民反映自来水有异味（1）")
    expect(page.locator("main")).to_contain_text("−30 分")
    page.get_by_role("button", name="采用起报分数 48.5").click()
    expect(page.get_by_text("起报分数已更新")).to_be_visible()
    monitor = site.world.monitors["monitors/drinking-water"]
    assert (monitor.alert_score, monitor.display_name) == (48.5, "饮用水安全")
    page.get_by_role("button", name="保存").click()
    expect(page.get_by_text("监测方案已保存")).to_be_visible()
    assert site.world.monitors["monitors/drinking-water"].alert_score == 48.5


def test_viewers_see_backtests_and_change_nothing(browser, site):
    with browsing(browser, site, site.person("onlooker", "VIEWER")) as page:
        page.goto("/monitors/drinking-water/backtests/first")
        expect(page.locator("#thresholds[data-drawn] svg")).to_be_visible()
        expect(page.get_by_role("button", name="采用起报分数")).to_have_count(0)
        page.goto("/monitors/drinking-water")
        expect(page.locator("main")).to_contain_text("开始回测需要分析员角色")


def test_stories_with_a_level_come_first_among_the_swelling_ones(page):
    page.goto("/")
    levels = page.locator("#p-stories .badge b").all_inner_texts()
    assert levels[-1] == "无"
    assert "无" not in levels[: levels.index("无")]
    assert levels.index("无") == 5
