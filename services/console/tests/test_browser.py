"""The console as people use it, in the system's Chromium, with no network but loopback."""

from __future__ import annotations

import dataclasses
import re
from datetime import UTC, datetime

import pytest
from console_stand_in.chrome import browsing
from playwright.sync_api import expect

from groundswell_core.alerts import AlertState
from groundswell_core.grades import Level

pytestmark = pytest.mark.browser
PAGES = (
    "/", "/stories", "/stories/water", "/stories/recall", "/search", "/search?kind=documents",
    "/documents/water00", "/monitors/drinking-water/backtests/first", "/alerts", "/alerts/water00000000000", "/monitors",
    "/monitors/new", "/monitors/drinking-water", "/sources", "/sources/north-wire", "/sources/new",
    "/sources/new?kind=feed", "/sources/new?kind=hotlist", "/sources/city-daily/edit", "/incidents",
    "/incidents/water-1", "/incidents/new?story=stories/water", "/account", "/account/password",
    "/accounts", "/about",
)  # fmt: skip


@pytest.fixture
def refused_page(browser, site, admin):
    """A page on which something is refused on purpose, which the browser logs."""
    with browsing(browser, site, admin, refusals=True) as page:
        yield page


def test_somebody_logs_in_with_the_one_time_password_and_chooses_their_own(browser, site, admin):
    made = admin.post(
        "/accounts", admin.get("/accounts").csrf, name="newcomer", role="VIEWER",
        display_name="新人", department="",
    )  # fmt: skip
    password = re.search(r'id="one-time">([^<]+)<', made.text)[1]
    with browsing(browser, site, site.visitor()) as page:
        page.goto("/stories/water")
        page.get_by_label("账户名").fill("newcomer")
        page.get_by_label("密码").fill(password)
        page.keyboard.press("Enter")
        expect(page).to_have_url(re.compile("/account/password"))
        page.get_by_label("一次性密码").fill(password)
        page.get_by_label("新密码", exact=False).nth(0).fill("four unrelated words here")
        page.get_by_label("再次输入新密码").fill("four unrelated words here")
        page.get_by_role("button", name="修改密码").click()
        expect(page.get_by_text("密码已修改")).to_be_visible()


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("language", ["zh", "en"])
def test_every_page_works_in_every_language_and_theme_without_a_complaint_of_the_browser(
    browser, site, admin, language, theme
):
    with browsing(browser, site, admin) as page:
        for name, value in (("language", language), ("theme", theme)):
            page.context.add_cookies(
                [{"name": f"groundswell-{name}", "value": value, "url": site.url}]
            )
        for path in PAGES:
            assert page.goto(path).status == 200
            assert page.locator("html").get_attribute("data-theme") == theme
            assert page.locator("html").get_attribute("lang").startswith(language)
            expect(page.locator("h1")).to_have_count(1)
            overflow = "document.documentElement.scrollWidth - document.documentElement.clientWidth"
            assert page.evaluate(overflow) == 0, path


@pytest.mark.parametrize("width", [360, 820])
def test_no_page_is_wider_than_a_small_screen(browser, site, admin, width):
    with browsing(browser, site, admin, viewport={"width": width, "height": 740}) as page:
        for path in PAGES:
            page.goto(path)
            overflow = "document.documentElement.scrollWidth - document.documentElement.clientWidth"
            assert page.evaluate(overflow) <= 0, path


def test_a_new_alert_shows_on_the_open_overview_by_itself(page, site):
    page.goto("/")
    expect(page.locator("#live-state")).to_have_attribute("data-state", "live")
    old = next(iter(site.world.alerts.values()))
    now = datetime.now(UTC)
    site.services.publish(
        dataclasses.replace(
            old, name="alerts/fresh0001", headline="地铁站台突发拥挤", version=1, start_time=now
        )
    )
    expect(page.locator("#a-fresh0001")).to_contain_text("地铁站台突发拥挤")
    expect(page.locator("#messages")).to_contain_text("I 级预警：地铁站台突发拥挤")
    expect(page.locator("#announcer")).to_contain_text("地铁站台突发拥挤")
    expect(page.locator("#tile-I .tile-count")).to_have_text("2")
    site.services.publish(
        dataclasses.replace(
            site.world.alerts["alerts/fresh0001"],
            state=AlertState.RESOLVED,
            version=2,
            end_time=now,
        )
    )
    expect(page.locator("#a-fresh0001")).to_have_count(0)


