"""Services that are down, a store that is empty, hostile text: seen in the system's Chromium."""

from __future__ import annotations

import dataclasses
import re
import time
import uuid

import pytest
from console_stand_in.chrome import browsing
from console_stand_in.naughty import STRINGS
from console_stand_in.site import Site
from console_stand_in.world import empty
from playwright.sync_api import expect

pytestmark = pytest.mark.browser


@pytest.fixture
def bad_page(browser, site, admin):
    with browsing(browser, site, admin, refusals=True) as page:
        yield page


@pytest.fixture(scope="module")
def empty_site(mongo_server, tmp_path_factory):
    settings = mongo_server.settings(database=f"console_{uuid.uuid4().hex[:12]}")
    with Site(tmp_path_factory.mktemp("empty"), settings, empty()) as running:
        yield running


def read_when_back(page, path: str) -> None:
    """Opens a page again and again until the service behind it answers, as a person would."""
    deadline = time.monotonic() + 30
    while page.goto(path).status != 200:
        assert time.monotonic() < deadline
        page.wait_for_timeout(250)


def test_the_overview_keeps_its_last_rows_while_the_notifier_is_away(bad_page, site):
    bad_page.goto("/")
    expect(bad_page.locator("#live-state")).to_have_attribute("data-state", "live")
    expect(bad_page.locator(".alert-row").first).to_be_visible()
    site.services.stop("notifier")
    try:
        bad_page.reload()
        expect(bad_page.locator("#p-alerts .stale")).to_contain_text("通知服务没有应答")
        expect(bad_page.locator(".alert-row").first).to_be_visible()
        expect(bad_page.locator("#p-stories .headline").first).to_be_visible()
        expect(bad_page.locator("#live-state")).to_have_attribute("data-state", "stale")
        expect(bad_page.locator("#notifier-lost")).to_be_visible()
    finally:
        site.services.start("notifier")
    expect(bad_page.locator("#live-state")).to_have_attribute("data-state", "live", timeout=30_000)
    expect(bad_page.locator("#notifier-lost")).to_be_hidden()


def test_a_page_whose_service_is_down_says_which_since_when_and_what_to_do(bad_page, site):
    site.services.stop("analyzer")
    try:
        assert bad_page.goto("/stories/water").status == 503
        main = bad_page.locator("main")
        expect(main).to_contain_text("分析服务没有应答")
        expect(main).to_contain_text("最近一次应答")
        expect(main).to_contain_text("groundswell status")
        bad_page.goto("/alerts/water00000000000")
        expect(bad_page.locator("h1")).to_contain_text("自来水")
    finally:
        site.services.start("analyzer")
    read_when_back(bad_page, "/stories/water")
    expect(bad_page.locator("h1")).to_contain_text("自来水")


def test_an_action_that_fails_says_why_and_leaves_the_page_as_it_is(bad_page, site):
    bad_page.goto("/sources")
    row = bad_page.locator("#u-city-daily")
    site.services.stop("collector")
    try:
        row.get_by_role("button", name="暂停").click()
        expect(bad_page.locator("#messages")).to_contain_text("采集服务没有应答")
        expect(row).to_contain_text("正常")
    finally:
        site.services.start("collector")


def test_a_lost_console_is_told_and_found_again_without_losing_a_change(bad_page, site):
    bad_page.goto("/")
    expect(bad_page.locator("#live-state")).to_have_attribute("data-state", "live")
    assert site.stop() == 0
    expect(bad_page.locator("#lost")).to_be_visible(timeout=40_000)
    alert = next(iter(site.world.alerts.values()))
    missed = dataclasses.replace(
        alert, name="alerts/missed01", headline="断线期间的预警", version=1
    )
    site.services.publish(missed)
    site.start()
    expect(bad_page.locator("#lost")).to_be_hidden(timeout=60_000)
    expect(bad_page.locator("#a-missed01")).to_contain_text("断线期间的预警", timeout=30_000)
    del site.world.alerts["alerts/missed01"]


