"""Nobody gets in, and nothing changes but by a form of ours: asked of a running console."""

from __future__ import annotations

import dataclasses
import http.client
import re

import pytest
from starlette.routing import Route

from groundswell_console.headers import HEADERS
from groundswell_console.web import PAGES

ROUTES = [route for page in PAGES for route in page.ROUTES]
READING = [route.path for route in ROUTES if "GET" in route.methods]
CHANGING = [route.path for route in ROUTES if "POST" in route.methods]
OPEN = {"/login", "/preferences"}
NAMES = {
    "/stories": "water",
    "/alerts": "water00000000000",
    "/monitors": "drinking-water",
    "/sources": "city-daily",
    "/incidents": "water-1",
    "/documents": "water00",
}


def filled(path: str) -> str:
    identifier = NAMES.get("/" + path.split("/")[1], "x")
    path = path.replace("{id}", identifier).replace("{name}", "nobody")
    return path.replace("{backtest}", "first")


def test_every_route_is_known_to_these_tests():
    assert all(isinstance(route, Route) for route in ROUTES)
    assert len(READING) > 20
    assert len(CHANGING) > 20
    assert not set(READING) & {route.path for route in ROUTES if "PUT" in route.methods}


@pytest.mark.parametrize("path", [path for path in READING if path not in OPEN])
def test_a_visitor_reads_nothing(site, path):
    answer = site.visitor().get(filled(path))
    assert answer.status in (303, 401)
    assert "/login" in (answer.headers["Location"] or answer.headers["HX-Redirect"])
    assert "自来水" not in answer.text


@pytest.mark.parametrize("path", [path for path in CHANGING if path not in OPEN])
def test_a_visitor_changes_nothing_even_with_a_token_of_the_log_in_page(site, path):
    visitor = site.visitor()
    answer = visitor.post(filled(path), visitor.get("/login").csrf)
    assert (answer.status, answer.headers["Location"]) == (303, "/login")


@pytest.mark.parametrize(
    "headers",
    [
        {"Origin": "https://evil.example", "Sec_Fetch_Site": "cross-site"},
        {"Origin": "https://evil.example"},
        {"Origin": "null"},
        {"Sec_Fetch_Site": "cross-site"},
        {"Sec_Fetch_Site": "same-site"},
        {},
    ],
    ids=["cross-site", "origin", "null-origin", "fetch-site", "same-site", "none"],
)
def test_every_changing_route_refuses_a_call_from_another_site(admin, headers):
    csrf = admin.get("/account").csrf
    for path in CHANGING:
        answer = admin.ask(
            "POST",
            filled(path),
            f"csrf={csrf}",
            Content_Type="application/x-www-form-urlencoded",
            **headers,
        )
        assert answer.status == 403, path


@pytest.mark.parametrize("csrf", ["", "0" * 64, "ü"])
def test_every_changing_route_refuses_a_form_without_its_token(admin, csrf):
    for path in CHANGING:
        assert admin.post(filled(path), csrf).status == 403, path


def test_a_token_of_another_session_is_refused(site, admin):
    other = site.admin().get("/account").csrf
    assert admin.post("/logout", other).status == 403
    assert admin.get("/account").status == 200


@pytest.mark.parametrize("path", [path for path in READING if path != "/live"])
def test_every_page_carries_the_headers_and_nothing_inline(admin, path):
    answer = admin.get(filled(path) + ("?kind=feed" if path == "/sources/new" else ""))
    assert answer.status in (200, 303), path
    for name, value in HEADERS.items():
        assert answer.headers[name] == value
    assert answer.headers["Cache-Control"] == "no-store"
    assert not re.search(
        r"<script(?![^>]*\bsrc=)|<style|\sstyle=|\son\w+=|javascript:", answer.text
    )


@pytest.mark.parametrize("path", ["/nothing", "/stories/none", "/monitors/none", "/static/none.js"])
def test_what_is_not_there_carries_the_headers_too(admin, path):
    answer = admin.get(path)
    assert answer.status == 404
    assert answer.headers["Content-Security-Policy"] == HEADERS["Content-Security-Policy"]


def test_static_files_are_kept_by_browsers_only_under_a_name_that_changes(admin):
    page = admin.get("/").text
    versioned = re.search(r"/static/base\.css\?v=[0-9a-f]+", page)
    assert "immutable" in admin.get(versioned[0]).headers["Cache-Control"]
    assert admin.get("/static/base.css").headers["Cache-Control"] == "no-cache"
    assert admin.get("/static/../settings.py").status == 404


