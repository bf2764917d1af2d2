"""Which receivers an alert reaches, how it is grouped, and why: Alertmanager's tree."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import timedelta

from groundswell_core.identity import digest
from groundswell_core.labels import Matcher, matches
from groundswell_notifier.routes_file import RouteConfig, RoutesFile

APART = "..."  # group_by: ['...'] keeps every alert apart
_IDENTITY = ("monitor", "story")


@dataclass(frozen=True, slots=True, kw_only=True)
class Route:
    """One route with all that it inherits."""

    path: str  # such as root > level="I"
    receiver: str
    matchers: tuple[Matcher, ...] = ()
    is_continued: bool = False
    group_by: tuple[str, ...] = ("monitor",)
    group_wait: timedelta = timedelta(seconds=10)
    group_interval: timedelta = timedelta(minutes=5)
    repeat_interval: timedelta = timedelta(hours=4)
    routes: tuple[Route, ...] = ()

    def match(self, labels: Mapping[str, str]) -> tuple[Route, ...]:
        """Returns the deepest routes that take such an alert, in the tree's order."""
        if not matches(self.matchers, labels):
            return ()
        found: list[Route] = []
        for child in self.routes:
            taken = child.match(labels)
            found.extend(taken)
            if taken and not child.is_continued:
                break
        return tuple(found) or (self,)

    def group_labels(self, labels: Mapping[str, str]) -> dict[str, str]:
        """Returns the labels that name the alert's group here."""
        names = _IDENTITY if APART in self.group_by else self.group_by
        return {name: labels[name] for name in names if name in labels}


def group_key(route: Route, labels: Mapping[str, str], *, exercise: bool) -> str:
    """Returns the id of an alert's group; exercises never share one with real alerts."""
    pairs = (f"{name}={value}" for name, value in sorted(route.group_labels(labels).items()))
    return digest(route.path, route.receiver, "exercise" if exercise else "real", *pairs)


def build(file: RoutesFile) -> Route:
    """Returns the tree of a validated file."""
    root = Route(path="root", receiver=file.route.receiver or "")
    return _route(file.route, root, "root")


def _route(config: RouteConfig, parent: Route, path: str) -> Route:
    inherited = {
        name: value
        for name in ("receiver", "group_by", "group_wait", "group_interval", "repeat_interval")
        if (value := getattr(config, name)) is not None
    }
    route = replace(
        parent,
        path=path,
        matchers=config.matchers,
        is_continued=config.continue_,
        routes=(),
        **inherited,
    )
    children = tuple(
        _route(child, route, f"{path} > {_named(child, index)}")
        for index, child in enumerate(config.routes)
    )
    return replace(route, routes=children)


def _named(config: RouteConfig, index: int) -> str:
    return ",".join(map(str, config.matchers)) or f"route {index + 1}"
