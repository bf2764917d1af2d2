"""A real server on loopback and a fetcher that may dial it."""

import asyncio
from contextlib import asynccontextmanager

import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer

from groundswell_collector.fetch.fetcher import open_fetcher
from groundswell_collector.fetch.settings import FetchSettings
from groundswell_core.clock import SystemClock

LOOPBACK = "127.0.0.0/8,::1/128"


class Site:
    """A server that answers what the test says, and remembers who asked."""

    def __init__(self):
        self.answers = {}
        self.requests = []
        self.at_once = 0
        self.most_at_once = 0

    def answer(self, path, handler):
        self.answers[path] = handler

    @property
    def paths(self):
        return [request.path for request in self.requests if request.path != "/robots.txt"]

    async def handle(self, request):
        self.requests.append(request)
        self.at_once += 1
        self.most_at_once = max(self.at_once, self.most_at_once)
        try:
            handler = self.answers.get(request.path)
            if handler is None:
                return web.Response(status=404)
            answer = handler(request)
            return await answer if asyncio.iscoroutine(answer) else answer
        finally:
            self.at_once -= 1


@pytest.fixture
async def site():
    site = Site()
    app = web.Application()
    app.router.add_route("*", "/{path:.*}", site.handle)
    async with TestServer(app) as server:
        site.url = f"http://127.0.0.1:{server.port}"
        site.port = server.port
        yield site


@pytest.fixture
def fetching():
    """Opens a fetcher with settings; loopback is allowed and hosts need no pause unless told."""

    @asynccontextmanager
    async def opened(clock=None, **settings):
        given = {"allowed_networks": LOOPBACK, "host_delay": 0.0, **settings}
        async with open_fetcher(FetchSettings(**given), clock or SystemClock()) as fetcher:
            yield fetcher

    return opened
