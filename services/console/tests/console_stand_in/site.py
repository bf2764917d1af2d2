"""A whole console for tests: its own process over a real mongod and the stand-ins."""

from __future__ import annotations

import http.client
import os
import re
import subprocess
import sys
import threading
import time
from dataclasses import dataclass, field
from http.cookies import SimpleCookie
from pathlib import Path
from typing import Self
from urllib.parse import urlencode

from console_stand_in.servers import StandIns
from console_stand_in.world import World
from groundswell_core.embedded import free_port
from groundswell_core.settings import MongoSettings
from groundswell_core.testing.keys import TestKeys

PASSWORD = "correct horse battery staple"
_CSRF = re.compile(r'name="csrf" value="(\w+)"')


@dataclass
class Answer:
    """What the console answered."""

    status: int
    headers: http.client.HTTPMessage
    text: str

    @property
    def csrf(self) -> str:
        """Returns the CSRF token of the page's forms."""
        found = _CSRF.search(self.text)
        assert found, self.text[:500]
        return found[1]


@dataclass
class Visitor:
    """A browser without scripts: keeps cookies, follows nothing."""

    port: int
    cookies: dict[str, str] = field(default_factory=dict)

    @property
    def origin(self) -> str:
        """Returns the console's origin."""
        return f"http://127.0.0.1:{self.port}"

    def ask(self, method: str, path: str, body: str = "", **headers: str) -> Answer:
        """Sends one request."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=20)
        sent = {name.replace("_", "-"): value for name, value in headers.items()}
        if self.cookies:
            sent["Cookie"] = "; ".join(f"{name}={value}" for name, value in self.cookies.items())
        connection.request(method, path, body, sent)
        answer = connection.getresponse()
        text = answer.read().decode()
        for line in answer.headers.get_all("Set-Cookie") or ():
            for name, morsel in SimpleCookie(line).items():
                self._keep(name, morsel.value, morsel["max-age"])
        connection.close()
        return Answer(answer.status, answer.headers, text)

    def _keep(self, name: str, value: str, age: str) -> None:
        if age == "0" or not value:
            self.cookies.pop(name, None)
        else:
            self.cookies[name] = value

    def get(self, path: str, **headers: str) -> Answer:
        """Reads a page."""
        return self.ask("GET", path, **headers)

    def post(self, path: str, csrf: str, **fields: str) -> Answer:
        """Sends a form as this site's own pages do."""
        return self.ask(
            "POST",
            path,
            urlencode({"csrf": csrf, **fields}),
            Origin=self.origin,
            Sec_Fetch_Site="same-origin",
            Content_Type="application/x-www-form-urlencoded",
        )

    def log_in(self, name: str, password: str) -> Answer:
        """Fills in the log-in."""
        return self.post("/login", self.get("/login").csrf, name=name, password=password)


class Site:
    """The console's process, its store and the services behind it."""

    def __init__(self, folder: Path, mongo: MongoSettings, world: World, **settings: str) -> None:
        self.folder = folder
        self.mongo = mongo
        self.port = free_port()
        self.metrics_port = free_port()
        self.keys = TestKeys(folder)
        self.services = StandIns(self.keys, world)
        self.settings = settings
        self.password_file = folder / "first-password"
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def world(self) -> World:
        """Returns the data behind the services."""
        return self.services.world

    @property
    def url(self) -> str:
        """Returns the console's address."""
        return f"http://127.0.0.1:{self.port}"

    @property
    def log(self) -> str:
        """Returns what the console logged."""
        return (self.folder / "console.log").read_text()

    def __enter__(self) -> Self:
        self.services.__enter__()
        self.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()
        self.services.__exit__()

    def environment(self) -> dict[str, str]:
        """Returns the environment of the console's process."""
        peers = {
            f"GROUNDSWELL_PEERS__{name.upper()}": f"127.0.0.1:{port}"
            for name, port in self.services.ports.items()
        }
        return {
            **os.environ,
            **peers,
            "GROUNDSWELL_MONGO__URL": self.mongo.url.get_secret_value(),
            "GROUNDSWELL_MONGO__DATABASE": self.mongo.database,
            "GROUNDSWELL_AUTH__KEY_FILE": str(self.folder / "console.jwk"),
            "GROUNDSWELL_AUTH__TRUST_FILE": str(self.keys.trust_file),
            "GROUNDSWELL_METRICS__PORT": str(self.metrics_port),
            "GROUNDSWELL_CONSOLE__PORT": str(self.port),
            "GROUNDSWELL_CONSOLE__FIRST_PASSWORD_FILE": str(self.password_file),
            **self.settings,
        }

    def start(self) -> None:
        """Starts the console and waits until it answers."""
        with (self.folder / "console.log").open("ab") as log:
            self._process = subprocess.Popen(
                [sys.executable, "-m", "groundswell_console"],
                env=self.environment(),
                stdout=log,
                stderr=log,
            )
        deadline = time.monotonic() + 60
        while not self._answers():
            assert self._process.poll() is None, self.log
            assert time.monotonic() < deadline, self.log
            threading.Event().wait(0.05)

    def stop(self) -> int:
        """Ends the console in order and returns its exit code."""
        assert self._process is not None
        self._process.terminate()
        try:
            return self._process.wait(timeout=30)
        finally:
            self._process.kill()

    def _answers(self) -> bool:
        try:
            return self.visitor().get("/healthz").status == 200
        except OSError:
            return False

    def visitor(self) -> Visitor:
        """Returns somebody who has not logged in."""
        return Visitor(self.port)

    def admin(self) -> Visitor:
        """Returns the administrator, logged in with a password of their own."""
        visitor = self.visitor()
        if not self.password_file.exists():
            assert visitor.log_in("admin", PASSWORD).status == 303
            return visitor
        first = self.password_file.read_text().strip()
        assert visitor.log_in("admin", first).status == 303
        page = visitor.get("/account/password")
        changed = visitor.post(
            "/account/password", page.csrf, old=first, new=PASSWORD, again=PASSWORD
        )
        assert changed.status == 303, changed.text
        return visitor

    def person(self, name: str, role: str, department: str = "") -> Visitor:
        """Makes an account of a role and returns its person, logged in."""
        admin = self.admin()
        page = admin.get("/accounts")
        made = admin.post(
            "/accounts", page.csrf, name=name, role=role, department=department, display_name=""
        )
        one_time = re.search(r'id="one-time">([^<]+)<', made.text)
        assert one_time, made.text
        visitor = self.visitor()
        visitor.log_in(name, one_time[1])
        page = visitor.get("/account/password")
        visitor.post("/account/password", page.csrf, old=one_time[1], new=PASSWORD, again=PASSWORD)
        return visitor
