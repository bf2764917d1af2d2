"""Times in the zone that a person chose, seen in the system's Chromium."""

from __future__ import annotations

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