def test_acknowledging_works_in_place_and_says_who(page, site):
    old = next(iter(site.world.alerts.values()))
    name = "alerts/ack0001"
    site.world.alerts[name] = dataclasses.replace(
        old, name=name, headline="待确认的预警", acknowledge_time=None, acknowledged_by=""
    )
    page.goto("/")
    row = page.locator("#a-ack0001")
    row.get_by_role("button", name="确认").click()
    expect(row).to_contain_text("✓ admin")
    expect(page).to_have_url(re.compile("/$"))
    assert site.world.alerts[name].acknowledged_by == "admin"
    del site.world.alerts[name]


def test_a_story_says_what_where_how_fast_how_serious_and_why(page):
    page.goto("/stories/water")
    expect(page.locator("#series[data-drawn] svg")).to_be_visible()
    assert page.locator("#series svg path").count() > 20
    main = page.locator("main")
    for words in ("发展速度", "严重程度与依据", "说的是什么", "涉及地点", "发展脉络", "覆盖情况"):
        expect(main.get_by_role("heading", name=words)).to_be_visible()
    expect(main).to_contain_text("最近一小时 31 篇，其中最近十分钟 12 篇")
    expect(main).to_contain_text("最近一小时文档由 31 篇增至 61 篇，将升至 I 级")
    expect(main).to_contain_text("7 个信息源中有 5 个按时上报")
    link = page.locator(".documents a").first
    assert set(link.get_attribute("rel").split()) >= {"noopener", "noreferrer", "nofollow"}
    before = page.locator(".document").count()
    page.get_by_role("button", name="加载更多文档").click()
    expect(page.locator(".document")).to_have_count(before + 10)


def test_errors_of_a_query_are_underlined_at_their_place_while_it_is_typed(page):
    page.goto("/monitors/new")
    query = page.locator("#query")
    query.press_sequentially("😀水 AND (异味")
    marked = page.locator("#mirror mark")
    expect(marked).to_have_text("(")
    expect(page.locator("#query-errors")).to_contain_text("第 8 个字")
    expect(page.locator("#query-errors")).to_contain_text("左括号没有配对")
    assert page.locator("#mirror").text_content() == "😀水 AND (异味"
    page.locator("[data-jump]").click()
    # Eight code points are nine UTF-16 units before it, less the bracket itself.
    assert query.evaluate("box => box.selectionStart") == 8
    query.press("End")
    query.press_sequentially(")")
    expect(marked).to_have_count(0)
    expect(page.locator("#query-errors")).to_contain_text("可以理解为")


def test_the_mirror_lies_exactly_under_the_text(page):
    page.goto("/monitors/drinking-water")
    box = page.locator("#query").bounding_box()
    assert page.locator("#mirror").bounding_box() == box
    style = "e => { const s = getComputedStyle(e); return [s.font, s.padding, s.lineHeight, s.whiteSpace, s.wordBreak, s.borderWidth]; }"
    assert page.locator("#query").evaluate(style) == page.locator("#mirror").evaluate(style)


def test_a_monitor_is_made_changed_switched_and_deleted(refused_page, site):
    page = refused_page
    page.goto("/monitors/new")
    page.locator("[name=display_name]").fill("Metro crowding 地铁")
    expect(page.locator("[name=id]")).to_have_value("metro-crowding")
    page.locator("#query").fill("自来水 OR 地铁")
    expect(page.locator("#preview")).to_contain_text("篇文档中匹配 30 篇")
    page.get_by_role("button", name="保存").click()
    expect(page.get_by_text("监测方案已建立")).to_be_visible()
    row = page.locator("tr", has_text="Metro crowding")
    row.get_by_role("button", name="试运行").click()
    expect(row.locator("button.is-SHADOW")).to_have_attribute("aria-pressed", "true")
    assert site.world.monitors["monitors/metro-crowding"].state.name == "SHADOW"
    row.get_by_role("link", name="Metro crowding").click()
    page.locator("#query").fill("地铁 AND")
    page.get_by_role("button", name="保存").click()
    expect(page.locator("main")).to_contain_text("填写的内容有误")
    assert page.locator("#query").input_value() == "地铁 AND"
    page.get_by_text("删除此监测方案…").click()
    page.get_by_role("button", name="确认删除").click()
    expect(page.get_by_text("监测方案已删除")).to_be_visible()
    assert "monitors/metro-crowding" not in site.world.monitors


