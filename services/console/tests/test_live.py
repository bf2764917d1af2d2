from __future__ import annotations

import asyncio
from contextlib import asynccontextmanager
from dataclasses import replace

import pytest
import pytest_asyncio
from console_stand_in.sample import sample
from console_stand_in.servers import StandIns

from groundswell_console.clients.alerts import Alerts
from groundswell_console.clients.peer import Peer
from groundswell_console.live import CONSOLE, QUEUE, Hub
from groundswell_console.person import Person, identify
from groundswell_core.alerts import AlertState
from groundswell_core.clock import SystemClock
from groundswell_core.errors import Exhausted
from groundswell_core.grades import Level
from groundswell_core.rpc import connect_peer
from groundswell_core.service import Heartbeat
from groundswell_core.tokens import Role

ALL = Person(account="a", display_name="a", role=Role.VIEWER)
WATER = replace(ALL, department="departments/water")


@pytest.fixture
def services(keys):
    with StandIns(keys, sample()) as running:
        yield running


@asynccontextmanager
async def following(services, keys, *, limit=10):
    address = f"127.0.0.1:{services.ports['notifier']}"
    signer = keys.signer("console")
    async with connect_peer(
        address, audience="notifier", signer=signer, identify=identify
    ) as channel:
        hub = Hub(Alerts(Peer("notifier", channel, SystemClock())), SystemClock(), limit=limit)
        stopping = asyncio.Event()
        task = asyncio.create_task(hub.follow(stopping, Heartbeat()))
        yield hub
        stopping.set()
        await asyncio.wait_for(task, 10)


@pytest_asyncio.fixture
async def hub(services, keys, eventually):
    async with following(services, keys) as running:
        await eventually(lambda: running.is_connected)
        yield running


def changed(services, count=1, **labels):
    alert = next(iter(services.world.alerts.values()))
    for number in range(count):
        services.publish(replace(alert, version=10 + number, labels={**alert.labels, **labels}))


async def take(subscription, count):
    found = [await subscription.next(10) for _ in range(count)]
    assert all(found)
    return found


async def test_every_browser_hears_a_change_with_the_notifiers_revision(hub, services):
    with hub.subscribe(ALL, None) as one, hub.subscribe(ALL, None) as other:
        await asyncio.to_thread(changed, services)
        assert [change.id for change in await take(one, 1)] == [
            change.id for change in await take(other, 1)
        ]


async def test_a_browser_that_comes_back_hears_what_it_missed_once_and_in_order(hub, services):
    with hub.subscribe(ALL, None) as first:
        await asyncio.to_thread(changed, services)
        last = (await take(first, 1))[0].id
    await asyncio.to_thread(changed, services, 5)
    with hub.subscribe(ALL, None) as witness, hub.subscribe(ALL, last) as back:
        await asyncio.to_thread(changed, services)
        await take(witness, 1)
        assert [change.id for change in await take(back, 6)] == list(range(last + 1, last + 7))


async def test_a_browser_from_before_the_history_is_told_to_read_everything_again(hub, services):
    with hub.subscribe(ALL, None) as first:
        await asyncio.to_thread(changed, services)
        await take(first, 1)
    with hub.subscribe(ALL, 0) as back:
        assert (await take(back, 1))[0].alert is None


async def test_a_stream_that_is_resumed_after_the_notifier_was_away_skips_nothing(
    hub, services, eventually
):
    with hub.subscribe(ALL, None) as browser:
        await asyncio.to_thread(changed, services)
        first = (await take(browser, 1))[0].id
        await asyncio.to_thread(services.stop, "notifier")
        await eventually(lambda: not hub.is_connected)
        services.alerts.log.append(next(iter(services.world.alerts.values())))
        await asyncio.to_thread(services.start, "notifier")
        assert (await take(browser, 1))[0].id == first + 1


async def test_a_token_that_is_too_old_makes_everyone_read_again(hub, services, eventually):
    with hub.subscribe(ALL, None) as browser:
        await asyncio.to_thread(changed, services)
        await take(browser, 1)
        await asyncio.to_thread(services.stop, "notifier")
        await eventually(lambda: not hub.is_connected)
        await asyncio.to_thread(services.start, "notifier")
        services.alerts.lost_history = 1000
        await eventually(lambda: hub._token)
        assert (await take(browser, 1))[0].alert is None


async def test_a_browser_that_does_not_read_is_cut_off_and_the_others_are_not(hub, services):
    with hub.subscribe(ALL, None) as slow, hub.subscribe(ALL, None) as quick:

        async def read():
            return len(await take(quick, QUEUE + 20))

        reading = asyncio.create_task(read())
        await asyncio.to_thread(changed, services, QUEUE + 20)
        assert await reading == QUEUE + 20
        assert slow.is_cut_off
        assert not quick.is_cut_off


async def test_a_person_hears_nothing_of_another_department(hub, services):
    with hub.subscribe(WATER, None) as browser, hub.subscribe(ALL, None) as witness:
        await asyncio.to_thread(changed, services, department="departments/health")
        await asyncio.to_thread(changed, services, department="departments/water")
        await take(witness, 2)
        heard = await take(browser, 1)
        assert heard[0].alert.labels["department"] == "departments/water"
        assert await browser.next(0.05) is None


async def test_streams_are_limited(services, keys, eventually):
    async with following(services, keys, limit=1) as hub:
        with hub.subscribe(CONSOLE, None), pytest.raises(Exhausted):
            hub.check_room()
        hub.check_room()


async def test_the_end_of_the_service_ends_every_stream(services, keys):
    async with following(services, keys) as hub:
        subscription = hub.subscribe(ALL, None)
        browser = subscription.__enter__()
    assert browser.is_cut_off
    assert await browser.next(1) is not None
    subscription.__exit__(None, None, None)


async def test_a_notifier_that_is_not_there_is_asked_again_until_it_is(services, keys, eventually):
    await asyncio.to_thread(services.stop, "notifier")
    async with following(services, keys) as hub:
        assert not hub.is_connected
        await asyncio.to_thread(services.start, "notifier")
        await eventually(lambda: hub.is_connected)


async def test_only_a_new_alert_and_a_level_that_rose_are_news(hub, services):
    old = next(iter(services.world.alerts.values()))
    fresh = replace(old, name="alerts/fresh", grade=replace(old.grade, level=Level.III))
    risen = replace(fresh, version=2, grade=replace(old.grade, level=Level.II))
    over = replace(risen, version=3, state=AlertState.RESOLVED)
    with hub.subscribe(ALL, None) as browser:
        for alert in (old, fresh, fresh, risen, fresh, over, fresh):
            await asyncio.to_thread(services.publish, alert)
        told = [change.is_news for change in await take(browser, 7)]
    assert told == [False, True, False, True, False, False, True]
