"""Fixtures of the console's tests: a whole site a module, and a browser."""

from __future__ import annotations

import shutil
import sys
import uuid
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect, sync_playwright

from groundswell_core.embedded import EmbeddedMongo

# Test folders are no packages; this one holds the stand-ins that several test files share.
sys.path.insert(0, str(Path(__file__).parent))

from console_stand_in.chrome import FLAGS, browsing
from console_stand_in.sample import sample
from console_stand_in.site import Site, Visitor

# Two browsers and their servers may share two cores: what a page shows may take a while.
expect.set_options(timeout=20_000)


@pytest.fixture(scope="module")
def site(mongo_server: EmbeddedMongo, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """Gives a console over sample data."""
    settings = mongo_server.settings(database=f"console_{uuid.uuid4().hex[:12]}")
    with Site(tmp_path_factory.mktemp("site"), settings, sample()) as running:
        yield running


@pytest.fixture(scope="session")
def chromium() -> str:
    """Gives the path of the system's Chromium."""
    path = shutil.which("chromium") or shutil.which("chromium-browser")
    if path is None:
        pytest.skip("Chromium is not installed: apt-get install chromium fonts-noto-cjk")
    return path


@pytest.fixture(scope="module")
def browser(chromium: str) -> Iterator[Browser]:
    """Gives the system's Chromium for one file of plain (not async) tests."""
    with sync_playwright() as playwright:
        launched = playwright.chromium.launch(executable_path=chromium, args=FLAGS)
        yield launched
        launched.close()


@pytest.fixture(scope="module")
def admin(site: Site) -> Visitor:
    """Gives the administrator, logged in."""
    return site.admin()


@pytest.fixture
def page(browser: Browser, site: Site, admin: Visitor) -> Iterator[Page]:
    """Gives a page of the administrator; the test fails when the page misbehaves."""
    with browsing(browser, site, admin) as page:
        yield page
