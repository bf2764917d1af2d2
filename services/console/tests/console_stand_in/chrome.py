"""A page in the system's Chromium that fails the test for anything a console must not do."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

from playwright.sync_api import Browser, BrowserContext, Page

from console_stand_in.site import Site, Visitor

FLAGS = [
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
# A refused request is logged by the browser and by htmx; tests that provoke one say so.
_REFUSED = (
    "Failed to load resource",
    "htmx: htmx:sse:error",
    "htmx: htmx:response:error",
    "htmx: htmx:error: Failed to fetch",
)


@dataclass
class Watch:
    """What a page did that it must not: errors, dialogs, requests to elsewhere."""

    origin: str
    problems: list[str] = field(default_factory=list)
    refused: list[str] = field(default_factory=list)

    def on_console(self, message) -> None:
        if message.type in ("error", "warning"):
            kept = self.refused if message.text.startswith(_REFUSED) else self.problems
            kept.append(f"console: {message.text}")

    def on_request(self, request) -> None:
        if not request.url.startswith((self.origin, "data:", "blob:", "about:")):
            self.problems.append(f"request: {request.url}")

    def on_dialog(self, dialog) -> None:
        self.problems.append(f"dialog: {dialog.message}")
        dialog.dismiss()

    def follow(self, page: Page) -> None:
        """Hears everything that the page does."""
        page.on("console", self.on_console)
        page.on("pageerror", lambda error: self.problems.append(f"error: {error}"))
        page.on("request", self.on_request)
        page.on("dialog", self.on_dialog)


@contextmanager
def browsing(
    browser: Browser, site: Site, visitor: Visitor, *, refusals: bool = False, **options
) -> Iterator[Page]:
    """Yields a page of somebody who is logged in; fails when the page misbehaved."""
    context: BrowserContext = browser.new_context(
        **{
            "viewport": {"width": 1280, "height": 800},
            "locale": "zh-CN",
            "timezone_id": "Asia/Shanghai",
            "base_url": site.url,
            "reduced_motion": "reduce",
            **options,
        }
    )
    context.add_cookies(
        [{"name": name, "value": value, "url": site.url} for name, value in visitor.cookies.items()]
    )
    context.set_default_timeout(15_000)
    watch = Watch(site.url)
    page = context.new_page()
    watch.follow(page)
    try:
        yield page
        assert not watch.problems, watch.problems
        assert refusals or not watch.refused, watch.refused
    finally:
        context.close()
