"""A small web server on loopback for tests of whatever fetches."""

from __future__ import annotations

import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer


@dataclass(frozen=True, slots=True)
class Page:
    """What the server answers at one path."""

    body: bytes
    status: int = 200
    headers: Mapping[str, str] = field(default_factory=dict)


class LocalSite:
    """Serves what tests put on it; a page with an ETag answers 304 to whoever has it."""

    def __init__(self) -> None:
        """Starts empty: every path answers 404."""
        self.url = ""
        self.requests: list[str] = []  # paths with queries, in the order they came
        self._pages: dict[str, Page] = {}

    def put(
        self,
        path: str,
        body: bytes | str = b"",
        *,
        status: int = 200,
        headers: Mapping[str, str] | None = None,
    ) -> str:
        """Puts a page at a path and returns its URL."""
        data = body.encode() if isinstance(body, str) else body
        self._pages[path] = Page(data, status, headers or {})
        return self.url + path

    def page(self, target: str, etag: str) -> Page:
        """Returns the answer to a request."""
        self.requests.append(target)
        page = self._pages.get(target.partition("?")[0], Page(b"", 404))
        return Page(b"", 304) if etag and page.headers.get("ETag") == etag else page


@contextmanager
def local_site() -> Iterator[LocalSite]:
    """Runs a server on a free port of loopback until the block ends."""
    site = LocalSite()

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            page = site.page(self.path, self.headers.get("If-None-Match", ""))
            self.send_response(page.status)
            for name, value in page.headers.items():
                self.send_header(name, value)
            self.send_header("Content-Length", str(len(page.body)))
            self.end_headers()
            self.wfile.write(page.body)

        def log_message(self, *_: object) -> None:
            """Keeps quiet: pytest shows what matters."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        site.url = f"http://127.0.0.1:{server.server_port}"
        thread = threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True)
        thread.start()
        try:
            yield site
        finally:
            server.shutdown()
            thread.join()
