"""Pages that stay open: their times, and what they refresh by themselves, in the system's Chromium."""

from __future__ import annotations

import dataclasses
from datetime import datetime
from zoneinfo import ZoneInfo

import pytest
from console_stand_in.chrome import browsing
from playwright.sync_api import expect

pytestmark = pytest.mark.browser


def test_times_are_shown_in_the_chosen_zone(browser, site):
    with browsing(browser, site, site.admin()) as page:
        page.goto("/account")
        page.locator("[name=zone]").select_option("America/New_York")
        page.locator("select[name=zone] >> xpath=ancestor::form").get_by_role("button").click()
        expect(page.locator("html")).to_have_attribute("data-zone", "America/New_York")
        page.goto("/alerts/water00000000000")
        shown = page.locator(".way time").first
        time = datetime.fromisoformat(shown.get_attribute("datetime"))
        assert f"{time.astimezone(ZoneInfo('America/New_York')):%H:%M}" in shown.text_content()


def test_an_open_story_follows_its_changes_and_keeps_chart_and_documents(browser, site):
    world, name = site.world, "stories/water"
    kept = world.stories[name]
    with browsing(browser, site, site.admin()) as page:
        page.goto("/stories/water")
        expect(page.locator("#live-state")).to_have_attribute("data-state", "live")
        expect(page.locator("#series[data-drawn] svg")).to_be_visible()
        page.get_by_role("button", name="加载更多文档").click()
        expect(page.locator(".document")).to_have_count(20)
        world.stories[name] = dataclasses.replace(
            kept, headline="水质检测结果公布", document_count=99
        )
        site.services.publish(next(iter(world.alerts.values())))
        expect(page.locator("h1")).to_have_text("水质检测结果公布")
        expect(page.locator(".page-head")).to_contain_text("99 篇文档")
        expect(page.locator(".document")).to_have_count(20)
        expect(page.locator("#series[data-drawn] svg")).to_be_visible()
    world.stories[name] = kept