def test_logging_in_opens_a_new_session_and_logging_out_ends_it(site):
    visitor = site.admin()
    first = dict(visitor.cookies)
    assert "HttpOnly" in site.visitor().get("/login").headers["Set-Cookie"]
    again = site.visitor()
    again.cookies = dict(first)
    assert again.get("/").status == 200
    visitor.post("/logout", visitor.get("/account").csrf)
    again.cookies = dict(first)
    assert again.get("/").status == 303


def test_a_session_that_somebody_planted_is_not_the_one_that_logs_in(site):
    site.admin()
    visitor = site.visitor()
    visitor.cookies["groundswell-session"] = "planted"
    visitor.log_in("admin", "correct horse battery staple")
    assert visitor.cookies["groundswell-session"] != "planted"
    assert visitor.get("/").status == 200


def test_a_one_time_password_opens_nothing_but_the_page_that_changes_it(site, admin):
    page = admin.get("/accounts")
    made = admin.post(
        "/accounts", page.csrf, name="fresh", role="ADMIN", display_name="", department=""
    )
    password = re.search(r'id="one-time">([^<]+)<', made.text)[1]
    visitor = site.visitor()
    visitor.log_in("fresh", password)
    for path in READING:
        if path not in {"/account/password", "/login", "/live"}:
            assert visitor.get(filled(path)).headers["Location"] == "/account/password", path


@pytest.mark.parametrize(
    ("role", "path"),
    [
        ("VIEWER", "/alerts/water00000000000/acknowledge"),
        ("VIEWER", "/monitors/drinking-water/delete"),
        ("ANALYST", "/sources/city-daily/pause"),
        ("DUTY_OFFICER", "/sources/city-daily/delete"),
        ("LEAD", "/accounts"),
        ("LEAD", "/accounts/admin/reset"),
    ],
)
def test_a_role_that_is_too_low_is_refused_and_told_which_it_needs(site, role, path):
    name = role.lower() + path.replace("/", ".")
    visitor = site.person(name, role)
    answer = visitor.post(path, visitor.get("/account").csrf)
    assert answer.status == 403
    assert "需要角色" in answer.text


def test_a_disabled_account_is_out_at_once(site, admin):
    visitor = site.person("leaver", "VIEWER")
    assert visitor.get("/").status == 200
    admin.post("/accounts/leaver/disabled", admin.get("/accounts").csrf, disabled="1")
    assert visitor.get("/").status == 303
    assert visitor.log_in("leaver", "correct horse battery staple").status == 401


def test_too_many_failures_wait_and_say_so(site):
    visitor = site.visitor()
    for _ in range(5):
        assert visitor.log_in("victim", "guess").status == 401
    answer = visitor.log_in("victim", "guess")
    assert answer.status == 429
    assert "分钟后再试" in answer.text


@pytest.mark.parametrize("wanted", ["//evil.example", "https://evil.example", "/\\evil.example"])
def test_a_log_in_leads_nowhere_else(site, wanted):
    site.admin()
    visitor = site.visitor()
    page = visitor.get("/login")
    answer = visitor.post(
        "/login", page.csrf, name="admin", password="correct horse battery staple", next=wanted
    )
    assert answer.headers["Location"] == "/"


@pytest.mark.parametrize("body", ["x" * 300_000, "a=1&" * 2000, "%"])
def test_a_body_that_is_no_form_of_ours_is_refused(admin, body):
    answer = admin.ask("POST", "/monitors", body, Origin=admin.origin)
    assert answer.status in (403, 422)


def test_the_probes_need_no_log_in_and_tell_nothing(site):
    assert site.visitor().get("/healthz").text == "ok"
    assert site.visitor().get("/readyz").text == "ok"


def test_no_password_or_token_is_in_the_log(site):
    admin = site.admin()
    assert "correct horse" not in site.log
    assert admin.cookies["groundswell-session"] not in site.log


def test_services_are_asked_in_the_name_of_the_person_who_is_logged_in(site):
    site.person("water.officer", "DUTY_OFFICER", "departments/water")
    alert = next(iter(site.world.alerts.values()))
    site.world.alerts[alert.name] = dataclasses.replace(alert, acknowledge_time=None)
    visitor = site.visitor()
    visitor.log_in("water.officer", "correct horse battery staple")
    visitor.post(f"/{alert.name}/acknowledge", visitor.get("/account").csrf)
    assert site.world.alerts[alert.name].acknowledged_by == "water.officer"


def test_pages_are_measured_by_the_name_of_their_function(site, admin):
    admin.get("/stories/water")
    connection = http.client.HTTPConnection("127.0.0.1", site.metrics_port, timeout=10)
    connection.request("GET", "/metrics")
    text = connection.getresponse().read().decode()
    connection.close()
    assert 'groundswell_console_request_seconds_count{page="stories.show",status="200"}' in text
    assert "groundswell_console_streams" in text
