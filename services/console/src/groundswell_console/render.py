"""Pages from templates: every value is escaped, every text comes from the catalogue."""

from __future__ import annotations

import hashlib
from datetime import UTC, datetime
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import Any

from jinja2 import Environment, PackageLoader, StrictUndefined
from starlette.requests import Request
from starlette.responses import HTMLResponse

from groundswell_console.durations import duration
from groundswell_console.person import Person
from groundswell_console.sentences import translated
from groundswell_console.shapes import number, safe_link
from groundswell_console.texts import LANGUAGES, NAMES, TAGS, Texts
from groundswell_core.codec import whole
from groundswell_core.grades import Level

STATIC = Path(str(files("groundswell_console").joinpath("static")))
THEMES = ("auto", "light", "dark")
ZONES = (
    "",
    "UTC",
    "Asia/Shanghai",
    "Asia/Hong_Kong",
    "Asia/Taipei",
    "Asia/Singapore",
    "Asia/Tokyo",
    "Europe/London",
    "Europe/Berlin",
    "America/New_York",
    "America/Los_Angeles",
)
LEVELS = (Level.I, Level.II, Level.III, Level.IV)


def environment() -> Environment:
    """Returns the template environment: autoescape for everything, a missing value is an error."""
    made = Environment(
        loader=PackageLoader("groundswell_console", "templates"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        auto_reload=False,
    )
    made.globals |= {
        "static": static_url,
        "LEVELS": LEVELS,
        "NO_LEVEL": Level.NONE,
        "LANGUAGES": LANGUAGES,
        "LANGUAGE_NAMES": NAMES,
        "THEMES": THEMES,
        "ZONES": ZONES,
    }
    made.filters |= {
        "link": safe_link,
        "id": lambda name: str(name).rpartition("/")[2],
        "iso": lambda moment: moment.isoformat(timespec="seconds"),
        "fallback_time": _fallback_time,
        "plain": whole,
        "points": lambda value: f"{value:.1f}",
        "points2": lambda value: f"{value:.2f}",
        "plain_number": lambda value: f"{value:g}",
        "grouped": lambda value: f"{value:,.0f}",
        "percent": lambda share: f"{100 * share:.0f} %" if share >= 0.01 or not share else "<1 %",
        "day": lambda moment: f"{moment:%Y-%m-%d}",
        "seconds": lambda span: span.total_seconds(),
    }
    return made


def _fallback_time(moment: datetime) -> str:
    """Returns a time as browsers without scripts show it."""
    return f"{moment.astimezone(UTC):%Y-%m-%d %H:%M} UTC"


@cache
def static_url(name: str) -> str:
    """Returns the address of a static file, which changes with its content."""
    digest = hashlib.sha256((STATIC / name).read_bytes()).hexdigest()[:12]
    return f"/static/{name}?v={digest}"


class Renderer:
    """Renders templates for a request's person, language and theme."""

    def __init__(self) -> None:
        """Prepares the environment."""
        self._environment = environment()

    def text(self, request: Request, template: str, **values: Any) -> str:
        """Returns a template's text."""
        return self._environment.get_template(template).render(**_common(request), **values)

    def page(
        self, request: Request, template: str, *, status: int = 200, **values: Any
    ) -> HTMLResponse:
        """Returns a page, or a fragment of one."""
        return HTMLResponse(self.text(request, template, **values), status)


def _common(request: Request) -> dict[str, Any]:
    state = request.state
    texts: Texts = state.texts
    person: Person | None = state.person
    language = texts.language
    return {
        "t": texts,
        "lang": TAGS[language],
        "language": language,
        "theme": state.theme,
        "zone": state.zone,
        "person": person,
        "may": person.may if person else _nothing,
        "csrf": state.csrf,
        "path": request.url.path,
        "here": request.url.path + (f"?{request.url.query}" if request.url.query else ""),
        "number": lambda value: number(value, language),
        "sentence": lambda text: translated(text, texts),
        "duration": lambda span: duration(span, texts),
        "now": state.now,
        "notice": state.notice if texts.has(f"notice.{state.notice}") else "",
    }


def _nothing(_method: str) -> bool:
    """Tells what somebody who is not logged in may do."""
    return False