def test_a_session_that_ends_leads_to_the_log_in_and_back(browser, site):
    visitor = site.admin()
    with browsing(browser, site, visitor, refusals=True) as page:
        page.goto("/sources")
        row = page.locator("#u-city-daily")
        expect(row).to_be_visible()
        visitor.post("/logout", visitor.get("/account").csrf)
        row.get_by_role("button").click()
        expect(page).to_have_url(re.compile("/login"))


def test_what_is_not_there_is_said_plainly(bad_page):
    assert bad_page.goto("/stories/none").status == 404
    expect(bad_page.locator("h1")).to_have_text("没有找到")


def test_an_empty_system_says_everywhere_what_to_do_next(browser, empty_site):
    with browsing(browser, empty_site, empty_site.admin()) as page:
        for path, words in (
            ("/", "还没有事件"),
            ("/", "当前没有预警"),
            ("/stories", "还没有事件"),
            ("/alerts", "当前没有预警"),
            ("/monitors", "还没有监测方案"),
            ("/sources", "还没有信息源"),
            ("/incidents", "没有处置事件"),
        ):
            page.goto(path)
            expect(page.locator("main")).to_contain_text(words)
        page.goto("/sources")
        page.locator("main").get_by_role("link", name="新增信息源").last.click()
        expect(page.get_by_role("heading", name="选择信息源类型")).to_be_visible()


def infect(site: Site, text: str) -> None:
    """Puts a hostile string into every text that comes from outside."""
    world = site.world
    for stories in (world.stories,):
        for name, story in stories.items():
            stories[name] = dataclasses.replace(story, headline=text, terms=(text,), category=text)
    for name, alert in world.alerts.items():
        world.alerts[name] = dataclasses.replace(
            alert, headline=text, summary=text, url=text, labels={"place": text}
        )
    for i, one in enumerate(world.analyses):
        document = dataclasses.replace(one.document, title=text, text=text, outlet=text, url=text)
        world.analyses[i] = dataclasses.replace(one, document=document)
    for name, source in world.sources.items():
        health = dataclasses.replace(source.health, last_error=text)
        world.sources[name] = dataclasses.replace(
            source, display_name=text, health=health, config={"url": text}
        )
    for name, monitor in world.monitors.items():
        world.monitors[name] = dataclasses.replace(monitor, display_name=text, query=text)
    for name, incident in world.incidents.items():
        noted = tuple(dataclasses.replace(one, text=text) for one in incident.timeline)
        world.incidents[name] = dataclasses.replace(incident, display_name=text, timeline=noted)


SHOWN = ("/", "/stories", "/stories/water", "/alerts", "/monitors", "/monitors/drinking-water", "/sources", "/incidents/water-1")  # fmt: skip
MARKS = "window.__struck === undefined && !document.querySelector('main script, main img, main iframe, main object, main embed, main style, main base, main meta, main link')"


@pytest.mark.slow
def test_hostile_strings_are_text_on_every_page(browser, mongo_server, tmp_path_factory):
    settings = mongo_server.settings(database=f"console_{uuid.uuid4().hex[:12]}")
    from console_stand_in.sample import sample

    assert len(STRINGS) >= 300
    with Site(tmp_path_factory.mktemp("naughty"), settings, sample()) as site:
        visitor = site.admin()
        # Forms refuse names of such a length; the pages still show them.
        with browsing(browser, site, visitor, refusals=True) as page:
            for start in range(0, len(STRINGS), 40):
                infect(site, "\n".join(STRINGS[start : start + 40]))
                for path in SHOWN:
                    assert page.goto(path).status == 200, path
                    assert page.evaluate(MARKS), path


def test_each_hostile_string_alone_arrives_as_the_text_it_is(browser, site, admin):
    world, name = site.world, "stories/bridge"
    kept = world.stories[name]
    with browsing(browser, site, admin) as page:
        for text in STRINGS[::6]:
            world.stories[name] = dataclasses.replace(kept, headline=text)
            page.goto("/stories/bridge")
            shown = page.locator("h1").evaluate("e => e.textContent")
            assert shown.split() == (text or "（无标题）").split()
    world.stories[name] = kept
