"""Backtests over real gRPC: what was stored is replayed in virtual time."""

from __future__ import annotations

import asyncio
from datetime import timedelta

import pytest
from google.protobuf.timestamp_pb2 import Timestamp

from groundswell.monitor.v1 import backtest_pb2, monitor_pb2
from groundswell.monitor.v1 import monitor_service_pb2 as pb
from groundswell_core.tokens import Role


@pytest.fixture
def replay(api):
    """Gives a call that runs a backtest to its end and returns it."""

    async def call(**fields) -> backtest_pb2.Backtest:
        request = pb.BacktestMonitorRequest(**fields)
        started = (await api.call(api.monitors.BacktestMonitor, request)).backtest
        assert started.state == backtest_pb2.BACKTEST_STATE_RUNNING
        await asyncio.gather(*api.analyzer.backtests)
        done = pb.GetBacktestRequest(name=started.name)
        return (await api.call(api.monitors.GetBacktest, done)).backtest

    return call


def monitor(query: str = "地震", **fields) -> monitor_pb2.Monitor:
    return monitor_pb2.Monitor(name="monitors/quakes", query=query, **fields)


async def test_a_replay_tells_what_fired_and_when(quake, replay, clock):
    done = await replay(monitor=monitor())
    assert done.state == backtest_pb2.BACKTEST_STATE_DONE
    assert (done.document_count, done.matched_count, done.story_count) == (4, 3, 1)
    (alarm,) = done.alarms
    assert "宜宾" in alarm.headline
    assert alarm.fire_time.ToDatetime() <= clock.now().replace(tzinfo=None)
    assert sum(day.level_iv + day.level_iii + day.level_ii + day.level_i for day in done.days) == 1
    assert done.speed > 1
    assert done.rule_version


async def test_a_replay_of_a_stored_monitor_needs_only_its_name(quake, replay):
    done = await replay(monitor=monitor_pb2.Monitor(name="monitors/quakes"))
    assert done.monitor.query == "地震"
    assert len(done.alarms) == 1


async def test_expected_alarms_are_found_or_missed(quake, replay):
    expected = [
        backtest_pb2.ExpectedAlarm(label="quake", query="宜宾"),
        backtest_pb2.ExpectedAlarm(label="attack", query="ransomware"),
    ]
    done = await replay(monitor=monitor(), expected=expected)
    assert [one.is_found for one in done.outcomes] == [True, False]
    assert done.thresholds[0].missed == 1
    assert done.thresholds[-1].missed == 2


async def test_a_threshold_is_suggested_for_a_wanted_number_of_alarms(quake, replay):
    done = await replay(monitor=monitor(), wanted_alarms_per_day=0.01)
    assert done.suggested_score > done.alarms[0].highest_score
    higher = await replay(monitor=monitor(alert_score=done.suggested_score))
    assert not higher.alarms
    assert higher.thresholds[0].alarms_per_day > 0


async def test_replays_are_listed_newest_first(quake, replay, api, clock):
    first = await replay(monitor=monitor())
    await clock.move(1)
    second = await replay(monitor=monitor("宜宾"))
    listed = await api.call(api.monitors.ListBacktests, pb.ListBacktestsRequest())
    assert [one.name for one in listed.backtests] == [second.name, first.name]
    assert not listed.backtests[0].alarms


async def test_another_department_does_not_see_a_replay(quake, replay, api):
    done = await replay(monitor=monitor(department="departments/health"))
    request = pb.GetBacktestRequest(name=done.name)
    other = api.of("transport")
    assert (await other.refused(other.monitors.GetBacktest, request))[0] == "NOT_FOUND"


async def test_a_replay_that_says_nothing_for_long_has_failed(quake, api, clock):
    request = pb.BacktestMonitorRequest(monitor=monitor())
    started = (await api.call(api.monitors.BacktestMonitor, request)).backtest
    await asyncio.gather(*api.analyzer.backtests)
    await api.analyzer.database.collection("backtests").update({}, {"$set": {"state": "RUNNING"}})
    await clock.move(timedelta(minutes=5).total_seconds())
    seen = await api.call(api.monitors.GetBacktest, pb.GetBacktestRequest(name=started.name))
    assert seen.backtest.state == backtest_pb2.BACKTEST_STATE_FAILED
    assert "start it again" in seen.backtest.error


@pytest.mark.parametrize(
    ("fields", "reason"),
    [
        ({"monitor": monitor("((")}, "BAD_QUERY"),
        ({"monitor": monitor(), "rules": "version: x"}, "BAD_FILE"),
        (
            {"monitor": monitor(), "start_time": Timestamp(seconds=9), "end_time": Timestamp()},
            "BAD_WINDOW",
        ),
        (
            {"monitor": monitor(), "expected": [backtest_pb2.ExpectedAlarm(query="(")]},
            "BAD_QUERY",
        ),
        ({"monitor": monitor(), "wanted_alarms_per_day": -1.0}, "BAD_BUDGET"),
    ],
)
async def test_a_bad_order_is_refused_by_name(api, fields, reason):
    request = pb.BacktestMonitorRequest(**fields)
    code, why, _ = await api.refused(api.monitors.BacktestMonitor, request)
    assert (code, why) == ("INVALID_ARGUMENT", reason)


async def test_a_viewer_may_look_at_replays_and_not_start_one(quake, replay, api):
    done = await replay(monitor=monitor())
    viewer = api.of("", Role.VIEWER)
    request = pb.GetBacktestRequest(name=done.name)
    assert (await viewer.call(viewer.monitors.GetBacktest, request)).backtest == done
    order = pb.BacktestMonitorRequest(monitor=monitor())
    refused = await viewer.refused(viewer.monitors.BacktestMonitor, order)
    assert refused[0] == "PERMISSION_DENIED"