def test_a_source_is_tried_before_it_is_saved_and_paused_afterwards(page, site):
    page.goto("/sources/new")
    page.get_by_role("link", name="订阅源").click()
    page.locator("[name='config.url']").fill("https://broken.example/feed")
    page.get_by_role("button", name="读取一次").click()
    expect(page.locator("#check")).to_contain_text("the answer is HTML, not a feed")
    page.locator("[name='config.url']").fill("https://good.example/feed")
    page.get_by_role("button", name="读取一次").click()
    expect(page.locator("#check")).to_contain_text("读取成功，共 17 篇文档")
    page.locator("[name=display_name]").fill("Good Feed")
    page.get_by_role("button", name="保存").click()
    expect(page.get_by_text("信息源已添加")).to_be_visible()
    made = site.world.sources["sources/good-feed"]
    assert dict(made.config) == {"url": "https://good.example/feed"}
    page.goto("/sources")
    row = page.locator("#u-good-feed")
    row.get_by_role("button", name="暂停").click()
    expect(row).to_contain_text("已暂停")
    row.get_by_role("button", name="恢复").click()
    expect(row).not_to_contain_text("已暂停")


def test_an_incident_goes_its_whole_way(page, site):
    page.goto("/stories/school")
    page.get_by_role("link", name="新建处置事件").click()
    assert "某中学食堂" in page.locator("[name=display_name]").input_value()
    page.locator("[name=note]").fill("学生已送医，情况稳定。")
    page.get_by_role("button", name="新建处置事件").click()
    expect(page.get_by_text("处置事件已建立")).to_be_visible()
    page.get_by_role("button", name="接手处置").click()
    page.locator("[name=text]").fill("已联系\n疾控中心")
    page.get_by_role("button", name="添加记录").click()
    expect(page.locator(".timeline")).to_contain_text("疾控中心")
    page.locator("[name=reason]").select_option("RESOLVED")
    page.get_by_role("button", name="结案").click()
    expect(page.locator(".marks")).to_contain_text("已妥善处置")
    page.get_by_role("button", name="重新打开").click()
    expect(page.locator(".marks")).to_contain_text("处置中")
    made = next(one for one in site.world.incidents.values() if one.opened_by == "manual")
    assert [entry.event for entry in made.timeline] == [
        "opened", "acknowledged", "note", "closed", "reopened",
    ]  # fmt: skip
    assert made.level in (Level.II, int(Level.II))


def test_the_keyboard_reaches_everything(page):
    page.goto("/")
    page.keyboard.press("Tab")
    expect(page.locator(".skip")).to_be_focused()
    page.keyboard.press("Enter")
    page.keyboard.press("g")
    page.keyboard.press("a")
    expect(page).to_have_url(re.compile("/alerts"))
    page.keyboard.press("j")
    page.keyboard.press("j")
    expect(page.locator(".is-current")).to_have_count(1)
    expect(page.locator(".is-current a.headline")).to_be_focused()
    page.keyboard.press("Enter")
    expect(page).to_have_url(re.compile("/alerts/[a-z]+0"))
    page.keyboard.press("?")
    expect(page.locator("#shortcuts")).to_be_visible()
    page.locator("#keys-on").uncheck()
    page.keyboard.press("Escape")
    page.keyboard.press("g")
    page.keyboard.press("o")
    expect(page).to_have_url(re.compile("/alerts/"))
    page.locator(".menu > summary").press("Enter")
    expect(page.get_by_role("link", name="我的账户")).to_be_visible()


def test_keys_typed_into_a_field_are_text(page):
    page.goto("/stories")
    page.keyboard.press("/")
    search = page.locator("[data-search]")
    expect(search).to_be_focused()
    search.press_sequentially("gajk?")
    expect(search).to_have_value("gajk?")
    expect(page).to_have_url(re.compile("/stories$"))


def test_language_and_theme_switch_in_place_and_are_remembered(page):
    page.goto("/stories/water?x=1")
    page.locator("#language-switch").click()
    expect(page).to_have_url(re.compile(r"/stories/water\?x=1"))
    expect(page.get_by_role("heading", name="How serious, and why")).to_be_visible()
    page.locator("#theme-switch").click()
    expect(page.locator("html")).to_have_attribute("data-theme", "dark")
    ground = page.evaluate("getComputedStyle(document.body).backgroundColor")
    assert ground == "rgb(14, 19, 24)"
    page.goto("/")
    expect(page.locator("html")).to_have_attribute("lang", "en")
    expect(page.locator("html")).to_have_attribute("data-theme", "dark")
