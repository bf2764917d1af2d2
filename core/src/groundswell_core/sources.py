"""The plugin contract: what a source plugin gives, and what the host gives it.

A plugin imports this module, groundswell_core.values and groundswell_core.errors, nothing else
of Groundswell.
Hooks only register: they are called once at start, are synchronous and do no I/O.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Iterable, Mapping
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass, field
from datetime import datetime
from importlib.metadata import EntryPoint, entry_points
from typing import Any, Protocol

import pluggy
from pydantic import BaseModel, ConfigDict

from groundswell_core.errors import InvalidInput

PROJECT = "groundswell"
hookspec = pluggy.HookspecMarker(PROJECT)
hookimpl = pluggy.HookimplMarker(PROJECT)


@dataclass(frozen=True, slots=True, kw_only=True)
class Document:
    """One published piece of text, as its source shows it."""

    id: str  # stable within the source; an edit keeps it and becomes a new revision
    url: str  # where people can read it; empty when it has no page
    title: str  # plain text
    text: str  # plain text; may be empty
    publish_time: datetime  # aware
    language: str = ""  # BCP 47; empty when the source does not say
    voice: str = ""  # raw author id, if any: the collector drops it
    outlet: str = ""  # who published it; empty: the source's own name
    rank: int | None = None  # position on a board, 1 is the top
    heat: float | None = None  # a board's own measure of attention, at least 0
    read_count: int | None = None  # times read, as the source says
    discussion_count: int | None = None  # times commented on, as the source says
    withdrawn: bool = False  # the source says that it took the document back
    labels: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Batch:
    """Documents, and the position after them."""

    documents: tuple[Document, ...]
    cursor: str  # safe to store once the documents are in the inbox
    invalid: tuple[str, ...] = ()  # why an entry could not become a document, one sentence each


class Source(Protocol):
    """An open source."""

    def read(self, cursor: str | None) -> AsyncIterator[Batch]:
        """Yields what is new since cursor, oldest first. Ends when caught up."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Response:
    """What a server answered, within the host's limits."""

    status: int  # 200 or 304; everything else is raised as an error
    url: str  # after redirects
    body: bytes  # decoded; empty on 304
    content_type: str  # without parameters, lower case; empty when not given
    charset: str  # from the header; empty when not given
    etag: str  # empty when not given
    last_modified: str  # empty when not given

    @property
    def not_modified(self) -> bool:
        """Tells that nothing changed since the validators that were sent."""
        return self.status == 304


class Host(Protocol):
    """What the collector gives an open source."""

    source: str  # sources/{id}
    display_name: str  # the source's name for people

    def now(self) -> datetime:
        """Returns the present time, aware UTC."""
        ...

    async def sleep(self, seconds: float) -> None:
        """Waits; for sources that set their own pace."""
        ...

    async def fetch(
        self, url: str, *, etag: str = "", last_modified: str = "", accept: str = "*/*"
    ) -> Response:
        """Fetches politely: robots.txt, per-host limits, guarded dial, total deadline, size cap.

        Raises Unavailable (unreachable, 429, 5xx, too slow) or InvalidInput (refused, 4xx,
        too large, forbidden address or by robots.txt).
        """
        ...

    async def parse(self, function: str, body: bytes, options: Mapping[str, Any]) -> Any:
        """Runs "package.module:function"(body, options) in a killable child with CPU and memory limits.

        Options and the answer must be JSON. Raises InvalidInput when the function raises, is
        killed by a limit, or answers too much.
        """
        ...

    def path(self, name: str) -> str:
        """Returns the full path of a local file below the folders that the operator allowed."""
        ...


class SourceConfig(BaseModel):
    """Base of a kind's config: frozen, and unknown keys are refused."""

    model_config = ConfigDict(frozen=True, extra="forbid")


@dataclass(frozen=True, slots=True, kw_only=True)
class SourceSpec:
    """A kind of source."""

    kind: str  # what users write in config: "feed"
    config: type[BaseModel]  # frozen, extra="forbid"
    open: Callable[[Any, Host], AbstractAsyncContextManager[Source]]
    summary: str  # one sentence for people


class SourceHooks:
    """The hooks that a source plugin may implement."""

    @hookspec
    def groundswell_sources(self) -> Iterable[SourceSpec]:
        """Returns the kinds of source this plugin provides."""
        raise AssertionError("a hook specification is never called")


@dataclass(frozen=True, slots=True)
class InstalledKind:
    """A kind with the distribution that provides it."""

    spec: SourceSpec
    plugin: str  # the distribution
    version: str
    package: str  # the import package, whose functions a parsing child may run


def plugin_manager() -> pluggy.PluginManager:
    """Returns a fresh manager that knows the hooks and no plugin."""
    manager = pluggy.PluginManager(PROJECT)
    manager.add_hookspecs(SourceHooks)
    return manager


def load_kinds(allowed: Iterable[str]) -> dict[str, InstalledKind]:
    """Loads the allow-listed distributions' entry points and returns their kinds by name.

    Raises InvalidInput naming the plugin that is missing, cannot be imported, has an unknown hook,
    returns something else than SourceSpec, or provides a kind that another one provides.
    """
    kinds: dict[str, InstalledKind] = {}
    for distribution in allowed:
        for point in _entry_points(distribution):
            for kind in _kinds_of(distribution, point):
                _add(kinds, kind)
    return kinds


def _entry_points(distribution: str) -> list[EntryPoint]:
    found = [
        point
        for point in entry_points(group=PROJECT)
        if point.dist is not None and _same(point.dist.name, distribution)
    ]
    if not found:
        raise InvalidInput(
            f'plugin "{distribution}" is on the allow-list but not installed, or has no entry point '
            f'in the group "{PROJECT}"; install it or take it off GROUNDSWELL_PLUGINS__ALLOWED',
            reason="PLUGIN_MISSING",
            plugin=distribution,
        )
    return found


def _same(one: str, other: str) -> bool:
    return one.lower().replace("_", "-") == other.lower().replace("_", "-")


def _kinds_of(distribution: str, point: EntryPoint) -> list[InstalledKind]:
    version = point.dist.version if point.dist else "?"
    manager = plugin_manager()
    try:
        manager.register(point.load(), name=distribution)
        manager.check_pending()
        specs = [spec for found in manager.hook.groundswell_sources() for spec in found]
    except Exception as error:
        raise InvalidInput(
            f'plugin "{distribution}" {version} cannot be loaded: {type(error).__name__}: {error}',
            reason="PLUGIN_BROKEN",
            plugin=distribution,
        ) from error
    for spec in specs:
        if not isinstance(spec, SourceSpec):
            raise InvalidInput(
                f'plugin "{distribution}" {version} returned {type(spec).__name__} from '
                "groundswell_sources; it must return SourceSpec objects",
                reason="PLUGIN_BROKEN",
                plugin=distribution,
            )
    package = point.module.partition(".")[0]
    return [InstalledKind(spec, distribution, version, package) for spec in specs]


def _add(kinds: dict[str, InstalledKind], kind: InstalledKind) -> None:
    other = kinds.get(kind.spec.kind)
    if other is not None:
        raise InvalidInput(
            f'plugins "{other.plugin}" and "{kind.plugin}" both provide the source kind '
            f'"{kind.spec.kind}"; allow only one of them',
            reason="PLUGIN_CONFLICT",
            kind=kind.spec.kind,
        )
    kinds[kind.spec.kind] = kind
