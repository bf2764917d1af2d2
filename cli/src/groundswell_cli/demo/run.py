"""One demo: the site with the recorded hours, the whole suite on it, and the news of both."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine
from contextlib import aclosing
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from groundswell.story.v1 import story_service_pb2 as pb
from groundswell_cli.demo.folder import webhook_secret, write_config
from groundswell_cli.demo.recording import ZONE
from groundswell_cli.demo.replay import Replay
from groundswell_cli.demo.sink import Sink
from groundswell_cli.demo.site import served
from groundswell_cli.demo.story_lines import Narrator
from groundswell_cli.environment import user_environment
from groundswell_cli.resources.alerts import follow_alerts
from groundswell_cli.resources.following import follow
from groundswell_cli.resources.stories import ANALYZER
from groundswell_cli.session import Session
from groundswell_cli.settings import UpSettings
from groundswell_cli.state import StateFolder
from groundswell_cli.suite import Plan
from groundswell_cli.view import View
from groundswell_core.clock import Clock
from groundswell_core.errors import GroundswellError
from groundswell_core.settings import load_settings

# The site is on loopback, and a recorded hour passes in a minute: nothing waits for politeness.
ENVIRONMENT = {
    "GROUNDSWELL_FETCH__ALLOWED_NETWORKS": "127.0.0.0/8",
    "GROUNDSWELL_FETCH__HOST_DELAY": "0",
    "GROUNDSWELL_FETCH__HOST_CONNECTIONS": "8",
    "GROUNDSWELL_COLLECTOR__SPREAD": "1",
    "GROUNDSWELL_ANALYZER__CLOCK": "documents",
    "GROUNDSWELL_ANALYZER__TICK": "2",
    "GROUNDSWELL_NOTIFIER__ALLOWED_NETWORKS": "127.0.0.0/8",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Demo:
    """What to show, where."""

    folder: StateFolder
    config: Path
    replay: Replay
    seconds: float = 0.0  # until it stops by itself; 0: never
    console_port: int = 0


async def run_demo(demo: Demo, view: View, clock: Clock) -> Narrator:
    """Runs the demo until Ctrl-C, or until its seconds are over; returns what was seen."""
    narrator = Narrator(view.tell, clock)
    secret = webhook_secret(demo.folder).read_bytes()
    sink = Sink(secret.strip(), narrator.notification)
    async with served(demo.replay, sink) as site:
        session = Session(_plan(demo, site), view, quiet=False)
        start = demo.replay.start.astimezone(ZONE)
        view.tell(f"recorded hours from {start:%Y-%m-%d %H:%M}, Beijing time, at {site}")
        others = [
            asyncio.create_task(work)
            for work in (
                _note_ready(demo.folder, narrator, clock),
                _follow(clock, lambda: _follow_stories(demo.folder.path, narrator)),
                _follow(clock, lambda: _follow_alerts(demo.folder.path, narrator)),
                _end_after(session, demo.seconds, clock),
            )
        ]
        try:
            await session.run()
        finally:
            for task in others:
                task.cancel()
            await asyncio.gather(*others, return_exceptions=True)
    return narrator


def _plan(demo: Demo, site: str) -> Plan:
    return Plan(
        state=demo.folder,
        settings=load_settings(UpSettings),
        user=user_environment() | ENVIRONMENT,
        config=write_config(demo.folder, demo.config, site),
        console_port=demo.console_port,
    )


async def _note_ready(folder: StateFolder, narrator: Narrator, clock: Clock) -> None:
    while not folder.read_status().get("healthy"):
        await clock.sleep(0.2)
    narrator.ready()


async def _end_after(session: Session, seconds: float, clock: Clock) -> None:
    if seconds:
        await clock.sleep(seconds)
        session.end()


async def _follow(clock: Clock, work: Callable[[], Coroutine[Any, Any, None]]) -> None:
    """Begins again while the suite is not there yet."""
    while True:
        try:
            await work()
        except GroundswellError:
            await clock.sleep(0.3)


async def _follow_stories(state: Path, narrator: Narrator) -> None:
    request = pb.WatchStoriesRequest()
    async with aclosing(
        follow(state, ANALYZER, lambda stub, _: stub.WatchStories(request))
    ) as messages:
        async for message in messages:
            if message.HasField("story"):
                narrator.story(message.story)


async def _follow_alerts(state: Path, narrator: Narrator) -> None:
    async with aclosing(follow_alerts(state)) as alerts:
        async for alert in alerts:
            narrator.alert(alert)
